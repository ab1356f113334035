import { assertEquals } from "@std/assert";
import { listenerKind, listenSpecial } from "../../../lib/net/listen.ts";
import { serverIdentity } from "../../support/tls.ts";

const SOCKETS = { timeout: 10_000 } as const;
const ADDRESS = { host: "127.0.0.1", port: 0, backlog: 511 };

Deno.test("listenSpecial leaves plain TCP to the script", SOCKETS, () => {
  assertEquals(listenSpecial(ADDRESS), undefined);
});

Deno.test("listenSpecial opens a TLS listener", SOCKETS, () => {
  using listener = listenSpecial({ ...ADDRESS, tls: serverIdentity() })!;
  const { transport, hostname } = listener.addr as Deno.NetAddr;
  assertEquals({ transport, hostname }, { transport: "tcp", hostname: "127.0.0.1" });
});

Deno.test("listenerKind is what the announce line says", SOCKETS, () => {
  assertEquals(listenerKind(ADDRESS), "tcp");
  assertEquals(listenerKind({ ...ADDRESS, tls: serverIdentity() }), "tls");
  assertEquals(listenerKind({ ...ADDRESS, unix: ".test/echo.sock" }), "unix");
});
