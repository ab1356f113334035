import { assertEquals } from "@std/assert";
import { sleep } from "../../../lib/net/sleep.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("sleep ends when the time is up", PURE, async () => {
  using clock = new FakeClock();
  let awake = false;
  const sleeping = sleep(100, new AbortController().signal).then(() => awake = true);
  await clock.pass(99);
  assertEquals(awake, false);
  await clock.pass(1);
  await sleeping;
  const withoutSignal = sleep(100);
  await clock.pass(100);
  await withoutSignal;
  assertEquals(clock.pending, 0);
});

Deno.test(
  "sleep ends early at the signal, without an error and without a timer",
  PURE,
  async () => {
    using clock = new FakeClock();
    const controller = new AbortController();
    const sleeping = sleep(1e9, controller.signal);
    await settle();
    controller.abort();
    await sleeping;
    await sleep(1e9, controller.signal);
    assertEquals([clock.now, clock.pending], [0, 0]);
  },
);
