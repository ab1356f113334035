import { assertEquals, assertRejects } from "@std/assert";
import { Connection } from "../../../lib/net/connection.ts";
import { FairTurns } from "../../../lib/net/fair_turns.ts";
import { settle } from "../../support/fake_clock.ts";
import { connectedPair, readAll, readCount } from "../../support/peer.ts";

const SOCKETS = { timeout: 20_000 } as const;
const PING = new TextEncoder().encode("ping");

/** A connection with its surroundings, and the client's end. */
async function served(): Promise<{
  connection: Connection;
  client: Deno.TcpConn;
  clock: { tick: number };
}> {
  const [client, conn] = await connectedPair();
  const clock = { tick: 0 };
  const connection = new Connection(conn, { clock, turns: new FairTurns(), number: 1 });
  return { connection, client, clock };
}

Deno.test("Connection counts bytes and notes when they moved", SOCKETS, async () => {
  const { connection, client, clock } = await served();
  using _connection = connection;
  using _client = client;
  await client.write(PING);
  clock.tick = 3;
  assertEquals(await connection.read(new Uint8Array(3)), 3);
  assertEquals([connection.bytesIn, connection.bytesOut, connection.lastTick], [3, 0, 3]);
  clock.tick = 5;
  assertEquals(await connection.write(PING), 4);
  assertEquals([connection.bytesIn, connection.bytesOut, connection.lastTick], [3, 4, 5]);
  assertEquals(connection.peerFinished, false);
  await client.closeWrite();
  assertEquals(await connection.read(new Uint8Array(3)), 1);
  assertEquals(await connection.read(new Uint8Array(3)), null);
  assertEquals([connection.bytesIn, connection.peerFinished], [4, true]);
});

Deno.test(
  "Connection names its peer by address, or by number where there is none",
  SOCKETS,
  async () => {
    const { connection, client } = await served();
    using _connection = connection;
    using _client = client;
    const { port } = client.localAddr as Deno.NetAddr;
    assertEquals([connection.peer, connection.host], [`127.0.0.1:${port}`, "127.0.0.1"]);
    // What the server's end of a Unix socket looks like.
    const remoteAddr = { transport: "unix", path: null };
    const conn = { remoteAddr, [Symbol.dispose]: () => {} } as unknown as Deno.Conn;
    const clock = { tick: 0 };
    using local = new Connection(conn, { clock, turns: new FairTurns(), number: 7 });
    assertEquals([local.peer, local.host], ["unix-7", "unix"]);
  },
);

Deno.test(
  "Connection.end waits for the peer's FIN and throws its bytes away",
  SOCKETS,
  async () => {
    const { connection, client } = await served();
    using _connection = connection;
    using _client = client;
    await client.write(PING);
    await connection.write(PING);
    const ended = connection.end(15_000);
    assertEquals(await readAll(client), PING);
    await client.write(new Uint8Array(100_000));
    await client.closeWrite();
    await ended;
    assertEquals([connection.bytesIn, connection.endedBecause], [0, undefined]);
  },
);

Deno.test("Connection.end does nothing where the peer has finished", SOCKETS, async () => {
  const { connection, client } = await served();
  using _connection = connection;
  client.close();
  assertEquals(await connection.read(new Uint8Array(1)), null);
  await connection.end(15_000);
});

Deno.test(
  "Connection.finish ends a read that waits for the peer, and sends the FIN",
  SOCKETS,
  async () => {
    const { connection, client } = await served();
    using _connection = connection;
    using _client = client;
    const reading = connection.read(new Uint8Array(4));
    connection.finish("the server stopped");
    assertEquals(await readAll(client), new Uint8Array());
    // Bytes that come after the FIN get no answer any more, and do not count.
    await client.write(PING);
    assertEquals(await reading, null);
    assertEquals([connection.bytesIn, connection.endedBecause], [0, "the server stopped"]);
    assertEquals(await connection.read(new Uint8Array(4)), null);
  },
);

Deno.test(
  "Connection.finish lets a handler that is at work write its answer",
  SOCKETS,
  async () => {
    const { connection, client } = await served();
    using _connection = connection;
    using _client = client;
    await client.write(PING);
    assertEquals(await connection.read(new Uint8Array(4)), 4);
    connection.finish("the server stopped");
    await connection.write(PING);
    assertEquals(await readCount(client, 4), PING);
    assertEquals(await connection.read(new Uint8Array(4)), null);
  },
);

Deno.test("Connection.finish reaches a connection that waits for its turn", SOCKETS, async () => {
  const turn = Promise.withResolvers<void>();
  const turns = Object.assign(new FairTurns(), { busy: true, turn: () => turn.promise });
  const [other, conn] = await connectedPair();
  using _other = other;
  using waiting = new Connection(conn, { clock: { tick: 0 }, turns, number: 2 });
  await other.write(PING);
  assertEquals(await waiting.read(new Uint8Array(4)), 4);
  const reading = waiting.read(new Uint8Array(4));
  await settle();
  waiting.finish("the server stopped");
  turn.resolve();
  assertEquals(await reading, null);
});

Deno.test("Connection.finish of a peer that is gone is no failure", SOCKETS, async () => {
  const { connection, client } = await served();
  using _connection = connection;
  const reading = connection.read(new Uint8Array(4));
  client.close();
  connection.finish("the server stopped");
  assertEquals(await reading, null);
});

Deno.test(
  "Connection.cut ends both directions at once; the first reason stays",
  SOCKETS,
  async () => {
    const { connection, client } = await served();
    using _connection = connection;
    using _client = client;
    const reading = connection.read(new Uint8Array(4));
    connection.cut("idle for 5 s");
    connection.cut("the server stopped");
    await assertRejects(() => reading, Deno.errors.Interrupted);
    assertEquals(connection.endedBecause, "idle for 5 s");
    assertEquals(await readAll(client), new Uint8Array());
  },
);

Deno.test(
  "Connection leaves the accounts once, however often it is disposed",
  SOCKETS,
  async () => {
    const [client, conn] = await connectedPair();
    using _client = client;
    const turns = new FairTurns();
    let left = 0;
    turns.leave = () => left++;
    const connection = new Connection(conn, { clock: { tick: 0 }, turns, number: 1 });
    connection[Symbol.dispose]();
    connection[Symbol.dispose]();
    assertEquals(left, 1);
  },
);
