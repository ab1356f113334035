import { assertEquals } from "@std/assert";
import { LoopBreaker } from "../../../lib/net/loop_breaker.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const TEXT = new TextEncoder().encode("Hello, world");

/** Which of the copies, sent at these times in milliseconds, is the first that counts as a loop. */
function firstLoop(times: Iterable<number>, payload = TEXT): number | undefined {
  const breaker = new LoopBreaker();
  let copy = 0;
  for (const time of times) {
    copy++;
    if (breaker.isLoop(1, payload, time)) return copy;
  }
  return undefined;
}

/** Times that are so far apart. */
function every(milliseconds: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => i * milliseconds);
}

Deno.test("the rule: n copies in less than (n - 2) x 100 ms", PURE, () => {
  const table: [milliseconds: number, copy: number | undefined][] = [
    [0, 3],
    [0.1, 3],
    [49.9, 3],
    [50.1, 4],
    [66, 4],
    [67, 5],
    [89, 11],
    [97, 35],
    [100, undefined],
    [110, undefined],
    [200, undefined],
  ];
  for (const [milliseconds, copy] of table) {
    assertEquals(firstLoop(every(milliseconds, 500)), copy, `every ${milliseconds} ms`);
  }
});

Deno.test("an empty datagram loops as well as any other", PURE, () => {
  assertEquals(firstLoop(every(1, 10), new Uint8Array()), 3);
});

Deno.test("a client that repeats itself every 0.2 s is never taken for a loop", PURE, () => {
  const random = new Random();
  // Its clock is a little fast, the network varies by 90 ms, and now and then doubles a datagram.
  const times: number[] = [];
  for (let i = 0; i < 20_000; i++) times.push(i * 199.9 + random.integer(0, 90));
  for (let i = 50; i < times.length; i += 100) times.splice(i, 0, times[i]!);
  assertEquals(firstLoop(times), undefined, `seed ${random.seed}`);
});

Deno.test("a person who repeats a line four times a second is no loop", PURE, () => {
  assertEquals(firstLoop(every(250, 100)), undefined);
});

Deno.test("a meter that numbers its probes is never taken for a loop", PURE, () => {
  for (const size of [4, 64, 1_472]) {
    const breaker = new LoopBreaker();
    const probe = new Uint8Array(size);
    const view = new DataView(probe.buffer);
    for (let sequence = 0; sequence < 300_000; sequence++) {
      view.setUint32(0, sequence);
      assertEquals(breaker.isLoop(1, probe, sequence / 100), false, `probe ${sequence} of ${size}`);
    }
  }
});

Deno.test("payloads that take turns are followed one by one", PURE, () => {
  const random = new Random();
  const payloads = Array.from({ length: 50 }, () => random.bytes(40));
  const breaker = new LoopBreaker();
  const loops = payloads.map(() => 0);
  for (let round = 0; round < 4; round++) {
    for (const [i, payload] of payloads.entries()) {
      if (breaker.isLoop(1, payload, round) && round === 2) loops[i]!++;
    }
  }
  // Two may share a slot and hide each other, but not many pairs do; the third round catches the others.
  const caught = loops.filter((number) => number === 1).length;
  assertEquals(caught >= 30, true, `seed ${random.seed}: ${caught} of 50`);
});

Deno.test("sources do not count for each other", PURE, () => {
  const breaker = new LoopBreaker();
  for (let source = 1; source <= 1_000; source++) {
    assertEquals(breaker.isLoop(source, TEXT, 0), false, `source ${source}`);
  }
});

Deno.test("lengths do not count for each other", PURE, () => {
  const breaker = new LoopBreaker();
  for (let length = 0; length < 1_000; length++) {
    assertEquals(breaker.isLoop(1, new Uint8Array(length), 0), false, `${length} bytes`);
  }
});

Deno.test("a text of our own that comes right back is a loop at once", PURE, () => {
  const breaker = new LoopBreaker();
  breaker.expectBack(1, TEXT, 0);
  assertEquals(breaker.isLoop(2, TEXT, 1), false);
  assertEquals(breaker.isLoop(1, TEXT, 1), true);
  breaker.expectBack(3, TEXT, 1_000);
  assertEquals(breaker.isLoop(3, TEXT, 1_100), false);
});
