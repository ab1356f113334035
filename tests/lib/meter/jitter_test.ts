import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Jitter } from "../../../lib/meter/jitter.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("Jitter follows the formula of RFC 3550", PURE, () => {
  const jitter = new Jitter();
  // J after each arrival, computed by hand: J + (|D| - J) / 16.
  const table: [roundTrip: number, value: number][] = [
    [100, 0],
    [116, 1],
    [116, 0.9375],
    [100, 1.87890625],
    [180, 6.761474609375],
  ];
  for (const [roundTrip, value] of table) {
    jitter.add(roundTrip);
    assertAlmostEquals(jitter.value, value, 1e-12);
  }
});

Deno.test(
  "Jitter of even round trips is none, and of alternating ones their difference",
  PURE,
  () => {
    const [even, alternating] = [new Jitter(), new Jitter()];
    assertEquals(even.value, 0);
    for (let i = 0; i < 1_000; i++) {
      even.add(5);
      alternating.add(i % 2 === 0 ? 5 : 8);
    }
    assertEquals(even.value, 0);
    assertAlmostEquals(alternating.value, 3, 1e-9);
  },
);
