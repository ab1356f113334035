import { assertEquals } from "@std/assert";
import { Reordering } from "../../../lib/meter/reordering.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("Reordering counts late packets, neither early ones nor gaps", PURE, () => {
  const table: [what: string, arrivals: number[], reordered: number[]][] = [
    ["in order", [1, 2, 3, 4], []],
    ["one late packet", [1, 2, 3, 5, 6, 7, 8, 4, 9, 10], [4]],
    ["one early packet", [1, 2, 3, 8, 4, 5, 6, 7, 9, 10], [4, 5, 6, 7]],
    ["two blocks", [1, 2, 3, 7, 8, 9, 10, 4, 5, 6, 11], [4, 5, 6]],
    ["a gap is no reordering", [1, 2, 9, 10], []],
    ["backwards", [4, 3, 2, 1], [3, 2, 1]],
  ];
  for (const [what, arrivals, reordered] of table) {
    const order = new Reordering();
    assertEquals(arrivals.filter((sequence) => order.isReordered(sequence)), reordered, what);
  }
});
