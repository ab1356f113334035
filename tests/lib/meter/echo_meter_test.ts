import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  type MeterOutput,
  meterRoundTrips,
  meterThroughput,
} from "../../../lib/meter/echo_meter.ts";
import { corrupt, echoPeer, HangUp, memoryEcho } from "../../support/echo_peer.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { connections, Metering } from "../../support/metering.ts";
import { connectTo } from "../../support/peer.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";

const PURE = { permissions: "none", timeout: 30_000 } as const;
const SOCKETS = { timeout: 30_000 } as const;

/** Collects the lines that a measurement prints. */
function outputOf(how: Partial<MeterOutput> = {}): {
  output: MeterOutput;
  results: string[];
  notes: string[];
} {
  const results: string[] = [];
  const notes: string[] = [];
  const result = (line: string): void => void results.push(line);
  const note = (line: string): void => void notes.push(line);
  return {
    output: { result, note, live: false, json: false, target: "127.0.0.1:7", ...how },
    results,
    notes,
  };
}

Deno.test("meterRoundTrips prints a summary with a histogram", SOCKETS, async () => {
  await using peer = echoPeer(64, (message) => message);
  const { output, results, notes } = outputOf();
  const good = await meterRoundTrips(await connections(peer, 2), new Metering().options, output);
  assertEquals([good, notes], [true, []]);
  const [head, counts, throughput, figures, ...histogram] = results;
  assertMatch(
    head!,
    /^--- 127\.0\.0\.1:7: 100 messages of 64 bytes over 2 connections in [\d.]+ s ---$/,
  );
  assertEquals(counts, "sent 100, received 100, corrupted 0, errors 0");
  assertMatch(throughput!, /^throughput \d+ messages\/s, [\d.]+ MB\/s each way$/);
  assertMatch(
    figures!,
    /^round trip in us: min [\d.]+, mean .*, p50 .*, p90 .*, p99 .*, p99\.9 .*, max [\d.]+$/,
  );
  assert(histogram.length > 0);
  const drawn = histogram.map((line) => Number(/(\d+) +[\d.]+ %$/.exec(line)?.[1]));
  assertEquals(drawn.reduce((sum, count) => sum + count, 0), 100);
});

Deno.test("meterRoundTrips with a rate says how late it sent", SOCKETS, async () => {
  await using peer = echoPeer(64, (message) => message);
  const { output, results } = outputOf();
  const options = { ...new Metering({ count: 1 }).options, rate: 1_000 };
  assert(await meterRoundTrips(await connections(peer, 1), options, output));
  assertStringIncludes(results[0]!, ": 1 message of 64 bytes over 1 connection in ");
  assertMatch(results[4]!, /^sent late by in us: min /);
});

Deno.test(
  "meterRoundTrips is not content with anything but every message as it was",
  SOCKETS,
  async () => {
    const servers = [
      [(message: Uint8Array, i: number) => i === 7 ? corrupt(message) : message, [100, 100, 1, 0]],
      [(message: Uint8Array, i: number) => {
        if (i === 7) throw new HangUp();
        return message;
      }, [8, 7, 0, 1]],
    ] as const;
    for (const [answer, counts] of servers) {
      await using peer = echoPeer(64, answer);
      const { output, results } = outputOf();
      const good = await meterRoundTrips(
        await connections(peer, 1),
        new Metering().options,
        output,
      );
      const [sent, received, corrupted, errors] = counts;
      assertEquals(
        [good, results[1]],
        [false, `sent ${sent}, received ${received}, corrupted ${corrupted}, errors ${errors}`],
      );
    }
  },
);

Deno.test("meterRoundTrips without an answer has no figures to show", SOCKETS, async () => {
  await using peer = echoPeer(64, () => {
    throw new HangUp();
  });
  const { output, results, notes } = outputOf();
  assertEquals(
    await meterRoundTrips(await connections(peer, 1), new Metering().options, output),
    false,
  );
  assertEquals(notes, ["Lost a connection to 127.0.0.1:7: the server closed instead of answering"]);
  assertEquals(results.slice(1), [
    "sent 1, received 0, corrupted 0, errors 1",
    "throughput 0 messages/s, 0 MB/s each way",
  ]);
});

Deno.test(
  "meterRoundTrips on a terminal has a line for each of few answers, like ping",
  SOCKETS,
  async () => {
    await using peer = echoPeer(64, (message) => message);
    const { output, notes } = outputOf({ live: true });
    const { options } = new Metering({ count: 3 });
    assert(await meterRoundTrips(await connections(peer, 1), options, output));
    assertEquals(notes.length, 3);
    for (const [i, line] of notes.entries()) {
      assertMatch(line, new RegExp(`^64 bytes from 127\\.0\\.0\\.1:7: seq=${i} time=[\\d.]+ us$`));
    }
  },
);

Deno.test(
  "meterRoundTrips as JSON has a line for each of few answers, the summary last",
  SOCKETS,
  async () => {
    await using peer = echoPeer(64, (message) => message);
    const { output, results, notes } = outputOf({ json: true, live: true });
    const options = { ...new Metering({ count: 3 }).options, rate: 100 };
    assert(await meterRoundTrips(await connections(peer, 1), options, output));
    assertEquals(notes, []);
    const events = results.map((line) => JSON.parse(line));
    assertEquals(events.map(({ event }) => event), ["reply", "reply", "reply", "summary"]);
    assertEquals(events.slice(0, 3).map(({ sequence }) => sequence), [0, 1, 2]);
    assert(events.slice(0, 3).every(({ microseconds }) => microseconds > 0));
    const {
      seconds,
      messagesPerSecond,
      megabytesPerSecond,
      roundTrip,
      lateness,
      buckets,
      ...rest
    } = events[3];
    assertEquals(rest, {
      event: "summary",
      target: "127.0.0.1:7",
      size: 64,
      connections: 1,
      rate: 100,
      sent: 3,
      received: 3,
      corrupted: 0,
      errors: 0,
    });
    for (const figure of [seconds, messagesPerSecond, megabytesPerSecond]) {
      assertEquals(typeof figure, "number");
    }
    const names = ["count", "min", "mean", "p50", "p90", "p99", "p999", "max", "stddev"];
    assertEquals([Object.keys(roundTrip), Object.keys(lateness)], [names, names]);
    assertEquals([roundTrip.count, lateness.count], [3, 3]);
    assertEquals(buckets.reduce((sum: number, { count }: { count: number }) => sum + count, 0), 3);
  },
);

Deno.test("meterRoundTrips has a line a second for many answers", PURE, async () => {
  using clock = new FakeClock();
  for (const json of [false, true]) {
    const { output, results, notes } = outputOf({ live: true, json });
    const options = { ...new Metering({ count: 1_000, duration: 1_300 }).options, rate: 100 };
    let done = false;
    const measuring = meterRoundTrips([memoryEcho()], options, output).finally(() => done = true);
    while (!done) await clock.pass(10);
    assert(await measuring);
    if (json) {
      const [interval, summary] = results.map((line) => JSON.parse(line));
      assertEquals([interval.event, interval.seconds, summary.event], ["interval", 1, "summary"]);
      assert(interval.count > 0 && interval.count <= summary.received);
    } else {
      assertMatch(notes[0]!, /^1 s: \d+ answers?, p50 [\d.]+ us, p99 [\d.]+ us, max [\d.]+ us$/);
    }
  }
});

Deno.test("meterThroughput prints what it moved", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  const { options } = new Metering({ duration: 100 });
  const text = outputOf();
  assert(await meterThroughput([await connectTo(server.port)], options, text.output));
  assertEquals(text.results[0], "--- 127.0.0.1:7: bulk over 1 connection ---");
  const [, sent, received] =
    /^sent (\d+) bytes, received (\d+), compared all of them$/.exec(text.results[1]!) ?? [];
  assert(Number(sent) > 0);
  assertEquals(received, sent);
  assertEquals(text.results[2], "corrupted reads 0, errors 0");
  assertMatch(text.results[3]!, /^throughput [\d.]+ MB\/s each way, for [\d.]+ s$/);

  const json = outputOf({ json: true });
  const conns = [await connectTo(server.port), await connectTo(server.port)];
  assert(await meterThroughput(conns, options, json.output));
  assertEquals(json.results.length, 1);
  const { seconds, bytesSent, bytesReceived, megabytesPerSecond, ...rest } = JSON.parse(
    json.results[0]!,
  );
  assertEquals(rest, {
    event: "summary",
    target: "127.0.0.1:7",
    connections: 2,
    corrupted: 0,
    errors: 0,
  });
  assertEquals(bytesReceived, bytesSent);
  assert(seconds > 0 && megabytesPerSecond > 0);
});

Deno.test(
  "meterThroughput is not content with a server that keeps something",
  SOCKETS,
  async () => {
    await using peer = echoPeer(1024, (message, i) => i === 0 ? message.subarray(1) : message);
    const { output } = outputOf();
    const { options } = new Metering({ duration: 100 });
    assertEquals(await meterThroughput(await connections(peer, 1), options, output), false);
  },
);
