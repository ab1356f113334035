import { assert, assertEquals } from "@std/assert";
import { LogBuckets } from "../../../lib/meter/log_buckets.ts";
import { Random, testSeed } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("LogBuckets sorts times into steps of 1, 2 and 5", PURE, () => {
  const cases = [
    [0, 0, 1],
    [0.99, 0, 1],
    [1, 1, 2],
    [1.99, 1, 2],
    [2, 2, 5],
    [4.99, 2, 5],
    [5, 5, 10],
    [10, 10, 20],
    [19.99, 10, 20],
    [999, 500, 1_000],
    [1_000, 1_000, 2_000],
    [123_456, 100_000, 200_000],
    [4e8, 2e8, 5e8],
    [5e8, 5e8, 1e9],
  ] as const;
  for (const [time, from, to] of cases) {
    const buckets = new LogBuckets();
    buckets.add(time);
    assertEquals(buckets.list(), [{ from, to, count: 1 }], `${time} us`);
  }
});

Deno.test("LogBuckets lists from the first to the last, with the empty ones between", PURE, () => {
  const buckets = new LogBuckets();
  assertEquals(buckets.list(), []);
  for (const time of [3, 4, 30]) buckets.add(time);
  assertEquals(buckets.list(), [
    { from: 2, to: 5, count: 2 },
    { from: 5, to: 10, count: 0 },
    { from: 10, to: 20, count: 0 },
    { from: 20, to: 50, count: 1 },
  ]);
});

Deno.test("LogBuckets puts what is longer than all buckets into the last", PURE, () => {
  const buckets = new LogBuckets();
  buckets.add(1e15);
  assertEquals(buckets.list().map(({ from, count }) => ({ from, count })), [{
    from: 5e8,
    count: 1,
  }]);
});

Deno.test("LogBuckets loses nothing, and everything is within its bounds", PURE, () => {
  const random = new Random(testSeed());
  const times = Array.from({ length: 2_000 }, () => 10 ** (random.uint32() / 2 ** 32 * 8));
  const buckets = new LogBuckets();
  for (const time of times) buckets.add(time);
  for (const { from, to, count } of buckets.list()) {
    const expected = times.filter((time) => time >= from && time < to).length;
    assertEquals(count, expected, `${from} to ${to}, seed ${random.seed}`);
  }
  const edges = buckets.list();
  assert(edges.slice(1).every(({ from }, i) => from === edges[i]!.to));
});
