import { assert, assertEquals, assertMatch } from "@std/assert";
import type {
  DatagramMeasurement,
  DatagramMeterOptions,
} from "../../../lib/meter/datagram_meter.ts";
import {
  type DatagramOutput,
  printMeasurement,
  ProbeLines,
} from "../../../lib/meter/datagram_report.ts";
import { ProbeLedger } from "../../../lib/meter/probe_ledger.ts";
import { RoundTrips } from "../../../lib/meter/round_trips.ts";
import { printStep, printSweep } from "../../../lib/meter/sweep_report.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const OPTIONS: DatagramMeterOptions = {
  ...{ size: 64, count: 10, interval: 100, window: 64, wait: 1_000 },
  signal: new AbortController().signal,
};

/** Catches what is printed. */
function output(wanted: Partial<DatagramOutput> = {}): DatagramOutput & {
  results: string[];
  notes: string[];
} {
  const [results, notes]: [string[], string[]] = [[], []];
  return {
    ...{ live: false, json: false, quiet: false, target: "127.0.0.1:20001", results, notes },
    result: (line) => void results.push(line),
    note: (line) => void notes.push(line),
    ...wanted,
  };
}

/** One probe of each kind. */
function measurement(): DatagramMeasurement {
  const ledger = new ProbeLedger({ count: 10, wait: 1_000 });
  for (let i = 0; i < 8; i++) ledger.send(i);
  const intact = (sequence: number, now: number): void => {
    ledger.answer({ kind: "intact", sequence, sentAt: sequence }, now);
  };
  intact(1, 1.25);
  intact(0, 0.5);
  intact(0, 0.75);
  ledger.answer({ kind: "corrupted", sequence: 2, sentAt: 2 }, 3);
  ledger.answer({ kind: "truncated", sequence: 3, sentAt: 3 }, 4);
  intact(4, 1_100);
  ledger.strayed();
  ledger.sendFailed(5);
  ledger.finish();
  const deviation = new RoundTrips();
  deviation.record(0.003);
  return { ledger, deviation, elapsed: 1_234, stranger: "192.0.2.66:9", sendError: "No buffer" };
}

Deno.test("the summary tells every kind apart", PURE, () => {
  const printed = output();
  assert(printMeasurement(measurement(), OPTIONS, printed));
  const { results } = printed;
  assertEquals(results.slice(0, 3), [
    "--- 127.0.0.1:20001: probes of 64 bytes, one every 0.1 s, in 1.23 s ---",
    "sent 7, received 2, lost 2 (28.57 %), late 1 (after 1 s), not sent 1 (No buffer)",
    "duplicates 1, reordered 1, corrupted 1, truncated 1, foreign 1 (the first from 192.0.2.66:9)",
  ]);
  assertMatch(results[3]!, /^round trip in us: min 250, mean .*, max 500, stddev .*, jitter 15.6$/);
  assertMatch(results[4]!, /^schedule deviation in us: min 3, /);
  assertEquals(results.slice(-2), [
    "       0  D!CTLx..",
    "          ! received, . lost, L late, D duplicated, C corrupted, T truncated, x not sent",
  ]);
  assertEquals(printed.notes, []);
});

Deno.test("the summary as JSON has the same figures", PURE, () => {
  const printed = output({ json: true });
  assert(printMeasurement(measurement(), OPTIONS, printed));
  assertEquals(printed.results.length, 1);
  const { roundTrip, deviation, buckets, ...summary } = JSON.parse(printed.results[0]!);
  assertEquals(summary, {
    ...{ event: "summary", target: "127.0.0.1:20001", size: 64, interval: 0.1, wait: 1 },
    ...{ seconds: 1.23, sent: 7, received: 2, lost: 2, late: 1, underWay: 0, unsent: 1 },
    ...{ corrupted: 1, truncated: 1, duplicates: 1, reordered: 1, foreign: 1 },
    ...{
      sendError: "No buffer",
      stranger: "192.0.2.66:9",
      lossPercent: 28.57,
      answersPerSecond: 2,
    },
  });
  assertEquals([roundTrip.count, roundTrip.min, roundTrip.max, roundTrip.jitter], [
    2,
    250,
    500,
    15.6,
  ]);
  assertEquals([deviation.count, buckets.length], [1, 2]);
});

Deno.test("without any answer the summary says so, and draws no times", PURE, () => {
  const ledger = new ProbeLedger({ count: 2, wait: 1_000 });
  ledger.send(0);
  ledger.send(1);
  ledger.finish();
  const printed = output();
  const nothing = { ledger, deviation: new RoundTrips(), elapsed: 0 };
  assertEquals(printMeasurement(nothing, { ...OPTIONS, interval: 0 }, printed), false);
  assertEquals(printed.results, [
    "--- 127.0.0.1:20001: probes of 64 bytes, 64 under way at once, in 0 s ---",
    "sent 2, received 0, lost 2 (100 %), late 0 (after 1 s)",
    "duplicates 0, reordered 0, corrupted 0, truncated 0, foreign 0",
    "throughput 0 answers/s",
    "       0  ..",
    "          . lost",
  ]);
});

Deno.test("who stops early is told what was under way", PURE, () => {
  const ledger = new ProbeLedger({ count: 1, wait: 1_000 });
  ledger.send(0);
  ledger.finish(10);
  const printed = output();
  printMeasurement({ ledger, deviation: new RoundTrips(), elapsed: 0 }, OPTIONS, printed);
  assertEquals(
    printed.results[1],
    "sent 1, received 0, lost 0 (0 %), late 0 (after 1 s), under way when stopped 1",
  );
});

Deno.test("somebody who watches gets a line for each probe", PURE, () => {
  const printed = output({ live: true });
  using lines = new ProbeLines(OPTIONS, printed);
  lines.onEvent({ sequence: 3, outcome: "received", milliseconds: 0.0871, reordered: false });
  lines.onEvent({ sequence: 2, outcome: "received", milliseconds: 1, reordered: true });
  lines.onEvent({ sequence: 2, outcome: "duplicate", milliseconds: 2, reordered: false });
  lines.onEvent({ sequence: 1, outcome: "late", milliseconds: 1_200, reordered: false });
  lines.onEvent({ sequence: 4, outcome: "lost", reordered: false });
  lines.onEvent({ sequence: 5, outcome: "unsent", reordered: false });
  assertEquals([printed.results, printed.notes], [[], [
    "64 bytes from 127.0.0.1:20001: seq=3 time=87.1 us",
    "64 bytes from 127.0.0.1:20001: seq=2 time=1000 us (reordered)",
    "64 bytes from 127.0.0.1:20001: seq=2 time=2000 us (duplicate)",
    "64 bytes from 127.0.0.1:20001: seq=1 time=1200000 us (late)",
    "seq=4 no answer within 1 s",
    "seq=5 unsent",
  ]]);
});

Deno.test("where probes are many, there is a line a second", PURE, async () => {
  using clock = new FakeClock();
  const printed = output({ live: true });
  using lines = new ProbeLines({ ...OPTIONS, count: 5_000, interval: 1 }, printed);
  for (let i = 0; i < 999; i++) {
    lines.onEvent({ sequence: i, outcome: "received", milliseconds: 0.5, reordered: false });
  }
  lines.onEvent({ sequence: 999, outcome: "duplicate", milliseconds: 0.5, reordered: false });
  await clock.pass(2_000);
  assertEquals(printed.notes, [
    "1 s: 999 received, 1 otherwise, p50 500 us, p99 500 us, max 500 us",
    "2 s: 0 received, 0 otherwise, p50 0 us, p99 0 us, max 0 us",
  ]);
});

Deno.test("JSON has a line for each probe, however many there are", PURE, () => {
  const printed = output({ json: true });
  using lines = new ProbeLines({ ...OPTIONS, count: 5_000, interval: 1 }, printed);
  lines.onEvent({ sequence: 3, outcome: "received", milliseconds: 0.0871, reordered: false });
  lines.onEvent({ sequence: 3, outcome: "duplicate", milliseconds: 0.09, reordered: false });
  lines.onEvent({ sequence: 2, outcome: "received", milliseconds: 1, reordered: true });
  lines.onEvent({ sequence: 4, outcome: "lost", reordered: false });
  assertEquals(printed.results.map((line) => JSON.parse(line)), [
    { event: "probe", sequence: 3, outcome: "received", microseconds: 87.1 },
    { event: "probe", sequence: 2, outcome: "received", microseconds: 1_000, reordered: true },
    { event: "probe", sequence: 4, outcome: "lost" },
  ]);
});

Deno.test("quiet, or with nobody watching, there are no lines", PURE, () => {
  for (const wanted of [{}, { live: true, quiet: true }, { json: true, quiet: true }]) {
    const printed = output(wanted);
    using lines = new ProbeLines(OPTIONS, printed);
    lines.onEvent({ sequence: 3, outcome: "received", milliseconds: 1, reordered: false });
    assertEquals([...printed.results, ...printed.notes], []);
  }
});

Deno.test("a sweep says where the path or the socket stops", PURE, () => {
  const server = { transport: "udp", hostname: "127.0.0.1", port: 20_001 } as const;
  const returned = (size: number) => ({ size, outcome: "returned", tries: 1 }) as const;
  const found = "Largest datagram that comes back from 127.0.0.1:20001: ";
  const table = [
    [returned(65_507), undefined, "65507 bytes", "That is all that UDP over IPv4 can carry"],
    [
      returned(1_472),
      { size: 1_473, outcome: "silent", tries: 3 },
      "1472 bytes",
      "1473 bytes do not come back in 3 tries: the path or the server stops there",
    ],
    [
      returned(1_024),
      { size: 1_025, outcome: "truncated", tries: 3, returned: 1_024 },
      "1024 bytes",
      "Of 1025 bytes only 1024 come back: the server's buffer ends there",
    ],
    [
      returned(9_216),
      { size: 9_217, outcome: "refused", tries: 1 },
      "9216 bytes",
      "9217 bytes are not sent: this machine's own socket stops there",
    ],
    [returned(20), undefined, "20 bytes", "Larger ones were not tried: the sweep was stopped"],
  ] as const;
  for (const [largest, limit, size, reason] of table) {
    const printed = output();
    printSweep({ largest, ...(limit && { limit }) }, server, printed);
    assertEquals(printed.results, [found + size, reason]);
  }
  const json = output({ json: true });
  printStep({ size: 20, outcome: "returned", tries: 1, milliseconds: 0.5 }, json);
  printSweep({ limit: { size: 20, outcome: "silent", tries: 3 } }, server, json);
  assertEquals(json.results.map((line) => JSON.parse(line)), [
    { event: "step", size: 20, outcome: "returned", tries: 1, microseconds: 500 },
    { event: "summary", target: "127.0.0.1:20001", limit: 20, reason: "silent" },
  ]);
  const live = output({ live: true });
  printStep({ size: 20, outcome: "silent", tries: 3 }, live);
  assertEquals(live.notes, ["20 bytes: no answer"]);
});
