import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { concatBytes, equalBytes } from "../../../lib/codec/bytes.ts";
import { writeAll } from "../../../lib/net/write_all.ts";
import { soon } from "../../support/journal.ts";
import { connectTo, connectToReset, exchange, readAll, readCount } from "../../support/peer.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";

const SOCKETS = { timeout: 30_000 } as const;
const PING = new TextEncoder().encode("ping");

Deno.test("serve logs and counts what a connection did", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  assertEquals(await exchange(server.port, "Hello, world"), "Hello, world");
  const { peer, ...connected } = await server.event("connected");
  assertMatch(String(peer), /^127\.0\.0\.1:\d+$/);
  assertEquals(connected, { event: "connected", message: `Connected by ${peer}` });
  assertEquals(await server.event("closed"), {
    event: "closed",
    message: `Closed ${peer}: 12 bytes in, 12 bytes out`,
    peer: peer!,
    bytesIn: 12,
    bytesOut: 12,
  });
  const totals = { connections: 1, refused: 0, failed: 0, bytesIn: 12, bytesOut: 12 };
  assertEquals(await server.stop(), totals);
});

Deno.test("serve serves many connections at once", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  const conns = await Promise.all(Array.from({ length: 50 }, () => connectTo(server.port)));
  // Each has its answer while all the others are open.
  for (const [i, conn] of conns.entries()) {
    await conn.write(Uint8Array.of(i, 255 - i));
    assertEquals(await readCount(conn, 2), Uint8Array.of(i, 255 - i));
  }
  for (const conn of conns) conn.close();
  const { connections, bytesIn, bytesOut } = await server.stop();
  assertEquals({ connections, bytesIn, bytesOut }, {
    connections: 50,
    bytesIn: 100,
    bytesOut: 100,
  });
});

Deno.test(
  "serve takes a slot before it accepts: a full house leaves the next in the backlog",
  SOCKETS,
  async () => {
    await using server = serveHere(echoPlainly, { maxConnections: 1 });
    using first = await connectTo(server.port);
    await first.write(PING);
    await readCount(first, 4);
    // The second is connected as far as the system is concerned, and has sent all that it has to say.
    using second = await connectTo(server.port);
    await second.write(PING);
    await second.closeWrite();
    await first.write(PING);
    assertEquals(await readCount(first, 4), PING);
    first.close();
    assertEquals(await readAll(second), PING);
    await server.event("closed", 1);
    const order = server.events.entries.map(({ event }) => event);
    assertEquals(order, ["connected", "closed", "connected", "closed"]);
  },
);

Deno.test(
  "serve closes what goes beyond a host's share and keeps no slot for it",
  SOCKETS,
  async () => {
    await using server = serveHere(echoPlainly, { maxPerHost: 1, maxConnections: 2 });
    using first = await connectTo(server.port);
    await server.event("connected");
    for (let i = 0; i < 4; i++) {
      using surplus = await connectTo(server.port);
      assertEquals(await readAll(surplus), new Uint8Array());
      const { peer, message, reason } = await server.event("refused", i);
      assertEquals(reason, "its host is at its limit of 1");
      assertEquals(message, `Refused ${peer}: ${reason}`);
    }
    first.close();
    await server.event("closed");
    assertEquals(await exchange(server.port, "again"), "again");
    const { connections, refused } = await server.stop();
    assertEquals({ connections, refused }, { connections: 2, refused: 4 });
  },
);

Deno.test("serve ends nothing but the connection whose handler fails", SOCKETS, async () => {
  await using server = serveHere(async (connection) => {
    const first = new Uint8Array(1);
    await connection.read(first);
    if (first[0] === 0) throw new Error("Cannot stand zeros\x1b[31m");
    await writeAll(connection, first);
    await echoPlainly(connection, new AbortController().signal);
  });
  using other = await connectTo(server.port);
  await server.event("connected");
  using failing = await connectTo(server.port);
  await failing.write(Uint8Array.of(0));
  assertEquals(await readAll(failing), new Uint8Array());
  const { reason } = await server.event("closed");
  assertEquals(reason, "Cannot stand zeros\\x1b[31m");
  await other.write(PING);
  assertEquals(await readCount(other, 4), PING);
  other.close();
  await server.event("closed", 1);
  const { connections, failed } = await server.stop();
  assertEquals({ connections, failed }, { connections: 2, failed: 1 });
});

Deno.test("serve ends nothing but the connection that its client resets", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  using other = await connectTo(server.port);
  const resetting = await connectToReset(server.port);
  await resetting.send(PING);
  await resetting.heard;
  await resetting.reset();
  const { reason, bytesIn } = await server.event("closed");
  assertEquals({ reason, bytesIn }, { reason: "reset by the peer", bytesIn: 4 });
  await other.write(PING);
  assertEquals(await readCount(other, 4), PING);
});

Deno.test(
  "serve closes a connection that moves no byte for the idle timeout",
  SOCKETS,
  async () => {
    await using server = serveHere(echoPlainly, { idleTimeout: 200 });
    using conn = await connectTo(server.port);
    await conn.write(PING);
    assertEquals(await readAll(conn), PING);
    const { message, peer, reason } = await server.event("closed");
    assertEquals(reason, "idle for 0.2 s");
    assertEquals(message, `Closed ${peer}: 4 bytes in, 4 bytes out (idle for 0.2 s)`);
  },
);

Deno.test(
  "serve reads no more from a client that does not read, and gives it up",
  SOCKETS,
  async () => {
    const size = 16 * 1024;
    await using server = serveHere(echoPlainly, { idleTimeout: 500 });
    using conn = await connectTo(server.port);
    const chunk = new Uint8Array(1024 * 1024);
    let offered = 0;
    const flood = async (): Promise<void> => {
      // A gigabyte: far beyond what all buffers on the way hold together.
      while (offered < 1024 ** 3) offered += await conn.write(chunk);
    };
    await soon(flood().catch(() => {}), "the end of the flood");
    const { reason, bytesIn, bytesOut } = await server.event("closed");
    assertEquals(reason, "idle for 0.5 s");
    assertLess(offered, 1024 ** 3);
    // What is in and not out again is one buffer at most.
    assertLess(Number(bytesIn) - Number(bytesOut), size + 1);
  },
);

Deno.test(
  "serve destroys nothing that was sent when the handler leaves bytes unread",
  SOCKETS,
  async () => {
    const answer = new Uint8Array(3_000_000).map((_, i) => i % 251);
    await using server = serveHere((connection) => writeAll(connection, answer));
    using conn = await connectTo(server.port);
    await conn.write(new Uint8Array(10_000));
    assert(equalBytes(await readAll(conn), answer));
    conn.close();
    const { bytesOut } = await server.event("closed");
    assertEquals(bytesOut, answer.length);
  },
);

Deno.test("serve waits only so long for a client that never finishes", SOCKETS, async () => {
  await using server = serveHere((connection) => writeAll(connection, PING), { linger: 200 });
  using conn = await connectTo(server.port);
  assertEquals(await readAll(conn), PING);
  const { reason } = await server.event("closed");
  assertEquals(reason, "the peer did not finish within 0.2 s");
});

Deno.test("serve lets a client that has finished sending read everything", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  using conn = await connectTo(server.port);
  const parts = Array.from({ length: 200 }, (_, i) => new Uint8Array(10_000).fill(i));
  const send = async (): Promise<void> => {
    for (const part of parts) await writeAll(conn, part);
    await conn.closeWrite();
  };
  const [answer] = await Promise.all([readAll(conn), send()]);
  assert(equalBytes(answer, concatBytes(parts)));
});
