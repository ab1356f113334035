import { assertEquals } from "@std/assert";
import { MAX_REMEMBERED, ProbeRing } from "../../../lib/meter/probe_ring.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

Deno.test("ProbeRing remembers the time and the outcome of each probe", PURE, () => {
  const ring = new ProbeRing(3);
  assertEquals([ring.add(0.5), ring.add(1.5), ring.add(2.5)], [0, 1, 2]);
  ring.settle(0, "received");
  ring.settle(1, "received", true);
  ring.markDuplicated(1);
  assertEquals([ring.start, ring.end, ring.sentAt(2)], [0, 3, 2.5]);
  assertEquals([...ring.records()], [
    { sequence: 0, outcome: "received", duplicated: false, reordered: false },
    { sequence: 1, outcome: "received", duplicated: true, reordered: true },
    { sequence: 2, outcome: "pending", duplicated: false, reordered: false },
  ]);
});

Deno.test("ProbeRing has room for as many probes as there will be, up to its cap", PURE, () => {
  const sizes = [1, 2, 3, 1_000, MAX_REMEMBERED + 1, Infinity].map((n) => new ProbeRing(n).size);
  assertEquals(sizes, [1, 2, 4, 1_024, MAX_REMEMBERED, MAX_REMEMBERED]);
});

Deno.test("ProbeRing forgets the oldest when it is full", PURE, () => {
  const ring = new ProbeRing(4);
  for (let i = 0; i < 4; i++) {
    ring.add(i);
    ring.settle(i, "lost");
    ring.markDuplicated(i);
  }
  assertEquals(ring.start, 0);
  ring.add(4);
  assertEquals([ring.start, ring.end, ring.sentAt(4)], [1, 5, 4]);
  assertEquals([...ring.records()].map(({ outcome, duplicated }) => `${outcome} ${duplicated}`), [
    "lost true",
    "lost true",
    "lost true",
    "pending false",
  ]);
});
