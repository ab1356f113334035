import { assertEquals, assertMatch } from "@std/assert";
import { createEnv } from "../../../lib/irc/env.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("no two messages have the same id, not even after a new start", PURE, async () => {
  using clock = new FakeClock();
  const ids = new Set<string>();
  for (let start = 0; start < 3; start++) {
    const env = createEnv();
    for (let message = 0; message < 1_000; message++) {
      const id = env.messageId();
      // What a tag may hold without escapes.
      assertMatch(id, /^[\w-]{1,30}$/);
      ids.add(id);
    }
    await clock.pass(1);
  }
  assertEquals(ids.size, 3_000);
});
