import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { writeAll } from "../../../lib/net/write_all.ts";
import { soon } from "../../support/journal.ts";
import { loadUntilEnd } from "../../support/load.ts";
import { connectTo, exchange, readAll, readCount } from "../../support/peer.ts";
import { echoPlainly, serveHere, type Serving } from "../../support/serving.ts";

const SOCKETS = { timeout: 30_000 } as const;
const PING = new TextEncoder().encode("ping");

/** A client whose message is echoed already. */
async function greeted(server: Serving): Promise<Deno.TcpConn> {
  const conn = await connectTo(server.port);
  await conn.write(PING);
  assertEquals(await readCount(conn, 4), PING);
  return conn;
}

Deno.test("serve without connections stops at once and frees the port", SOCKETS, async () => {
  await using server = serveHere(echoPlainly, { grace: 1e6 });
  const { port } = server;
  const totals = { connections: 0, refused: 0, failed: 0, bytesIn: 0, bytesOut: 0 };
  assertEquals(await server.stop(), totals);
  await assertRejects(() => connectTo(port), Deno.errors.ConnectionRefused);
  assertEquals(server.events.entries, []);
});

Deno.test(
  "serve accepts nobody any more once it stops, and serves who is in",
  SOCKETS,
  async () => {
    await using server = serveHere(echoPlainly, { grace: 1e6 });
    using conn = await greeted(server);
    server.abort();
    assertEquals(await server.event("stopping"), {
      event: "stopping",
      message: "Stopping: 1 connection has 1000 s to finish; again to leave at once",
      connections: 1,
      grace: 1_000,
    });
    await assertRejects(() => exchange(server.port, "too late"));
    await conn.write(PING);
    assertEquals(await readCount(conn, 4), PING);
    await conn.closeWrite();
    assertEquals(await readAll(conn), new Uint8Array());
    const { connections, failed, bytesOut } = await soon(server.done, "the end of the server");
    assertEquals({ connections, failed, bytesOut }, { connections: 1, failed: 0, bytesOut: 8 });
  },
);

Deno.test("serve tells its handlers when it begins to stop", SOCKETS, async () => {
  await using server = serveHere(async (connection, stop) => {
    const bye = Promise.withResolvers<void>();
    stop.addEventListener("abort", () => bye.resolve());
    await bye.promise;
    await writeAll(connection, PING);
  }, { grace: 1e6 });
  using conn = await connectTo(server.port);
  await server.event("connected");
  server.abort();
  assertEquals(await readAll(conn), PING);
  conn.close();
  assertEquals((await server.stop()).failed, 0);
});

Deno.test(
  "serve finishes who is still there after the grace time: all answers, then FIN",
  SOCKETS,
  async () => {
    await using server = serveHere(echoPlainly, { grace: 100 });
    using conn = await greeted(server);
    server.abort();
    assertEquals(await readAll(conn), new Uint8Array());
    conn.close();
    const { failed, connections } = await soon(server.done, "the end of the server");
    assertEquals({ connections, failed }, { connections: 1, failed: 0 });
    const { message, peer } = await server.event("closed");
    assertEquals(message, `Closed ${peer}: 4 bytes in, 4 bytes out (the server stopped)`);
  },
);

Deno.test("serve cuts who does not even take the FIN", SOCKETS, async () => {
  await using server = serveHere(echoPlainly, { grace: 50, linger: 100 });
  using conn = await greeted(server);
  const { failed } = await server.stop();
  assertEquals(failed, 1);
  const { reason } = await server.event("closed");
  assertEquals(reason, "the server stopped");
  assertEquals(await readAll(conn), new Uint8Array());
});

Deno.test("serve cuts who does not read what it is owed", SOCKETS, async () => {
  await using server = serveHere(echoPlainly, { grace: 50, linger: 100 });
  using conn = await greeted(server);
  const flood = async (): Promise<void> => {
    for (const chunk = new Uint8Array(1024 * 1024);;) await conn.write(chunk);
  };
  const flooding = assertRejects(flood);
  const { failed, bytesIn, bytesOut } = await server.stop();
  await soon(flooding, "the end of the flood");
  assertEquals(failed, 1);
  assertLess(bytesIn - bytesOut, 16 * 1024 + 1);
});

Deno.test("serve with a full house stops although it waits for a slot", SOCKETS, async () => {
  await using server = serveHere(echoPlainly, { grace: 50, maxConnections: 1 });
  using conn = await greeted(server);
  using waiting = await connectTo(server.port);
  server.abort();
  assertEquals(await readAll(conn), new Uint8Array());
  conn.close();
  const { connections } = await soon(server.done, "the end of the server");
  assertEquals(connections, 1);
  // Whoever was not accepted is not served; the system resets the connection.
  await assertRejects(() => waiting.read(new Uint8Array(1)), Deno.errors.ConnectionReset);
});

Deno.test(
  "serve that stops under load loses nothing of what it has received",
  SOCKETS,
  async () => {
    await using server = serveHere(echoPlainly, { grace: 100, linger: 15_000 });
    const conns = await Promise.all(Array.from({ length: 20 }, () => greeted(server)));
    const loads = Promise.all(conns.map(loadUntilEnd));
    server.abort();
    const received = await soon(loads, "the end of all streams");
    for (const conn of conns) conn.close();
    const { bytesIn, bytesOut } = await server.stop();
    assertEquals(bytesIn, bytesOut);
    const total = received.reduce((sum, length) => sum + length, 0);
    assertEquals(total + conns.length * PING.length, bytesOut);
  },
);
