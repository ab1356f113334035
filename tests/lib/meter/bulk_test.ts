import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { bulk, type BulkResult } from "../../../lib/meter/bulk.ts";
import { Tally } from "../../../lib/meter/tally.ts";
import { writeAll } from "../../../lib/net/write_all.ts";
import { connections, Metering } from "../../support/metering.ts";
import { connectTo, Peer, readAll } from "../../support/peer.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";

const SOCKETS = { timeout: 30_000 } as const;

/** Runs a short transfer against one connection of a scripted server. */
async function transfer(
  talk: (conn: Deno.TcpConn) => Promise<void>,
  options: ConstructorParameters<typeof Metering>[0] = {},
): Promise<{ result: BulkResult; errors: number; reasons: string[] }> {
  await using peer = new Peer(talk);
  const { options: meterOptions, reasons } = new Metering({ duration: 300, ...options });
  const tally = new Tally(meterOptions);
  const result = await bulk(await connections(peer, 1), meterOptions, tally);
  return { result, errors: tally.errors, reasons };
}

/** Reads what comes and sends back what `change` makes of it. */
function answering(
  change: (bytes: Uint8Array, at: number) => Uint8Array,
): (conn: Deno.TcpConn) => Promise<void> {
  return async (conn) => {
    const buffer = new Uint8Array(64 * 1024);
    let at = 0;
    for (let count; (count = await conn.read(buffer)) !== null; at += count) {
      await writeAll(conn, change(buffer.subarray(0, count), at));
    }
  };
}

Deno.test("bulk compares every byte that comes back", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  const conns = await Promise.all([connectTo(server.port), connectTo(server.port)]);
  const { options, reasons } = new Metering({ duration: 300 });
  const tally = new Tally(options);
  const { bytesSent, bytesReceived, corrupted, elapsed } = await bulk(conns, options, tally);
  assertGreater(bytesSent, 0);
  assertEquals({ bytesReceived, corrupted, reasons }, {
    bytesReceived: bytesSent,
    corrupted: 0,
    reasons: [],
  });
  assertGreater(elapsed, 0);
});

Deno.test("bulk notices a single wrong byte", SOCKETS, async () => {
  const { result, errors } = await transfer(answering((bytes, at) => {
    if (at === 0) bytes[bytes.length >> 1]! ^= 1;
    return bytes;
  }));
  assertEquals([result.corrupted, errors, result.bytesReceived], [1, 0, result.bytesSent]);
});

Deno.test("bulk notices bytes that are missing in the middle", SOCKETS, async () => {
  const { result } = await transfer(answering((bytes, at) => at === 0 ? bytes.subarray(1) : bytes));
  assertGreater(result.corrupted, 0);
  assertEquals(result.bytesReceived, result.bytesSent - 1);
});

Deno.test("bulk notices a server that finishes early", SOCKETS, async () => {
  const { result } = await transfer(async (conn) => {
    const buffer = new Uint8Array(1024);
    const count = await conn.read(buffer);
    await writeAll(conn, buffer.subarray(0, count!));
    await conn.closeWrite();
    await readAll(conn);
  });
  assertGreater(result.bytesSent, result.bytesReceived);
});

Deno.test("bulk counts a connection that the server closes", SOCKETS, async () => {
  const { errors, reasons } = await transfer(async (conn) => {
    await conn.read(new Uint8Array(1024));
  }, { duration: Infinity });
  assertEquals([errors, reasons.length], [1, 1]);
});

Deno.test("bulk ends where a server never stops sending", SOCKETS, async () => {
  const { errors, reasons, result } = await transfer(async (conn) => {
    const reading = readAll(conn);
    for (const chunk = new Uint8Array(64 * 1024);;) {
      const count = await Promise.race([conn.write(chunk), reading.then(() => 0)]);
      if (count === 0) await conn.write(chunk);
    }
  });
  assertEquals(errors, 1);
  assertStringIncludes(reasons[0]!, "more came back than the ");
  assertGreater(result.corrupted, 0);
});

Deno.test("bulk gives up a server that reads and never answers", SOCKETS, async () => {
  const { errors, reasons, result } = await transfer(async (conn) => void await readAll(conn), {
    timeout: 200,
    duration: Infinity,
  });
  assertEquals([errors, result.bytesReceived], [1, 0]);
  assertEquals(reasons, ["no answer within 0.2 s"]);
});

Deno.test("bulk ends at the signal, with what is under way", SOCKETS, async () => {
  await using server = serveHere(async (connection, stop) => {
    metering.controller.abort();
    await echoPlainly(connection, stop);
  });
  const metering = new Metering();
  const tally = new Tally(metering.options);
  const { bytesSent, bytesReceived } = await bulk(
    [await connectTo(server.port)],
    metering.options,
    tally,
  );
  assert(bytesSent > 0);
  assertEquals([bytesReceived, tally.errors], [bytesSent, 0]);
});
