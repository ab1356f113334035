import { assertEquals, assertGreater } from "@std/assert";
import { encodeFileMessage } from "../../../lib/codec/file_message.ts";
import { MinimumRate } from "../../../lib/file/minimum_rate.ts";
import { TransferError } from "../../../lib/file/transfer_error.ts";
import type { ByteStream } from "../../../lib/net/byte_stream.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const WINDOW = 8_000;

/** A stream whose reads end when a test says so. */
class Faucet implements ByteStream {
  #waiting: ((count: number) => void)[] = [];

  read(): Promise<number | null> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waiting.push(resolve);
    return promise;
  }

  write(from: Uint8Array): Promise<number> {
    return Promise.resolve(from.length);
  }

  drip(count: number): void {
    this.#waiting.shift()?.(count);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.dispose](): void {}
}

function watch(faucet: Faucet): MinimumRate {
  const rate = new MinimumRate(faucet, { bytesPerSecond: 100, window: WINDOW });
  rate.watching = true;
  return rate;
}

/** What a read came to: bytes, an outcome, or still nothing. */
function follow(reading: Promise<number | null>): { state: unknown } {
  const result: { state: unknown } = { state: "waiting" };
  reading.then(
    (count) => result.state = count,
    (error) => result.state = error instanceof TransferError ? error.outcome : error,
  );
  return result;
}

Deno.test("a peer that moves too little in a window is given up, with a reason", PURE, async () => {
  using clock = new FakeClock();
  const faucet = new Faucet();
  const rate = watch(faucet);
  const first = follow(rate.read(new Uint8Array(1_000)));
  faucet.drip(WINDOW / 1_000 * 100 - 1);
  await clock.pass(1);
  assertEquals(first.state, 799);
  const second = follow(rate.read(new Uint8Array(1_000)));
  await clock.pass(WINDOW - 2);
  assertEquals(second.state, "waiting");
  await clock.pass(2);
  assertEquals(second.state, "too-slow");
  assertEquals(clock.pending, 0);
});

Deno.test("a peer that keeps up is left alone", PURE, async () => {
  using clock = new FakeClock();
  const faucet = new Faucet();
  using rate = watch(faucet);
  for (let second = 0; second < 60; second++) {
    const reading = follow(rate.read(new Uint8Array(1_000)));
    await clock.pass(1_000);
    assertEquals(reading.state, "waiting");
    faucet.drip(120);
    await clock.pass(0);
    assertEquals(reading.state, 120);
  }
});

Deno.test("time in which this side works is not the peer's", PURE, async () => {
  using clock = new FakeClock();
  const faucet = new Faucet();
  using rate = watch(faucet);
  await clock.pass(10 * WINDOW);
  const reading = follow(rate.read(new Uint8Array(1)));
  await clock.pass(WINDOW - 1_001);
  assertEquals(reading.state, "waiting");
});

Deno.test("between two jobs a peer owes nothing", PURE, async () => {
  using clock = new FakeClock();
  const faucet = new Faucet();
  using rate = watch(faucet);
  rate.watching = false;
  const reading = follow(rate.read(new Uint8Array(1)));
  await clock.pass(10 * WINDOW);
  assertEquals(reading.state, "waiting");
});

Deno.test(
  "attack 23: a peer that says it is busy is forgiven for an hour, not for ever",
  PURE,
  async () => {
    using clock = new FakeClock();
    const faucet = new Faucet();
    using rate = watch(faucet);
    const reading = follow(rate.read(new Uint8Array(1)));
    const minute = 60_000;
    for (let time = 0; time < 59 * minute; time += 1_000) {
      rate.forgive();
      await clock.pass(1_000);
    }
    assertEquals(reading.state, "waiting");
    for (let time = 0; time < 2 * minute; time += 1_000) {
      rate.forgive();
      await clock.pass(1_000);
    }
    assertEquals(reading.state, "too-slow");
  },
);

Deno.test("attack 23: excuses are not what keeps up the rate", PURE, async () => {
  using clock = new FakeClock();
  const faucet = new Faucet();
  using rate = watch(faucet);
  const busy = encodeFileMessage({ kind: "busy", phase: "checking", done: 0, total: 0 }).length;
  let last = follow(rate.read(new Uint8Array(1_000)));
  // Ten a second, twice the minimum rate, which come two at a time.
  for (let second = 0; second < 3_700 && last.state === "waiting"; second += 0.2) {
    faucet.drip(2 * busy);
    await clock.pass(0);
    last = follow(rate.read(new Uint8Array(1_000)));
    rate.forgive();
    rate.forgive();
    await clock.pass(200);
  }
  assertEquals(last.state, "too-slow");
  assertGreater(clock.now, 3_600_000);
});

Deno.test("content between excuses is what keeps up the rate", PURE, async () => {
  using clock = new FakeClock();
  const faucet = new Faucet();
  using rate = watch(faucet);
  const busy = encodeFileMessage({ kind: "busy", phase: "checking", done: 0, total: 0 }).length;
  let last = follow(rate.read(new Uint8Array(1_000)));
  for (let second = 0; second < 8_000; second++) {
    assertEquals(last.state, "waiting", `after ${second} s`);
    faucet.drip(busy + 120);
    await clock.pass(0);
    last = follow(rate.read(new Uint8Array(1_000)));
    rate.forgive();
    await clock.pass(1_000);
  }
});

Deno.test("content in a window that an excuse cuts short counts, too", PURE, async () => {
  using clock = new FakeClock();
  const faucet = new Faucet();
  using rate = watch(faucet);
  const busy = encodeFileMessage({ kind: "busy", phase: "scanning", done: 0, total: 0 }).length;
  let last = follow(rate.read(new Uint8Array(100_000)));
  for (let second = 0; second < 7_000; second++) {
    assertEquals(last.state, "waiting", `after ${second} s`);
    // Much at a time for most of an hour, and then nothing for most of the next.
    faucet.drip(busy + (second < 3_500 ? 10_000 : 0));
    await clock.pass(0);
    last = follow(rate.read(new Uint8Array(100_000)));
    rate.forgive();
    await clock.pass(1_000);
  }
});
