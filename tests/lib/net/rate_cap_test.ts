import { assertEquals } from "@std/assert";
import { RateCap } from "../../../lib/net/rate_cap.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;
const NONE = { perHost: Infinity, inAll: Infinity };

Deno.test("RateCap gives each host its share of each second", PURE, () => {
  const cap = new RateCap();
  const caps = { perHost: 3, inAll: Infinity };
  const take = (host: string, now: number): string => cap.take(host, caps, now) ?? "taken";
  const taken = [0, 1, 2, 3, 999].map((now) => take("a", now));
  assertEquals(taken, ["taken", "taken", "taken", "perHost", "perHost"]);
  assertEquals(take("b", 999), "taken");
  assertEquals(take("a", 1_000), "taken");
});

Deno.test("RateCap gives all hosts together their share", PURE, () => {
  const cap = new RateCap();
  const caps = { perHost: Infinity, inAll: 100 };
  let taken = 0;
  for (let host = 0; host < 1_000; host++) {
    if (cap.take(`host ${host}`, caps, 500) === undefined) taken++;
  }
  assertEquals(taken, 100);
  assertEquals(cap.take("one more", caps, 1_499), "inAll");
  assertEquals(cap.take("one more", caps, 1_500), undefined);
});

Deno.test("RateCap: who has no cap takes nothing away from others", PURE, () => {
  const cap = new RateCap();
  for (let i = 0; i < 1_000; i++) assertEquals(cap.take("inside", NONE, 0), undefined);
  assertEquals(cap.hosts, 0);
  assertEquals(cap.take("outside", { perHost: 1, inAll: 1 }, 0), undefined);
});

Deno.test("RateCap: what is refused to a host is not taken from all", PURE, () => {
  const cap = new RateCap();
  const caps = { perHost: 1, inAll: 2 };
  for (let i = 0; i < 100; i++) cap.take("greedy", caps, 0);
  assertEquals(cap.take("modest", caps, 0), undefined);
});

Deno.test("RateCap counts so many hosts and no more", PURE, () => {
  const cap = new RateCap();
  for (let host = 0; host < 10_000; host++) {
    cap.take(`host ${host}`, { perHost: 1, inAll: Infinity }, 0);
  }
  assertEquals(cap.hosts, 4_096);
});
