import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { closedLoop } from "../../../lib/meter/closed_loop.ts";
import { openLoop } from "../../../lib/meter/open_loop.ts";
import { corrupt, echoPeer, HangUp } from "../../support/echo_peer.ts";
import { connections, Metering } from "../../support/metering.ts";
import { Peer } from "../../support/peer.ts";
import { connectTo } from "../../support/peer.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";

const SOCKETS = { timeout: 30_000 } as const;

function counts(tally: {
  sent: number;
  received: number;
  corrupted: number;
  errors: number;
}): number[] {
  return [tally.sent, tally.received, tally.corrupted, tally.errors];
}

for (const width of [1, 3]) {
  Deno.test(`openLoop sends every message on time, over ${width}`, SOCKETS, async () => {
    await using peer = echoPeer(64, (message) => message);
    const metering = new Metering();
    const options = { ...metering.options, rate: 500 };
    const tally = await openLoop(await connections(peer, width), options);
    assertEquals(counts(tally), [100, 100, 0, 0]);
    assertEquals([tally.roundTrips.count, tally.lateness.count], [100, 100]);
    assertEquals(
      metering.replies.toSorted((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i),
    );
    // The last one is due after 198 ms; nothing can be faster than the clock.
    assertGreater(tally.elapsed, 197);
  });
}

Deno.test("openLoop notices every answer that differs", SOCKETS, async () => {
  await using peer = echoPeer(64, (message, i) => i % 4 === 3 ? corrupt(message) : message);
  const options = { ...new Metering().options, rate: 2_000 };
  const tally = await openLoop(await connections(peer, 1), options);
  assertEquals(counts(tally), [100, 100, 25, 0]);
});

Deno.test(
  "openLoop goes on over the others when the server closes one connection",
  SOCKETS,
  async () => {
    await using peer = new Peer(async (conn, index) => {
      const buffer = new Uint8Array(64);
      for (let i = 0; index === 1 || i < 5; i++) {
        if (await conn.read(buffer) === null) return;
        await conn.write(buffer);
      }
      // To close with messages unread would be a reset, which destroys answers that are under way.
      await conn.closeWrite();
      while (await conn.read(buffer) !== null);
    });
    const first = await connectTo(Number(peer.port));
    const second = await connectTo(Number(peer.port));
    const metering = new Metering();
    const tally = await openLoop([first, second], { ...metering.options, rate: 200 });
    assertEquals([tally.received, tally.corrupted, tally.errors], [55, 0, 1]);
    // What went out in the moment before the end was noticed is sent and lost; nothing after it is.
    assert(tally.sent >= 55 && tally.sent < 100, `${tally.sent} sent`);
    assert(tally.lateness.count < 100, `${tally.lateness.count} late`);
    assertEquals(metering.reasons.length, 1);
  },
);

Deno.test("openLoop ends when no connection is left", SOCKETS, async () => {
  await using peer = echoPeer(64, () => {
    throw new HangUp();
  });
  const metering = new Metering({ count: Infinity });
  const tally = await openLoop(await connections(peer, 2), { ...metering.options, rate: 1_000 });
  assertEquals([tally.received, tally.errors], [0, 2]);
  assertEquals(metering.reasons.length, 2);
});

Deno.test("openLoop gives up a server that stalls", SOCKETS, async () => {
  await using peer = echoPeer(64, (message, i) => i < 5 ? message : undefined);
  const metering = new Metering({ timeout: 600, count: 10_000 });
  const tally = await openLoop(await connections(peer, 1), { ...metering.options, rate: 500 });
  assertEquals([tally.received, tally.corrupted, tally.errors], [5, 0, 1]);
  assertEquals(metering.reasons, ["no answer within 0.6 s"]);
});

Deno.test("openLoop does not call a pause of its own a stall", SOCKETS, async () => {
  await using peer = echoPeer(64, (message) => message);
  // A second between two messages, and a timeout that is shorter.
  const metering = new Metering({ count: 2, timeout: 700 });
  const tally = await openLoop(await connections(peer, 1), { ...metering.options, rate: 1 });
  assertEquals(counts(tally), [2, 2, 0, 0]);
});

Deno.test("openLoop ends after its duration, with all answers", SOCKETS, async () => {
  await using peer = echoPeer(64, (message) => message);
  const metering = new Metering({ count: Infinity, duration: 100 });
  const tally = await openLoop(await connections(peer, 2), { ...metering.options, rate: 1_000 });
  assertEquals(counts(tally), [100, 100, 0, 0]);
});

Deno.test("openLoop ends at the signal, with the answers that are under way", SOCKETS, async () => {
  await using peer = echoPeer(64, (message, i) => {
    if (i === 20) metering.controller.abort();
    return message;
  });
  const metering = new Metering({ count: Infinity });
  const tally = await openLoop(await connections(peer, 1), { ...metering.options, rate: 500 });
  assert(tally.sent >= 21);
  assertEquals(counts(tally), [tally.sent, tally.sent, 0, 0]);
});

Deno.test("openLoop ends at the signal although the server stalls", SOCKETS, async () => {
  const stall = Promise.withResolvers<undefined>();
  await using peer = echoPeer(64, (message, i) => {
    if (i < 3) return message;
    metering.controller.abort();
    return stall.promise;
  });
  const metering = new Metering({ count: Infinity });
  const options = { ...metering.options, rate: 500 };
  const tally = await openLoop(await connections(peer, 1), options).finally(() =>
    stall.resolve(undefined)
  );
  assertEquals([tally.received, tally.errors], [3, 0]);
});

Deno.test(
  "openLoop sends on while the server stalls, up to what the system takes",
  SOCKETS,
  async () => {
    await using server = serveHere(echoPlainly);
    const conn = await connectTo(server.port);
    const metering = new Metering({ size: 100_000, count: 200 });
    const tally = await openLoop([conn], { ...metering.options, rate: 10_000 });
    assertEquals(counts(tally), [200, 200, 0, 0]);
  },
);

/** A server that stalls once, for so long. */
const STALL_MS = 600;

function stallingOnce(): Peer {
  return echoPeer(64, async (message, i) => {
    if (i === 20) await new Promise<void>((resolve) => setTimeout(resolve, STALL_MS));
    return message;
  });
}

Deno.test(
  "a stall shows in the open loop's percentiles and not in the closed loop's",
  SOCKETS,
  async () => {
    const count = 200;
    await using closedPeer = stallingOnce();
    const closed = await closedLoop(
      await connections(closedPeer, 1),
      new Metering({ count }).options,
    );
    await using openPeer = stallingOnce();
    const open = await openLoop(
      await connections(openPeer, 1),
      { ...new Metering({ count }).options, rate: 200 },
    );
    assertEquals([closed.received, open.received], [count, count]);
    const [blind, honest] = [closed.roundTrips.figures(), open.roundTrips.figures()];
    // Both have one message that took the whole stall: the closed loop has nothing else of it.
    assertGreater(blind.max, 0.99e3 * STALL_MS);
    assertGreater(honest.max, 0.99e3 * STALL_MS);
    // Of 200 messages, 120 were due in the stall, and 80 of them waited for a third of it or longer.
    assertGreater(honest.p90, 1e3 * STALL_MS / 3);
    assertLess(blind.p90, honest.p90);
    assertLess(blind.p90, 1e3 * STALL_MS / 3);
  },
);
