import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("FakeClock runs timers in order when their time has come", PURE, async () => {
  using clock = new FakeClock();
  const seen: string[] = [];
  setTimeout(() => seen.push(`second at ${performance.now()}`), 20);
  setTimeout(() => {
    seen.push(`first at ${performance.now()}`);
    setTimeout(() => seen.push(`nested at ${performance.now()}`), 5);
  }, 10);
  clearTimeout(setTimeout(() => seen.push("never"), 12));
  const interval = setInterval(() => seen.push(`tick at ${performance.now()}`), 8);
  await clock.pass(9);
  assertEquals(seen, ["tick at 8"]);
  await clock.pass(11);
  assertEquals(seen.slice(1), ["first at 10", "nested at 15", "tick at 16", "second at 20"]);
  clearInterval(interval);
  assertEquals([clock.pending, clock.now], [0, 20]);
});

Deno.test("FakeClock gives real time back", PURE, async () => {
  const before = performance.now();
  {
    using clock = new FakeClock();
    assertEquals(performance.now(), clock.now);
  }
  assert(performance.now() >= before);
  await new Promise<void>((resolve) => setTimeout(resolve, 1));
});
