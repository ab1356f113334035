import { assertEquals, assertMatch } from "@std/assert";
import { createEnv } from "../../../lib/irc/env.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("no two messages have the same id, not even after a new start", PURE, () => {
  const ids = new Set<string>();
  for (let start = 0; start < 3; start++) {
    const env = createEnv();
    for (let message = 0; message < 1_000; message++) {
      const id = env.messageId();
      // What a tag may hold without escapes.
      assertMatch(id, /^[\w-]{1,30}$/);
      ids.add(id);
    }
    // Nobody starts twice within a millisecond.
    for (const then = Date.now(); Date.now() === then;);
  }
  assertEquals(ids.size, 3_000);
});
