import { assert, assertEquals, assertMatch } from "@std/assert";
import { connectSpecial } from "../../../lib/net/connect.ts";
import { listenSpecial } from "../../../lib/net/listen.ts";
import { writeAll } from "../../../lib/net/write_all.ts";
import { connectTo, connectToReset, readAll } from "../../support/peer.ts";
import { echoPlainly, Serving } from "../../support/serving.ts";
import type { ServeOptions } from "../../../lib/net/serve_options.ts";
import { authority, serverIdentity } from "../../support/tls.ts";

const SOCKETS = { timeout: 30_000 } as const;

function serveTls(options: Omit<ServeOptions, "signal" | "log"> = {}): Serving {
  const address = { host: "127.0.0.1", port: 0, backlog: 511 };
  const listener = listenSpecial({ ...address, tls: serverIdentity() });
  return new Serving(listener!, echoPlainly, options);
}

/** A message over TLS, and the whole answer. */
async function exchangeTls({ port }: Serving, text: string): Promise<string> {
  const address = { host: "127.0.0.1", port, timeout: 15_000 };
  using conn = (await connectSpecial({ ...address, tls: { caCerts: [authority()] } }))!;
  await writeAll(conn, new TextEncoder().encode(text));
  await conn.closeWrite();
  return new TextDecoder().decode(await readAll(conn));
}

Deno.test("serve speaks TLS, half-close included", SOCKETS, async () => {
  await using server = serveTls();
  assertEquals(await exchangeTls(server, "Hello, world"), "Hello, world");
  const { message, peer } = await server.event("closed");
  assertEquals(message, `Closed ${peer}: 12 bytes in, 12 bytes out`);
  const { connections, failed } = await server.stop();
  assertEquals({ connections, failed }, { connections: 1, failed: 0 });
});

Deno.test(
  "serve ends who answers the TLS handshake with garbage, and nobody else",
  SOCKETS,
  async () => {
    await using server = serveTls();
    using conn = await connectTo(server.port);
    await conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    // It may be told so by an alert, in bytes of TLS; then there is an end.
    await readAll(conn).catch(() => {});
    const { reason, bytesIn } = await server.event("closed");
    assert(typeof reason === "string" && reason !== "");
    assertEquals(bytesIn, 0);
    assertEquals(await exchangeTls(server, "next"), "next");
  },
);

Deno.test("serve gives up who does not begin the TLS handshake in time", SOCKETS, async () => {
  await using server = serveTls({ handshakeTimeout: 600, maxConnections: 1 });
  using _silent = await connectTo(server.port);
  const { reason } = await server.event("closed");
  assertEquals(reason, "no TLS handshake within 0.6 s");
  // Nobody is called connected who has not proved itself.
  assertEquals(server.events.entries.map(({ event }) => event), ["closed"]);
  // The slot is free, although the client has not left.
  assertEquals(await exchangeTls(server, "next"), "next");
  assertEquals((await server.stop()).failed, 1);
});

Deno.test("serve survives who leaves in the middle of the TLS handshake", SOCKETS, async () => {
  await using server = serveTls();
  (await connectTo(server.port)).close();
  const begun = await connectTo(server.port);
  // The head of a record that announces 512 bytes of handshake, and one of them.
  await begun.write(Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01));
  begun.close();
  const resetting = await connectToReset(server.port);
  await resetting.send(Uint8Array.of(0x16, 0x03));
  await resetting.reset();
  for (let i = 0; i < 2; i++) {
    const { reason } = await server.event("closed", i);
    assertMatch(String(reason), /./);
  }
  assertEquals(await exchangeTls(server, "next"), "next");
});

Deno.test("serve gives a silent TLS client up, too, when it stops", SOCKETS, async () => {
  await using server = serveTls({ grace: 50, linger: 100 });
  using _silent = await connectTo(server.port);
  using _other = await connectTo(server.port);
  assertEquals(await exchangeTls(server, "last"), "last");
  assertEquals((await server.stop()).connections, 3);
});
