import { assert, assertEquals, assertRejects } from "@std/assert";
import { equalBytes } from "../../../lib/codec/bytes.ts";
import { LimitError, PeerClosedError } from "../../../lib/codec/errors.ts";
import { echoStream } from "../../../lib/echo/echo_stream.ts";
import { DeadlineError } from "../../../lib/net/deadline.ts";
import type { ByteReader } from "../../../lib/net/byte_stream.ts";
import { writeAll } from "../../../lib/net/write_all.ts";
import { memoryEcho } from "../../support/echo_peer.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { readerOf, writerOf } from "../../support/fake_streams.ts";
import { connectTo, Peer, readAll } from "../../support/peer.ts";
import { patternOf } from "../../support/load.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";

const PURE = { permissions: "none", timeout: 30_000 } as const;
const SOCKETS = { timeout: 30_000 } as const;
const PATIENT = { timeout: 15_000 };

/** A user who has typed this much, and neither types on nor ends the input. */
function openEnded(bytes: Uint8Array): ByteReader & { end: () => void } {
  const reader = readerOf([bytes]);
  const ended = Promise.withResolvers<null>();
  return {
    end: () => ended.resolve(null),
    async read(into): Promise<number | null> {
      return await reader.read(into) ?? await ended.promise;
    },
  };
}

/** Reads everything and then does what the test says. */
function afterAll(
  act: (conn: Deno.TcpConn, received: Uint8Array<ArrayBuffer>) => Promise<unknown>,
): Peer {
  return new Peer(async (conn) => void await act(conn, await readAll(conn)));
}

Deno.test("echoStream copies what comes back and knows that it is the same", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  for (const length of [0, 1, 65_536, 3_000_000]) {
    const bytes = patternOf(length);
    using conn = await connectTo(server.port);
    const output = writerOf(10_000);
    const progress = { sent: 0, received: 0 };
    const options = { ...PATIENT, progress };
    assertEquals(
      await echoStream(conn, readerOf([bytes]), output, options),
      { bytes: length, same: true },
    );
    assert(equalBytes(output.written(), bytes), `${length} bytes`);
    assertEquals(progress, { sent: length, received: length });
  }
});

Deno.test("echoStream notices a changed byte", SOCKETS, async () => {
  await using peer = afterAll((conn, bytes) => {
    bytes[500]! ^= 1;
    return writeAll(conn, bytes);
  });
  using conn = await connectTo(Number(peer.port));
  assertEquals(
    await echoStream(conn, readerOf([patternOf(1_000)]), writerOf(Infinity), PATIENT),
    { bytes: 1_000, same: false },
  );
});

Deno.test("echoStream notices an answer that is short", SOCKETS, async () => {
  await using peer = afterAll((conn, bytes) => writeAll(conn, bytes.subarray(0, 999)));
  using conn = await connectTo(Number(peer.port));
  const output = writerOf(Infinity);
  const error = await assertRejects(
    () => echoStream(conn, readerOf([patternOf(1_000)]), output, PATIENT),
    PeerClosedError,
    "The server closed after 999 of 1000 bytes",
  );
  assertEquals([error.received, error.expected], [999, 1_000]);
  // What did come back is there.
  assertEquals(output.written().length, 999);
});

Deno.test("echoStream notices an answer that is too long, at once", SOCKETS, async () => {
  const done = Promise.withResolvers<void>();
  await using peer = new Peer(async (conn) => {
    const buffer = new Uint8Array(1_000);
    await conn.read(buffer);
    await writeAll(conn, new Uint8Array(1_001));
    await done.promise;
  });
  using conn = await connectTo(Number(peer.port));
  // The input has not ended, and the server does not close.
  const input = openEnded(patternOf(1_000));
  await assertRejects(
    () => echoStream(conn, input, writerOf(Infinity), PATIENT),
    LimitError,
    "Received more than the 1000 bytes sent",
  ).finally(done.resolve);
  input.end();
});

Deno.test(
  "echoStream notices a server that goes away while the input goes on",
  SOCKETS,
  async () => {
    await using peer = new Peer(async (conn) => {
      const buffer = new Uint8Array(1_000);
      const count = await conn.read(buffer);
      await writeAll(conn, buffer.subarray(0, count!));
    });
    using conn = await connectTo(Number(peer.port));
    const input = openEnded(patternOf(1_000));
    await assertRejects(
      () => echoStream(conn, input, writerOf(Infinity), PATIENT),
      PeerClosedError,
      "The server closed after 1000 of 1000 bytes",
    );
    input.end();
  },
);

Deno.test("echoStream gives up a server that is silent", SOCKETS, async () => {
  const done = Promise.withResolvers<void>();
  await using peer = afterAll(() => done.promise);
  using conn = await connectTo(Number(peer.port));
  await assertRejects(
    () => echoStream(conn, readerOf([patternOf(10)]), writerOf(Infinity), { timeout: 200 }),
    DeadlineError,
    "No answer for 0.2 s, 0 of 10 bytes are back; allow more with --timeout",
  ).finally(done.resolve);
});

Deno.test("echoStream does not call a pause of its own input silence", PURE, async () => {
  using clock = new FakeClock();
  const server = memoryEcho();
  const input = openEnded(patternOf(10));
  const copying = echoStream(server, input, writerOf(Infinity), { timeout: 700 });
  const [result] = await Promise.all([copying, clock.pass(10_000).then(input.end)]);
  assertEquals(result, { bytes: 10, same: true });
});

Deno.test("echoStream does not call a pause of its own output silence", PURE, async () => {
  using clock = new FakeClock();
  const server = memoryEcho();
  const written = Promise.withResolvers<number>();
  const output = { write: () => written.promise };
  const copying = echoStream(server, readerOf([patternOf(10)]), output, { timeout: 700 });
  const pause = clock.pass(10_000).then(() => written.resolve(10));
  assertEquals((await Promise.all([copying, pause]))[0], { bytes: 10, same: true });
});

Deno.test("echoStream passes on what its output throws", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  using conn = await connectTo(server.port);
  const output = { write: () => Promise.reject(new Error("No space left on device")) };
  await assertRejects(
    () => echoStream(conn, readerOf([patternOf(10)]), output, PATIENT),
    Error,
    "No space left on device",
  );
});
