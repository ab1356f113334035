import { assert, assertEquals } from "@std/assert";
import { Pace } from "../../../lib/meter/pace.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

Deno.test("Pace makes events due by the clock: start plus index by rate", PURE, () => {
  const pace = new Pace(500, 1_000);
  assertEquals([0, 1, 2, 500].map((i) => pace.due(i)), [1_000, 1_002, 1_004, 2_000]);
  assertEquals(new Pace(0.001, 0).due(1), 1_000_000);
});

Deno.test("Pace waits for each event until it is due, and not longer", PURE, async () => {
  using clock = new FakeClock();
  const pace = new Pace(10);
  const { signal } = new AbortController();
  for (let i = 0; i < 20; i++) {
    let due = false;
    const waiting = pace.wait(i, signal).then(() => due = true);
    await settle();
    assertEquals(due, i === 0);
    if (i > 0) await clock.pass(99.9);
    assertEquals(due, i === 0, `event ${i} at ${clock.now} ms`);
    if (i > 0) await clock.pass(0.1);
    await waiting;
    assert(Math.abs(clock.now - 100 * i) < 1e-6);
  }
});

Deno.test(
  "Pace does not wait for what is past: a stall is caught up with at once",
  PURE,
  async () => {
    using clock = new FakeClock();
    const pace = new Pace(10);
    const { signal } = new AbortController();
    await clock.pass(1_050);
    // Nobody moves the clock here.
    for (let i = 0; i <= 10; i++) await pace.wait(i, signal);
    let next = false;
    const waiting = pace.wait(11, signal).then(() => next = true);
    await clock.pass(49);
    assertEquals(next, false);
    await clock.pass(1);
    await waiting;
  },
);

Deno.test("Pace stops waiting at the signal", PURE, async () => {
  using clock = new FakeClock();
  const pace = new Pace(0.001);
  const controller = new AbortController();
  const waiting = pace.wait(1, controller.signal);
  await settle();
  controller.abort();
  await waiting;
  assertEquals([clock.now, clock.pending], [0, 0]);
});

Deno.test("Pace follows the real clock", PURE, async () => {
  const pace = new Pace(100);
  const { signal } = new AbortController();
  for (const i of [1, 3, 10]) {
    await pace.wait(i, signal);
    assert(performance.now() >= pace.due(i), `event ${i} came early`);
  }
});
