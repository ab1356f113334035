import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { DeadlineError, withDeadline } from "../../../lib/net/deadline.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

function never(): void {
  throw new Error("The time was not up");
}

Deno.test("withDeadline passes on what comes in time, and leaves no timer", PURE, async () => {
  using clock = new FakeClock();
  const options = { milliseconds: 100, message: "too late", onExpire: never };
  assertEquals(await withDeadline(Promise.resolve("done"), options), "done");
  const failure = new Error("failed");
  const caught = await assertRejects(() => withDeadline(Promise.reject(failure), options));
  assertStrictEquals(caught, failure);
  assertEquals(clock.pending, 0);
});

Deno.test("withDeadline gives up when the time is up, and ends the work", PURE, async () => {
  using clock = new FakeClock();
  const work = Promise.withResolvers<string>();
  let expired = 0;
  const waiting = assertRejects(
    () =>
      withDeadline(work.promise, {
        milliseconds: 100,
        message: "Cannot wait longer than 0.1 s",
        // Closing what is read from makes the read fail: that failure is nobody's any more.
        onExpire: () => {
          expired++;
          work.reject(new Deno.errors.Interrupted("operation canceled"));
        },
      }),
    DeadlineError,
    "Cannot wait longer than 0.1 s",
  );
  await clock.pass(99);
  assertEquals(expired, 0);
  await clock.pass(1);
  const error = await waiting;
  assertEquals([expired, error.milliseconds, error.name], [1, 100, "DeadlineError"]);
  assertEquals(clock.pending, 0);
});

Deno.test("withDeadline of 0 ms waits for ever", PURE, async () => {
  using clock = new FakeClock();
  const work = Promise.withResolvers<string>();
  const waiting = withDeadline(work.promise, { milliseconds: 0, message: "", onExpire: never });
  await clock.pass(1e9);
  work.resolve("at last");
  assertEquals(await waiting, "at last");
});
