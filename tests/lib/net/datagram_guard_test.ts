import { assertEquals, assertLessOrEqual } from "@std/assert";
import {
  DatagramGuard,
  type GuardOptions,
  MAX_IN_ALL,
  MAX_PER_SOURCE,
  MAX_SOURCES,
  MUTE_MS,
  type Refusal,
} from "../../../lib/net/datagram_guard.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;
const OWN = udp("127.0.0.1", 20_001);

function udp(hostname: string, port: number): Deno.NetAddr {
  return { transport: "udp", hostname, port };
}

/** A payload of its own for each number. */
function numbered(number: number): Uint8Array {
  return new Uint8Array(new Uint32Array([number]).buffer);
}

Deno.test("DatagramGuard answers clients and nobody else, unless it is told to", PURE, () => {
  const table: [host: string, port: number, refusal: Refusal | undefined, lift: GuardOptions][] = [
    ["127.0.0.1", 40_000, undefined, {}],
    ["192.0.2.1", 1_024, undefined, {}],
    ["192.0.2.1", 1_023, "lowPort", { allowLowPorts: true }],
    ["192.0.2.1", 7, "lowPort", { allowLowPorts: true }],
    ["127.0.0.1", 20_001, "ownAddress", { allowOwnAddress: true }],
    ["::ffff:127.0.0.1", 20_001, "ownAddress", { allowOwnAddress: true }],
    ["224.0.0.251", 5_353, "groupAddress", { allowGroupAddresses: true }],
    ["::ffff:239.1.2.3", 5_353, "groupAddress", { allowGroupAddresses: true }],
    ["ff02::fb", 5_353, "groupAddress", { allowGroupAddresses: true }],
    ["255.255.255.255", 5_000, "groupAddress", { allowGroupAddresses: true }],
  ];
  for (const [host, port, refusal, lift] of table) {
    const judge = (options: GuardOptions): Refusal | undefined => {
      return new DatagramGuard(OWN, options).judge(numbered(1), udp(host, port), 0);
    };
    assertEquals(judge({}), refusal, `${host}:${port}`);
    assertEquals(judge(lift), undefined, `${host}:${port} when lifted`);
  }
});

Deno.test("DatagramGuard mutes a loop for a while, whatever comes from there", PURE, () => {
  const guard = new DatagramGuard(OWN);
  const from = udp("127.0.0.1", 40_000);
  const same = numbered(7);
  assertEquals([0, 1, 2].map((now) => guard.judge(same, from, now)), [
    undefined,
    undefined,
    "loop",
  ]);
  assertEquals(guard.judge(numbered(8), from, 3), "loop");
  assertEquals(guard.judge(same, udp("127.0.0.1", 40_001), 3), undefined);
  assertEquals(guard.judge(numbered(9), from, 2 + MUTE_MS - 1), "loop");
  assertEquals(guard.judge(numbered(9), from, 2 + MUTE_MS), undefined);
});

Deno.test("DatagramGuard lets loops be, if it is told to", PURE, () => {
  const guard = new DatagramGuard(OWN, { allowLoops: true });
  const from = udp("127.0.0.1", 40_000);
  guard.replied(numbered(7), from, 0);
  for (let i = 0; i < 1_000; i++) assertEquals(guard.judge(numbered(7), from, 0), undefined);
});

Deno.test("DatagramGuard: a reply that comes right back is a loop", PURE, () => {
  const guard = new DatagramGuard(OWN);
  const from = udp("192.0.2.1", 40_000);
  assertEquals(guard.judge(numbered(1), from, 0), undefined);
  guard.replied(numbered(2), from, 0);
  assertEquals(guard.judge(numbered(2), from, 1), "loop");
});

Deno.test("DatagramGuard caps hosts, however many ports they use", PURE, () => {
  const guard = new DatagramGuard(OWN);
  let answered = 0;
  for (let i = 0; i < 20_000; i++) {
    const from = udp("192.0.2.1", 1_024 + i);
    if (guard.judge(numbered(i), from, 0) === undefined) answered++;
  }
  assertEquals(answered, MAX_PER_SOURCE);
  assertEquals(guard.judge(numbered(0), udp("192.0.2.1", 1_024), 0), "sourceRate");
  assertEquals(guard.judge(numbered(0), udp("192.0.2.2", 1_024), 0), undefined);
});

Deno.test("DatagramGuard takes an IPv6 /64 for one host", PURE, () => {
  const guard = new DatagramGuard(OWN, { maxPerSource: 2 });
  const hosts = ["2001:db8::1", "2001:db8::2:1", "2001:db8::3", "2001:db8:0:1::1"];
  const judged = hosts.map((host, i) => guard.judge(numbered(i), udp(host, 4_000), 0));
  assertEquals(judged, [undefined, undefined, "sourceRate", undefined]);
});

Deno.test("DatagramGuard caps all hosts together", PURE, () => {
  const guard = new DatagramGuard(OWN);
  let answered = 0;
  for (let i = 0; i < MAX_IN_ALL + 1_000; i++) {
    const from = udp(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 4_000);
    if (guard.judge(numbered(i), from, 0) === undefined) answered++;
  }
  assertEquals(answered, MAX_IN_ALL);
  assertEquals(guard.judge(numbered(1), udp("172.16.0.1", 4_000), 0), "totalRate");
});

Deno.test("DatagramGuard caps this machine only where a cap is given", PURE, () => {
  const answered = (options: GuardOptions): number => {
    const guard = new DatagramGuard(OWN, options);
    let number = 0;
    for (let i = 0; i < 60_000; i++) {
      if (guard.judge(numbered(i), udp("127.0.0.1", 40_000), 0) === undefined) number++;
    }
    return number;
  };
  assertEquals(answered({}), 60_000);
  assertEquals(answered({ maxPerSource: 100 }), 100);
  assertEquals(answered({ maxInAll: 70 }), 70);
  assertEquals(answered({ maxPerSource: 0, maxInAll: 0 }), 60_000);
});

Deno.test("DatagramGuard remembers so many sources and no more, and forgets them", PURE, () => {
  const random = new Random();
  let heard = 0;
  const guard = new DatagramGuard(OWN, { onSource: () => heard++ });
  for (let i = 0; i < 10_000; i++) {
    guard.judge(random.bytes(20), udp(`10.0.${i >> 8}.${i & 255}`, 4_000), i / 100);
    assertLessOrEqual(guard.remembered, MAX_SOURCES);
  }
  assertEquals([guard.remembered, guard.heard, heard], [MAX_SOURCES, 10_000, 10_000]);
  guard.judge(random.bytes(20), udp("192.0.2.1", 4_000), 100 + 60_000);
  assertEquals(guard.remembered, 1, `seed ${random.seed}`);
});

Deno.test("DatagramGuard counts a source once while it goes on talking", PURE, () => {
  const guard = new DatagramGuard(OWN);
  const from = udp("127.0.0.1", 40_000);
  for (let minute = 0; minute < 10; minute++) {
    guard.judge(numbered(minute), from, minute * 59_000);
  }
  assertEquals(guard.heard, 1);
  guard.judge(numbered(99), from, 9 * 59_000 + 60_000);
  assertEquals(guard.heard, 2);
});
