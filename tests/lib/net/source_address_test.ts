import { assertEquals } from "@std/assert";
import {
  isGroupAddress,
  isLoopback,
  isOwnAddress,
  isServicePort,
} from "../../../lib/net/source_address.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("isServicePort draws the line at 1024", PURE, () => {
  const ports = [0, 1, 7, 19, 53, 123, 1_023, 1_024, 20_001, 65_535];
  assertEquals(ports.filter(isServicePort), [0, 1, 7, 19, 53, 123, 1_023]);
});

Deno.test("isGroupAddress knows multicast, broadcast and the unspecified", PURE, () => {
  const groups = [
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "ff02::1",
    "FF0E::101",
    "ffff::1",
  ];
  const hosts = [
    "127.0.0.1",
    "10.0.0.1",
    "192.168.1.255",
    "223.255.255.255",
    "240.0.0.1",
    "255.255.255.254",
    "::1",
    "fe80::1",
    "ff::1",
    "2001:db8::ff02",
  ];
  assertEquals([...groups, ...hosts].filter(isGroupAddress), groups);
});

Deno.test("isLoopback knows both families", PURE, () => {
  const hosts = ["127.0.0.1", "127.255.0.9", "::1", "128.0.0.1", "::2", "12.7.0.1", "1270::1"];
  assertEquals(hosts.filter(isLoopback), ["127.0.0.1", "127.255.0.9", "::1"]);
});

Deno.test("isOwnAddress compares address and port", PURE, () => {
  const table: [from: string, port: number, bound: string, own: boolean][] = [
    ["127.0.0.1", 20_001, "127.0.0.1", true],
    ["127.0.0.1", 20_002, "127.0.0.1", false],
    ["127.0.0.2", 20_001, "127.0.0.1", false],
    ["::ffff:127.0.0.1", 20_001, "127.0.0.1", true],
    ["127.0.0.1", 20_001, "0.0.0.0", true],
    ["127.9.9.9", 20_001, "0.0.0.0", true],
    ["192.0.2.1", 20_001, "0.0.0.0", false],
    ["::1", 20_001, "::", true],
    ["::ffff:127.0.0.1", 20_001, "::", true],
    ["2001:db8::1", 20_001, "::", false],
  ];
  for (const [hostname, port, bound, own] of table) {
    const from = { transport: "udp", hostname, port } as const;
    const address = { transport: "udp", hostname: bound, port: 20_001 } as const;
    assertEquals(isOwnAddress(from, address), own, `${hostname}:${port} for ${bound}`);
  }
});
