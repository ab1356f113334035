/**
 * A server in several workers is one server: one port, one set of limits, one log, one end. Its workers
 * are started as users start them, because each is a module of its own with the process's permissions.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { soon } from "../../support/journal.ts";
import { loadUntilTold } from "../../support/load.ts";
import { NEEDS_LINUX } from "../../support/machine.ts";
import { connectTo, exchange, readAll, readCount } from "../../support/peer.ts";
import { runClient, type Server, startServer } from "../../support/process.ts";

const PROCESS = { timeout: 40_000, ignore: NEEDS_LINUX.ignore } as const;
const GRANTS = { grants: ["--allow-read=servers,lib,deno.json"] };
const PING = new TextEncoder().encode("ping");

function startWorkers(count: number, ...args: string[]): Promise<Server> {
  return startServer("echo-server", ["--workers", String(count), ...args], GRANTS);
}

async function greeted({ port }: Server): Promise<Deno.TcpConn> {
  const conn = await connectTo(port);
  await conn.write(PING);
  assertEquals(await readCount(conn, 4), PING);
  return conn;
}

Deno.test(`workers share a port, a log and a summary${NEEDS_LINUX.reason}`, PROCESS, async () => {
  await using server = await startWorkers(3, "--log", "json");
  assertEquals(server.stdout.entries, [`Listening on 127.0.0.1:${server.port} (tcp)`]);
  const texts = Array.from({ length: 60 }, (_, i) => `client ${i}`);
  assertEquals(await Promise.all(texts.map((text) => exchange(server.port, text))), texts);
  await server.stderr.findAll((line) => line.includes('"closed"'), 60, "all ends");
  assertEquals(await server.stop(), 0);
  const bytes = texts.reduce((sum, { length }) => sum + length, 0);
  assertEquals(server.stdout.entries, [
    `Listening on 127.0.0.1:${server.port} (tcp)`,
    `Stopped: 60 connections, ${bytes} bytes in, ${bytes} bytes out`,
  ]);
  const { event, connections, bytesIn } = JSON.parse(server.stderr.entries.at(-1)!);
  assertEquals([event, connections, bytesIn], ["stopped", 60, bytes]);
});

Deno.test(`workers share the limit of connections${NEEDS_LINUX.reason}`, PROCESS, async () => {
  await using server = await startWorkers(2, "--max-connections", "3");
  const texts = Array.from({ length: 60 }, (_, i) => `client ${i}`);
  assertEquals(await Promise.all(texts.map((text) => exchange(server.port, text))), texts);
  await server.stderr.findAll((line) => line.startsWith("Closed"), 60, "all ends");
  let inside = 0;
  for (const line of server.stderr.entries) {
    inside += line.startsWith("Connected") ? 1 : -1;
    assert(inside <= 3, server.stderr.text);
  }
});

Deno.test(`workers share the limit per host${NEEDS_LINUX.reason}`, PROCESS, async () => {
  await using server = await startWorkers(2, "--max-per-host", "2");
  const conns = [await greeted(server), await greeted(server)];
  for (let i = 0; i < 6; i++) {
    using surplus = await connectTo(server.port);
    assertEquals(await readAll(surplus), new Uint8Array());
  }
  for (const conn of conns) conn.close();
  await server.stderr.findAll((line) => line.startsWith("Closed"), 2, "both ends");
  assertEquals(await exchange(server.port, "again"), "again");
  assertEquals(await server.stop(), 0);
  assertStringIncludes(server.stdout.text, "Stopped: 3 connections (6 refused), ");
});

Deno.test(
  `workers lose nothing when they stop under load${NEEDS_LINUX.reason}`,
  PROCESS,
  async () => {
    await using server = await startWorkers(2, "--grace", "60", "--log", "json");
    const conns = await Promise.all(Array.from({ length: 20 }, () => greeted(server)));
    const stopping = new AbortController();
    const loads = conns.map((conn) => loadUntilTold(conn, stopping.signal));
    server.kill("SIGTERM");
    const told = server.logged(/"stopping"/).then(() => stopping.abort());
    const [sent] = await soon(Promise.all([Promise.all(loads), told]), "the end of all streams");
    for (const conn of conns) conn.close();
    assertEquals((await server.end()).code, 0);
    const total = sent.reduce((sum, length) => sum + length, 0) + 20 * PING.length;
    const { bytesIn, bytesOut } = JSON.parse(server.stderr.entries.at(-1)!);
    assertEquals([bytesIn, bytesOut], [total, total]);
  },
);

Deno.test(
  `workers with a full house stop although clients wait${NEEDS_LINUX.reason}`,
  PROCESS,
  async () => {
    await using server = await startWorkers(2, "--max-connections", "1", "--grace", "0.1");
    using conn = await greeted(server);
    const waiting = await Promise.all(Array.from({ length: 6 }, () => connectTo(server.port)));
    server.kill("SIGTERM");
    assertEquals(await readAll(conn), new Uint8Array());
    conn.close();
    assertEquals((await server.end()).code, 0);
    for (const one of waiting) {
      await one.read(new Uint8Array(1)).catch(() => {});
      one.close();
    }
  },
);

Deno.test(`workers leave at once at a second signal${NEEDS_LINUX.reason}`, PROCESS, async () => {
  await using server = await startWorkers(2, "--grace", "1000");
  using _conn = await greeted(server);
  server.kill("SIGTERM");
  await server.logged(/^Stopping/);
  server.kill("SIGINT");
  assertEquals((await server.end()).code, 130);
});

Deno.test(`workers explain why they cannot start${NEEDS_LINUX.reason}`, PROCESS, async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const inUse = await runClient(
    "echo-server",
    ["--workers", "2", "--port", String(port)],
    GRANTS,
  );
  assertEquals([inUse.code, inUse.stdout, inUse.stderr], [
    1,
    "",
    `Cannot listen on 127.0.0.1:${port}: address in use; ` +
    "choose another with --port, or --port 0 for a free one\n",
  ]);
  const denied = await runClient("echo-server", ["--workers", "2", "--port", "7000"]);
  assertEquals([denied.code, denied.stdout, denied.stderr], [
    1,
    "",
    "Cannot start workers: each reads its code from files; run: deno run " +
    "--allow-net=127.0.0.1:7000 --allow-read=servers,lib,deno.json " +
    "servers/echo_server.ts --workers 2 --port 7000\n",
  ]);
});
