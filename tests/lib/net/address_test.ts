import { assertEquals } from "@std/assert";
import {
  bareHost,
  formatAddress,
  formatHostPort,
  hostKey,
  peerHost,
} from "../../../lib/net/address.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("formatHostPort puts an IPv6 address into brackets", PURE, () => {
  const cases: [string, number, string][] = [
    ["127.0.0.1", 65432, "127.0.0.1:65432"],
    ["localhost", 0, "localhost:0"],
    ["::1", 65432, "[::1]:65432"],
    ["::", 7, "[::]:7"],
    ["fe80::1%eth0", 7, "[fe80::1%eth0]:7"],
  ];
  for (const [host, port, text] of cases) assertEquals(formatHostPort(host, port), text);
});

Deno.test("bareHost takes off brackets that are a pair", PURE, () => {
  const cases = [
    ["[::1]", "::1"],
    ["::1", "::1"],
    ["127.0.0.1", "127.0.0.1"],
    ["[::1", "[::1"],
    ["::1]", "::1]"],
    ["[]", ""],
  ] as const;
  for (const [given, bare] of cases) assertEquals(bareHost(given), bare);
});

Deno.test("peerHost shows an IPv4 peer of a dual-stack listener as IPv4", PURE, () => {
  const cases = [
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["::1", "::1"],
    ["2001:db8::ffff:192.0.2.7", "2001:db8::ffff:192.0.2.7"],
    ["127.0.0.1", "127.0.0.1"],
  ] as const;
  for (const [hostname, host] of cases) {
    assertEquals(peerHost({ transport: "tcp", hostname, port: 1 }), host);
  }
});

Deno.test("formatAddress shows every kind of address in one word", PURE, () => {
  const cases: [Deno.Addr, string][] = [
    [{ transport: "tcp", hostname: "127.0.0.1", port: 80 }, "127.0.0.1:80"],
    [{ transport: "tcp", hostname: "::ffff:127.0.0.1", port: 80 }, "127.0.0.1:80"],
    [{ transport: "udp", hostname: "::1", port: 80 }, "[::1]:80"],
    [{ transport: "unix", path: "/run/echo.sock" }, "/run/echo.sock"],
    [{ transport: "unixpacket", path: "/run/echo.sock" }, "/run/echo.sock"],
    // The client's end of a Unix socket has no path, whatever the type says.
    [{ transport: "unix", path: null as unknown as string }, "unix"],
    [{ transport: "vsock", cid: 3, port: 80 }, "vsock"],
  ];
  for (const [address, text] of cases) assertEquals(formatAddress(address), text);
});

Deno.test("hostKey counts IPv4 hosts by address and IPv6 hosts by /64", PURE, () => {
  const cases = [
    ["192.0.2.7", "192.0.2.7"],
    ["unix", "unix"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["2001:db8::5:6", "2001:db8:0:0::/64"],
    ["2001:db8::", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["::5:6:7:8", "0:0:0:0::/64"],
    ["::4:5:6:7:8", "0:0:0:4::/64"],
    ["1::4:5:6:7:8", "1:0:0:4::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ] as const;
  for (const [host, key] of cases) assertEquals(hostKey(host), key, host);
});
