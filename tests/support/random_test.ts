import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Random, testSeed } from "./random.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("Random repeats itself for a seed and differs between seeds", PURE, () => {
  const first = (seed: number): Uint8Array => new Random(seed).bytes(32);
  assertEquals(first(7), first(7));
  assertNotEquals(first(7), first(8));
});

Deno.test("Random reaches both ends of a range and nothing beyond", PURE, () => {
  const random = new Random(testSeed());
  const counts = new Map<number, number>();
  for (let round = 0; round < 3000; round++) {
    const value = random.integer(-1, 1);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  assertEquals([...counts.keys()].sort((a, b) => a - b), [-1, 0, 1], `seed ${random.seed}`);
  // 1000 expected of each; 200 is seven standard deviations away.
  for (const [value, count] of counts) {
    assert(Math.abs(count - 1000) < 200, `seed ${random.seed}: ${count} times ${value}`);
  }
});
