import { assertEquals } from "@std/assert";
import { Watchdog } from "../../../lib/net/watchdog.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("Watchdog barks once, after the timeout and at most an eighth more", PURE, async () => {
  using clock = new FakeClock();
  const barks: number[] = [];
  const watchdog = new Watchdog(800, () => barks.push(clock.now));
  await clock.pass(800);
  assertEquals([barks, watchdog.expired], [[], false]);
  await clock.pass(5_000);
  assertEquals([barks, watchdog.expired], [[900], true]);
  assertEquals(clock.pending, 0);
});

Deno.test("Watchdog is quiet while it is fed", PURE, async () => {
  using clock = new FakeClock();
  let barks = 0;
  using watchdog = new Watchdog(800, () => barks++);
  for (let round = 0; round < 50; round++) {
    await clock.pass(799);
    watchdog.feed();
  }
  assertEquals(barks, 0);
  await clock.pass(900);
  assertEquals(barks, 1);
});

Deno.test("Watchdog does not count the time in which nothing is expected", PURE, async () => {
  using clock = new FakeClock();
  let waiting = false;
  let barks = 0;
  using _watchdog = new Watchdog(800, () => barks++, () => waiting);
  await clock.pass(60_000);
  assertEquals(barks, 0);
  waiting = true;
  await clock.pass(800);
  assertEquals(barks, 0);
  await clock.pass(100);
  assertEquals(barks, 1);
});

Deno.test("Watchdog of 0 ms never barks and sets no timer", PURE, async () => {
  using clock = new FakeClock();
  using watchdog = new Watchdog(0, () => {
    throw new Error("Nobody asked for a watch");
  });
  await clock.pass(1e9);
  assertEquals([watchdog.expired, clock.pending], [false, 0]);
});

Deno.test("Watchdog that is stopped or disposed leaves no timer", PURE, () => {
  using clock = new FakeClock();
  const bark = (): void => {
    throw new Error("The watch was over");
  };
  new Watchdog(800, bark).stop();
  {
    using _watchdog = new Watchdog(800, bark);
    assertEquals(clock.pending, 1);
  }
  assertEquals(clock.pending, 0);
});
