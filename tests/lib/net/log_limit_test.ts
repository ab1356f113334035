import { assertEquals } from "@std/assert";
import { LogLimit } from "../../../lib/net/log_limit.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test(
  "LogLimit lets so many lines of a kind pass in a second, and counts the rest",
  PURE,
  () => {
    const limit = new LogLimit(2);
    const asked = [0, 0, 0, 500, 999].map((now) => limit.ask("dropped", now));
    assertEquals(asked, [0, 0, undefined, undefined, undefined]);
    assertEquals(limit.ask("other", 999), 0);
    assertEquals(limit.ask("dropped", 1_000), 3);
    assertEquals(limit.ask("dropped", 1_000), 0);
    assertEquals(limit.ask("dropped", 1_000), undefined);
  },
);
