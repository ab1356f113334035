import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";
import { Journal, PATIENCE_MS, soon } from "./journal.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("Journal finds what is there and what is still to come", PURE, async () => {
  const journal = new Journal<number>("the numbers");
  journal.add(1);
  assertEquals(await journal.find((n) => n === 1, "one"), 1);
  const later = journal.findAll((n) => n > 1, 2, "more");
  journal.add(0);
  journal.add(5);
  journal.add(6);
  assertEquals(await later, [5, 6]);
});

Deno.test("Journal fails with all that it has, at the end or when time is up", PURE, async () => {
  using clock = new FakeClock();
  const journal = new Journal<string>("the lines");
  journal.add("first");
  const late = assertRejects(
    () => journal.find((line) => line === "second", "the second"),
    Error,
    `Cannot find the second in the lines: ${PATIENCE_MS} ms passed with 0 of 1; it has:\nfirst`,
  );
  await clock.pass(PATIENCE_MS);
  await late;
  const ended = assertRejects(
    () => journal.find((line) => line === "second", "the second"),
    Error,
    "Cannot find the second in the lines: it ended with 0 of 1; it has:\nfirst",
  );
  journal.end();
  await ended;
  assertEquals(clock.pending, 0);
});

Deno.test("soon waits, but not for ever", PURE, async () => {
  using clock = new FakeClock();
  assertEquals(await soon(Promise.resolve(7), "seven"), 7);
  const late = assertRejects(
    () => soon(Promise.withResolvers().promise, "an end"),
    Error,
    `Cannot go on: ${PATIENCE_MS} ms without an end`,
  );
  await clock.pass(PATIENCE_MS);
  await late;
  assertEquals(clock.pending, 0);
});
