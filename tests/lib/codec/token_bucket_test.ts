import { assertAlmostEquals, assertEquals } from "@std/assert";
import { TokenBucket } from "../../../lib/codec/token_bucket.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("a bucket lets a burst through, then the rate", PURE, () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 1_000);
  for (const _ of [1, 2, 3]) {
    assertEquals(bucket.wait(1_000), 0);
    bucket.take();
  }
  assertEquals(bucket.wait(1_000), 500);
  assertAlmostEquals(bucket.wait(1_400), 100);
  assertEquals(bucket.wait(1_500), 0);
  bucket.take();
  assertEquals(bucket.wait(1_500), 500);
});

Deno.test("a bucket holds no more than the burst, however long it waited", PURE, () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 10 }, 0);
  const hour = 3_600_000;
  assertEquals(bucket.wait(hour), 0);
  bucket.take();
  bucket.take();
  assertAlmostEquals(bucket.wait(hour), 100);
});

Deno.test("a bucket without a rate never makes anybody wait", PURE, () => {
  const bucket = new TokenBucket({ burst: 1, perSecond: 0 }, 0);
  for (let taken = 0; taken < 1_000; taken++) {
    assertEquals(bucket.wait(0), 0);
    bucket.take();
  }
});
