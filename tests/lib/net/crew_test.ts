import { assertEquals } from "@std/assert";
import { Crew } from "../../../lib/net/crew.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("Crew is gone at once when nobody is at work", PURE, async () => {
  using clock = new FakeClock();
  const crew = new Crew();
  assertEquals([await crew.gone(), await crew.gone(100)], [true, true]);
  crew.begin();
  crew.end();
  assertEquals(await crew.gone(0), true);
  assertEquals(clock.pending, 0);
});

Deno.test("Crew is gone when the last one is done, for all who wait", PURE, async () => {
  using clock = new FakeClock();
  const crew = new Crew();
  const seen: string[] = [];
  crew.begin();
  crew.begin();
  crew.gone().then((gone) => seen.push(`for ever: ${gone}`));
  crew.gone(100).then((gone) => seen.push(`in time: ${gone}`));
  crew.end();
  await clock.pass(50);
  assertEquals(seen, []);
  crew.end();
  await clock.pass(0);
  assertEquals(seen, ["for ever: true", "in time: true"]);
  assertEquals(clock.pending, 0);
});

Deno.test("Crew that is still at work when the time is up says so", PURE, async () => {
  using clock = new FakeClock();
  const crew = new Crew();
  crew.begin();
  const waiting = crew.gone(100);
  await clock.pass(100);
  assertEquals(await waiting, false);
  crew.end();
  assertEquals(await crew.gone(100), true);
});
