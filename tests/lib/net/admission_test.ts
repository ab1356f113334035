import { assert, assertEquals, assertFalse } from "@std/assert";
import { Admission } from "../../../lib/net/admission.ts";
import { settle } from "../../support/fake_clock.ts";
import { Random, testSeed } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test(
  "Admission hands out its slots and then makes wait, first come first served",
  PURE,
  async () => {
    const admission = new Admission({ maxConnections: 2, maxPerHost: 0 });
    const served: number[] = [];
    for (let i = 0; i < 5; i++) admission.slot().then(() => served.push(i));
    await settle();
    assertEquals(served, [0, 1]);
    admission.giveBack();
    await settle();
    assertEquals(served, [0, 1, 2]);
    admission.admit("192.0.2.1");
    admission.leave("192.0.2.1");
    admission.giveBack();
    await settle();
    assertEquals(served, [0, 1, 2, 3, 4]);
  },
);

Deno.test("Admission keeps a slot that is given back when nobody waits", PURE, async () => {
  const admission = new Admission({ maxConnections: 1, maxPerHost: 0 });
  for (let round = 0; round < 3; round++) {
    await admission.slot();
    admission.giveBack();
  }
});

Deno.test("Admission refuses what goes beyond a host's share", PURE, () => {
  const admission = new Admission({ maxConnections: 10, maxPerHost: 2 });
  assert(admission.admit("192.0.2.1"));
  assert(admission.admit("192.0.2.1"));
  assertFalse(admission.admit("192.0.2.1"));
  assert(admission.admit("192.0.2.2"), "another host has a share of its own");
  admission.leave("192.0.2.1");
  assert(admission.admit("192.0.2.1"));
  assertFalse(admission.admit("192.0.2.1"));
});

Deno.test("Admission counts all addresses of an IPv6 /64 as one host", PURE, () => {
  const admission = new Admission({ maxConnections: 10, maxPerHost: 2 });
  assert(admission.admit("2001:db8:1:2::1"));
  assert(admission.admit("2001:db8:1:2:ffff::9"));
  assertFalse(admission.admit("2001:db8:1:2::3"));
  assert(admission.admit("2001:db8:1:3::1"));
});

Deno.test("Admission without a limit per host admits everybody", PURE, () => {
  const admission = new Admission({ maxConnections: 10, maxPerHost: 0 });
  for (let i = 0; i < 1_000; i++) assert(admission.admit("192.0.2.1"));
});

Deno.test("Admission keeps its accounts through any coming and going", PURE, async () => {
  const random = new Random(testSeed());
  const limits = { maxConnections: 5, maxPerHost: 2 };
  const admission = new Admission(limits);
  const hosts = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"];
  const inside: string[] = [];
  let granted = 0;
  let asked = 0;
  for (let round = 0; round < 2_000; round++) {
    const label = `round ${round} of seed ${random.seed}`;
    if (random.integer(0, 1) === 0 && inside.length > 0) {
      const [host] = inside.splice(random.integer(0, inside.length - 1), 1);
      admission.leave(host!);
    } else if (asked - granted < 3) {
      asked++;
      admission.slot().then(() => {
        granted++;
        const host = random.pick(hosts);
        const has = inside.filter((other) => other === host).length;
        const welcome = admission.admit(host);
        assertEquals(welcome, has < limits.maxPerHost, label);
        if (welcome) inside.push(host);
        else admission.giveBack();
      });
    }
    await settle();
    assert(inside.length <= limits.maxConnections, label);
    // Nobody waits while a slot is free.
    assert(inside.length === limits.maxConnections || asked === granted, label);
  }
});
