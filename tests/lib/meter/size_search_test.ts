import { assertEquals, assertLessOrEqual } from "@std/assert";
import { type SizeOutcome, SizeSearch } from "../../../lib/meter/size_search.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** Searches a path that returns so many bytes at the most. */
function search(limit: number, failure: SizeOutcome): { steps: number; found: SizeSearch } {
  const found = new SizeSearch(20, 65_507);
  let steps = 0;
  for (let size; (size = found.next()) !== undefined; steps++) {
    found.report(size, size <= limit ? "returned" : failure);
  }
  return { steps, found };
}

Deno.test("SizeSearch finds every limit, in few steps", PURE, () => {
  const random = new Random();
  const limits = [20, 21, 1_472, 9_216, 65_505, 65_506];
  for (let i = 0; i < 200; i++) limits.push(random.integer(20, 65_506));
  for (const limit of limits) {
    const { steps, found } = search(limit, "silent");
    const label = `limit ${limit}, seed ${random.seed}`;
    assertEquals(found.largest, limit, label);
    assertEquals(found.limit, { size: limit + 1, outcome: "silent" }, label);
    assertLessOrEqual(steps, 18, label);
  }
});

Deno.test("SizeSearch is quick where all or nothing comes back", PURE, () => {
  const all = search(65_507, "silent");
  assertEquals([all.steps, all.found.largest, all.found.limit], [2, 65_507, undefined]);
  const nothing = search(0, "refused");
  assertEquals([nothing.steps, nothing.found.largest], [1, undefined]);
  assertEquals(nothing.found.limit, { size: 20, outcome: "refused" });
});
