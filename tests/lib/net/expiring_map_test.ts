import { assertEquals } from "@std/assert";
import { ExpiringMap } from "../../../lib/net/expiring_map.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("ExpiringMap forgets after the lifetime, and not before", PURE, () => {
  const map = new ExpiringMap<string, number>({ maxSize: 10, lifetime: 100 });
  map.set("a", 1, 0);
  assertEquals(map.get("a", 99.9), 1);
  assertEquals(map.get("a", 100), undefined);
  assertEquals(map.size, 0);
});

Deno.test("ExpiringMap never holds more than its size: the oldest goes", PURE, () => {
  const map = new ExpiringMap<number, number>({ maxSize: 100, lifetime: 1_000 });
  for (let key = 0; key < 10_000; key++) {
    map.set(key, key, 0);
    assertEquals(map.size <= 100, true, `${map.size} entries after ${key}`);
  }
  assertEquals([map.get(9_899, 0), map.get(9_900, 0)], [undefined, 9_900]);
});

Deno.test("ExpiringMap drops what has expired when something is set", PURE, () => {
  const map = new ExpiringMap<string, number>({ maxSize: 10, lifetime: 100 });
  map.set("a", 1, 0);
  map.set("b", 2, 50);
  map.set("c", 3, 120);
  assertEquals([map.size, map.get("b", 120), map.get("c", 120)], [2, 2, 3]);
});

Deno.test("ExpiringMap starts a lifetime anew for what is set again or kept", PURE, () => {
  const map = new ExpiringMap<string, number>({ maxSize: 2, lifetime: 100 });
  map.set("a", 1, 0);
  map.set("b", 2, 1);
  map.keep("a", 50);
  assertEquals([map.get("a", 149), map.get("b", 149)], [1, undefined]);
  map.keep("unknown", 149);
  assertEquals(map.size, 1);
  map.set("a", 7, 149);
  assertEquals(map.get("a", 200), 7);
});

Deno.test("ExpiringMap gives room to the newest, and keeps what was kept", PURE, () => {
  const map = new ExpiringMap<string, number>({ maxSize: 2, lifetime: 100 });
  map.set("a", 1, 0);
  map.set("b", 2, 1);
  map.keep("a", 60);
  map.set("c", 3, 61);
  assertEquals([map.get("a", 61), map.get("b", 61), map.get("c", 61)], [1, undefined, 3]);
});
