import { assertEquals, assertRejects } from "@std/assert";
import { writeAll } from "../../../lib/net/write_all.ts";
import { writerOf } from "../../support/fake_streams.ts";
import { Random, testSeed } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("writeAll goes on after partial writes until every byte is taken", PURE, async () => {
  const cases = [
    { length: 0, takes: [9], calls: 1 },
    { length: 1, takes: [1], calls: 1 },
    { length: 10, takes: [10], calls: 1 },
    { length: 10, takes: [1], calls: 10 },
    { length: 10, takes: [9, 1], calls: 2 },
    { length: 10, takes: [3], calls: 4 },
    // A write may take nothing at all, and that is no end.
    { length: 4, takes: [0, 2, 0, 0, 2], calls: 5 },
  ];
  for (const { length, takes, calls } of cases) {
    const bytes = new Random(length).bytes(length);
    const writer = writerOf(...takes);
    await writeAll(writer, bytes);
    const label = `${length} bytes, taken ${takes}`;
    assertEquals(writer.written(), bytes, label);
    assertEquals(writer.calls, calls, label);
  }
});

Deno.test("writeAll keeps the order whatever the parts are", PURE, async () => {
  const random = new Random(testSeed());
  const bytes = random.bytes(5_000);
  for (let round = 0; round < 20; round++) {
    const takes = Array.from({ length: 2_000 }, () => random.integer(0, 1 << (round % 12)));
    const writer = writerOf(...takes, Infinity);
    await writeAll(writer, bytes);
    assertEquals(writer.written(), bytes, `round ${round} of seed ${random.seed}`);
  }
});

Deno.test("writeAll passes on the writer's error in the middle", PURE, async () => {
  let calls = 0;
  const writer = {
    write: () => {
      if (++calls === 3) return Promise.reject(new Deno.errors.BrokenPipe("gone"));
      return Promise.resolve(2);
    },
  };
  await assertRejects(() => writeAll(writer, new Uint8Array(10)), Deno.errors.BrokenPipe, "gone");
  assertEquals(calls, 3);
});
