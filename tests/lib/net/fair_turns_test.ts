import { assert, assertEquals } from "@std/assert";
import { Connection } from "../../../lib/net/connection.ts";
import { FairTurns } from "../../../lib/net/fair_turns.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { soon } from "../../support/journal.ts";
import { connectTo } from "../../support/peer.ts";
import { serveHere } from "../../support/serving.ts";
import { writeAll } from "../../../lib/net/write_all.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

/** Operations that the runtime's event loop does in one turn. */
const BUDGET = 128;

/**
 * The event loop's unfair habit, in a model: all connections always have a byte to read, a turn serves
 * {@linkcode BUDGET} reads, and the latest to ask come first.
 */
class UnfairLoop {
  #asking: ((count: number) => void)[] = [];

  /** One connection that is always readable. */
  readonly conn = {
    remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 7 },
    read: () => new Promise<number>((resolve) => this.#asking.push(resolve)),
    [Symbol.dispose]: () => {},
  } as unknown as Deno.Conn;

  /** Runs until so many reads are done; a turn takes a millisecond. */
  async run(reads: number): Promise<void> {
    using clock = new FakeClock();
    while (reads > 0) {
      const served = this.#asking.splice(-BUDGET).reverse();
      for (const resolve of served) resolve(1);
      reads -= served.length;
      await clock.pass(1);
    }
    // What waits for the end of a round gets it.
    await clock.pass(1_000);
  }
}

/** Lets everybody read on and on, and returns how often each was served. */
async function share(
  loop: UnfairLoop,
  readers: readonly Pick<Deno.Conn, "read">[],
  reads: number,
): Promise<number[]> {
  const counts = readers.map(() => 0);
  let over = false;
  for (const [i, reader] of readers.entries()) {
    (async () => {
      const into = new Uint8Array(1);
      while (!over) {
        await reader.read(into);
        counts[i]!++;
      }
    })();
  }
  await loop.run(reads);
  over = true;
  return counts;
}

function connections(loop: UnfairLoop, count: number): Connection[] {
  const around = { clock: { tick: 0 }, turns: new FairTurns(), number: 1 };
  return Array.from({ length: count }, () => new Connection(loop.conn, around));
}

Deno.test("the model starves most of 300 connections that do not take turns", PURE, async () => {
  const loop = new UnfairLoop();
  const counts = await share(loop, Array.from({ length: 300 }, () => loop.conn), 30_000);
  assertEquals(counts.filter((count) => count === 0).length, 300 - BUDGET);
});

for (const count of [129, 300, 1_000]) {
  Deno.test(`FairTurns serves ${count} busy connections alike`, PURE, async () => {
    const loop = new UnfairLoop();
    const counts = await share(loop, connections(loop, count), 40 * count);
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    // 40 each, were it perfect; the first round or two may go by before there is a crowd.
    assert(least >= 30, `between ${least} and ${most} times`);
  });
}

Deno.test("FairTurns makes nobody wait where there are few", PURE, async () => {
  const loop = new UnfairLoop();
  const counts = await share(loop, connections(loop, BUDGET), 10 * BUDGET);
  assertEquals(counts, Array<number>(BUDGET).fill(10));
});

Deno.test("FairTurns lets the few go on when the crowd has left", PURE, async () => {
  const loop = new UnfairLoop();
  const all = connections(loop, 300);
  await share(loop, all, 3_000);
  for (const one of all.slice(10)) one[Symbol.dispose]();
  // Each turn of the loop serves all ten, so none of the turns is full.
  const counts = await share(loop, all.slice(0, 10), 1_000);
  assert(Math.min(...counts) > 0, `${counts}`);
});

Deno.test("serve starves nobody among 300 busy clients", { timeout: 30_000 }, async () => {
  const start = Promise.withResolvers<void>();
  const counts: number[] = [];
  const shares = Promise.withResolvers<number[]>();
  let reads = 0;
  await using server = serveHere(async (connection) => {
    const number = counts.push(0) - 1;
    const into = new Uint8Array(1);
    await start.promise;
    while (await connection.read(into) !== null) {
      counts[number]!++;
      if (++reads === 300 * 50) shares.resolve([...counts]);
    }
  });
  const clients = await Promise.all(Array.from({ length: 300 }, () => connectTo(server.port)));
  // All bytes are there before the first is read, so that only the event loop says who comes next.
  await Promise.all(clients.map((client) => writeAll(client, new Uint8Array(100))));
  await server.event("connected", 299);
  start.resolve();
  const [least = 0, ...others] = (await soon(shares.promise, "the reads")).sort((a, b) => a - b);
  // 50 each on average; without turns, many are not served at all.
  assert(least >= 10, `one of 300 was served ${least} times while others had ${others.at(-1)}`);
  for (const client of clients) client.close();
});

Deno.test(
  "who waits for a turn gets one, even when nobody reads any more",
  { timeout: 20_000 },
  async () => {
    const turns = new FairTurns();
    const everybody = Array.from({ length: 3 * BUDGET }, (_, i) => i);
    for (const _ of everybody) turns.join();
    for (const _ of everybody) turns.served();
    // The first ones wait again as soon as they have had their turn; the others leave for good.
    await Promise.all(everybody.map(async (i) => {
      await turns.turn();
      if (i < BUDGET / 4) await turns.turn();
      turns.leave();
    }));
  },
);
