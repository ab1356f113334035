import { assertAlmostEquals, assertEquals, assertLessOrEqual } from "@std/assert";
import { throttle } from "../../../lib/file/throttle.ts";
import { writeAll } from "../../../lib/net/write_all.ts";
import { memoryPipe } from "../../support/memory_pipe.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** A clock that stands still but for waits. */
function fakeClock(): { now(): number; wait(milliseconds: number): Promise<void> } {
  let time = 0;
  return {
    now: () => time,
    wait: (milliseconds) => {
      time += milliseconds;
      return Promise.resolve();
    },
  };
}

Deno.test("throttle holds both directions to the rate", PURE, async () => {
  const [near, far] = memoryPipe({ capacity: 1e6 }, { capacity: 1e6 });
  const clock = fakeClock();
  const slow = throttle(near, 100_000, clock);
  await writeAll(slow, new Uint8Array(500_000));
  assertAlmostEquals(clock.now(), 4900, 1, "500 kB at 100 kB/s, the first piece at once");

  await writeAll(far, new Uint8Array(200_000));
  await far.closeWrite();
  const started = clock.now();
  const buffer = new Uint8Array(65_536);
  let received = 0;
  for (let count = await slow.read(buffer); count !== null; count = await slow.read(buffer)) {
    assertLessOrEqual(count, 10_000);
    received += count;
  }
  assertEquals(received, 200_000);
  // What a late timer may be forgiven for is 50 ms.
  assertAlmostEquals(clock.now() - started, 1950, 1);
});

Deno.test("throttle does not save up for later", PURE, async () => {
  const [near] = memoryPipe({ capacity: 1e6 });
  const clock = fakeClock();
  const slow = throttle(near, 100_000, clock);
  await clock.wait(60_000);
  await writeAll(slow, new Uint8Array(100_000));
  // What a late timer may be forgiven for, and no more.
  assertAlmostEquals(clock.now(), 60_850, 1);
});
