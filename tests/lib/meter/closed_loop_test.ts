import { assert, assertEquals } from "@std/assert";
import { closedLoop } from "../../../lib/meter/closed_loop.ts";
import { corrupt, echoPeer, HangUp } from "../../support/echo_peer.ts";
import { Journal } from "../../support/journal.ts";
import { connections, Metering } from "../../support/metering.ts";
import { concatBytes } from "../../../lib/codec/bytes.ts";
import { Peer, readAll } from "../../support/peer.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";

const SOCKETS = { timeout: 30_000 } as const;

/** The numbers from 0 on, in order. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function counts(tally: {
  sent: number;
  received: number;
  corrupted: number;
  errors: number;
}): number[] {
  return [tally.sent, tally.received, tally.corrupted, tally.errors];
}

for (const width of [1, 3]) {
  Deno.test(`closedLoop counts every message once, over ${width}`, SOCKETS, async () => {
    await using peer = echoPeer(64, (message) => message);
    const metering = new Metering();
    const tally = await closedLoop(await connections(peer, width), metering.options);
    assertEquals(counts(tally), [100, 100, 0, 0]);
    assertEquals(tally.roundTrips.count, 100);
    assertEquals(metering.replies.toSorted((a, b) => a - b), numbers(100));
    assert(tally.elapsed > 0);
  });
}

Deno.test("closedLoop takes messages of one byte and of megabytes", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  for (const [size, count] of [[1, 300], [7, 10], [8, 10], [4_000_000, 3]] as const) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const tally = await closedLoop([conn], new Metering({ size, count }).options);
    assertEquals(counts(tally), [count, count, 0, 0], `${size} bytes`);
  }
});

Deno.test("closedLoop notices every answer that differs", SOCKETS, async () => {
  await using peer = echoPeer(64, (message, i) => i % 4 === 3 ? corrupt(message) : message);
  const tally = await closedLoop(await connections(peer, 1), new Metering().options);
  assertEquals(counts(tally), [100, 100, 25, 0]);
});

Deno.test(
  "closedLoop notices answers that are too long, out of step or not its own",
  SOCKETS,
  async () => {
    const earlier: Uint8Array[] = [];
    const servers = [
      // One byte too many: all that follows is out of step.
      { answer: (message: Uint8Array) => concatBytes([message, Uint8Array.of(0)]), corrupted: 9 },
      // The last message again instead of this one.
      {
        answer: (message: Uint8Array) => earlier[earlier.push(message) - 2] ?? message,
        corrupted: 9,
      },
      { answer: (message: Uint8Array) => new Uint8Array(message.length), corrupted: 10 },
    ];
    for (const { answer, corrupted } of servers) {
      await using peer = echoPeer(64, answer);
      const metering = new Metering({ count: 10 });
      const tally = await closedLoop(await connections(peer, 1), metering.options);
      assertEquals(counts(tally), [10, 10, corrupted, 0]);
    }
  },
);

Deno.test(
  "closedLoop counts a connection that the server closes, and its message as sent",
  SOCKETS,
  async () => {
    await using peer = echoPeer(64, (message, i) => {
      if (i === 5) throw new HangUp();
      return message;
    });
    const metering = new Metering();
    const tally = await closedLoop(await connections(peer, 1), metering.options);
    assertEquals(counts(tally), [6, 5, 0, 1]);
    assertEquals(metering.reasons, ["the server closed instead of answering"]);
  },
);

Deno.test("closedLoop counts an answer that is cut off", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => {
    const buffer = new Uint8Array(64);
    await conn.read(buffer);
    await conn.write(buffer.subarray(0, 10));
  });
  const metering = new Metering();
  const tally = await closedLoop(await connections(peer, 1), metering.options);
  assertEquals(counts(tally), [1, 0, 0, 1]);
  assertEquals(metering.reasons, ["Cannot read 64 bytes: the peer closed after 10"]);
});

Deno.test(
  "closedLoop gives up a server that stalls, and goes on with the others",
  SOCKETS,
  async () => {
    let stalled = false;
    await using peer = echoPeer(64, (message, i) => {
      if (i !== 5 || stalled) return message;
      stalled = true;
      return undefined;
    });
    const metering = new Metering({ timeout: 800 });
    const tally = await closedLoop(await connections(peer, 2), metering.options);
    assertEquals(counts(tally), [100, 99, 0, 1]);
    assertEquals(metering.reasons, ["no answer within 0.8 s"]);
  },
);

Deno.test("closedLoop ends after its duration", SOCKETS, async () => {
  await using peer = echoPeer(64, (message) => message);
  const metering = new Metering({ count: Infinity, duration: 200 });
  const tally = await closedLoop(await connections(peer, 2), metering.options);
  assert(tally.received > 0);
  assertEquals(counts(tally), [tally.sent, tally.sent, 0, 0]);
});

Deno.test(
  "closedLoop ends at the signal, with the answers that are under way",
  SOCKETS,
  async () => {
    await using peer = echoPeer(64, (message, i) => {
      if (i === 20) metering.controller.abort();
      return message;
    });
    const metering = new Metering({ count: Infinity });
    const tally = await closedLoop(await connections(peer, 1), metering.options);
    assertEquals(counts(tally), [21, 21, 0, 0]);
  },
);

Deno.test(
  "closedLoop ends at the signal although the server stalls, and calls it no error",
  SOCKETS,
  async () => {
    await using peer = echoPeer(64, (message, i) => {
      if (i < 3) return message;
      metering.controller.abort();
      return undefined;
    });
    const metering = new Metering({ count: Infinity });
    const tally = await closedLoop(await connections(peer, 1), metering.options);
    assertEquals(counts(tally), [4, 3, 0, 0]);
    assertEquals(metering.reasons, []);
  },
);

Deno.test("closedLoop closes its connections", SOCKETS, async () => {
  const ends = new Journal<number>("the ends of the connections");
  await using peer = new Peer(async (conn) => ends.add((await readAll(conn)).length));
  const tally = await closedLoop(await connections(peer, 3), new Metering({ count: 0 }).options);
  assertEquals([...counts(tally), tally.elapsed], [0, 0, 0, 0, 0]);
  assertEquals(await ends.findAll(() => true, 3, "three ends"), [0, 0, 0]);
});
