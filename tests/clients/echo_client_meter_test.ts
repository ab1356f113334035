/**
 * The echo client as a meter: what people see, what programs read, and what the exit code says.
 */
import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { corrupt, echoPeer, HangUp } from "../support/echo_peer.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import { type Peer } from "../support/peer.ts";
import { type Ended, runClient, startClient, startServer } from "../support/process.ts";
import { echoPlainly, serveHere } from "../support/serving.ts";

const PROCESS = { timeout: 40_000 } as const;
const SIGNALS = { ...PROCESS, ignore: NEEDS_POSIX.ignore } as const;

function meter(port: number | string, ...args: string[]): Promise<Ended> {
  return runClient("echo-client", ["--port", String(port), ...args]);
}

Deno.test(
  "echo-client --count measures and prints a summary, nothing more through a pipe",
  PROCESS,
  async () => {
    await using server = await startServer("echo-server");
    const args = ["--count", "1000", "--size", "64", "--connections", "10"];
    const { code, stdout, stderr } = await meter(server.port, ...args);
    assertEquals([code, stderr], [0, ""]);
    const [head, counts, throughput, figures, ...histogram] = stdout.trimEnd().split("\n");
    assertMatch(head!, /^--- 127\.0\.0\.1:\d+: 1000 messages of 64 bytes over 10 connections in /);
    assertEquals(counts, "sent 1000, received 1000, corrupted 0, errors 0");
    assertMatch(throughput!, /^throughput \d+ messages\/s, [\d.]+ MB\/s each way$/);
    assertMatch(figures!, /^round trip in us: min .*p50 .*p90 .*p99 .*p99\.9 .*max /);
    assert(histogram.length > 0 && histogram.every((line) => /[█-▏]| 0 +0\.0 %$/.test(line)));
    assertEquals(await server.stop(), 0);
    assertEquals(
      server.stdout.entries[1],
      "Stopped: 10 connections, 64000 bytes in, 64000 bytes out",
    );
  },
);

Deno.test(
  "echo-client --json prints NDJSON and nothing else, the summary last",
  PROCESS,
  async () => {
    await using server = serveHere(echoPlainly);
    const args = ["--json", "--count", "5", "--rate", "100", "--size", "1"];
    const { code, stdout, stderr } = await meter(server.port, ...args);
    assertEquals([code, stderr], [0, ""]);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(events.map(({ event }) => event), [...Array(5).fill("reply"), "summary"]);
    const { sent, received, corrupted, errors, size, rate, roundTrip, lateness } = events.at(-1);
    assertEquals([sent, received, corrupted, errors, size, rate], [5, 5, 0, 0, 1, 100]);
    assertEquals([roundTrip.count, lateness.count], [5, 5]);
  },
);

Deno.test("echo-client --rate follows the clock for its --duration", PROCESS, async () => {
  await using server = serveHere(echoPlainly);
  const args = ["--json", "--rate", "200", "--duration", "0.5", "--connections", "3"];
  const { code, stdout } = await meter(server.port, ...args);
  const { sent, received, seconds } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  assertEquals([code, sent, received], [0, 100, 100]);
  // The last message is due after 495 ms.
  assertGreater(seconds, 0.48);
});

/** A measurement of 50 messages against a server that does something to one of them. */
async function faulty(peer: Peer, ...args: string[]): Promise<[number, Record<string, number>]> {
  await using _peer = peer;
  const { code, stdout } = await meter(peer.port, "--json", "--count", "50", ...args);
  return [code, JSON.parse(stdout.trimEnd().split("\n").at(-1)!)];
}

Deno.test(
  "echo-client measures bad servers and fails, with every count right",
  PROCESS,
  async () => {
    const corrupting = (): Peer =>
      echoPeer(64, (message, i) => i === 7 ? corrupt(message) : message);
    const closing = (): Peer =>
      echoPeer(64, (message, i) => {
        if (i === 7) throw new HangUp();
        return message;
      });
    const stalling = (): Peer => echoPeer(64, (message, i) => i < 7 ? message : undefined);
    const closed = [
      [corrupting(), [50, 50, 1, 0]],
      [closing(), [8, 7, 0, 1]],
      [stalling(), [8, 7, 0, 1]],
    ] as const;
    for (const [peer, counts] of closed) {
      const [code, { sent, received, corrupted, errors }] = await faulty(peer, "--timeout", "0.8");
      assertEquals([code, sent, received, corrupted, errors], [1, ...counts]);
    }
    const open = [
      [corrupting(), [50, 1, 0]],
      [closing(), [7, 0, 1]],
      [stalling(), [7, 0, 1]],
    ] as const;
    for (const [peer, counts] of open) {
      const args = ["--rate", "100", "--timeout", "0.8"];
      const [code, { received, corrupted, errors }] = await faulty(peer, ...args);
      assertEquals([code, received, corrupted, errors], [1, ...counts]);
    }
  },
);

Deno.test(
  "echo-client tells of connections that break, unless the results are all it should say",
  PROCESS,
  async () => {
    await using peer = echoPeer(64, () => {
      throw new HangUp();
    });
    const { code, stderr } = await meter(peer.port, "--count", "10", "--connections", "2");
    assertEquals(code, 1);
    const line =
      `Lost a connection to 127.0.0.1:${peer.port}: the server closed instead of answering`;
    assertEquals(stderr, `${line}\n${line}\n`);
  },
);

for (const args of [["--count", "1000000"], ["--rate", "200"]]) {
  Deno.test(
    `echo-client ${args[0]} prints its summary at Ctrl-C${NEEDS_POSIX.reason}`,
    SIGNALS,
    async () => {
      const busy = Promise.withResolvers<void>();
      await using server = serveHere(async (connection, stop) => {
        await connection.read(new Uint8Array(0));
        busy.resolve();
        await echoPlainly(connection, stop);
      });
      const all = ["--port", String(server.port), "--json", ...args];
      await using client = startClient("echo-client", all);
      await busy.promise;
      // It has sent something when the first interval is told.
      await client.stdout.find((line) => line.includes('"interval"'), "an interval");
      client.kill("SIGINT");
      const { code } = await client.end();
      assertEquals([code, client.stderr.text], [0, ""]);
      const { event, sent, received, errors } = JSON.parse(client.stdout.entries.at(-1)!);
      assertEquals([event, received, errors], ["summary", sent, 0]);
      assertGreater(sent, 0);
    },
  );
}

Deno.test(
  `echo-client leaves at once at a second signal${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    const stall = Promise.withResolvers<undefined>();
    await using peer = echoPeer(64, (message, i) => i === 0 ? message : stall.promise);
    const args = ["--port", peer.port, "--count", "15", "--json", "--timeout", "0"];
    await using client = startClient("echo-client", args);
    await client.stdout.find((line) => line.includes('"reply"'), "a reply");
    // The first ends the measurement, which waits a second for the last answer; the next one ends that.
    const impatience = setInterval(() => client.kill("SIGTERM"), 20);
    const { code } = await client.end().finally(() => clearInterval(impatience));
    assertEquals(code, 130);
    stall.resolve(undefined);
  },
);

Deno.test("echo-client --throughput moves bulk both ways and compares it", PROCESS, async () => {
  await using server = await startServer("echo-server");
  const args = ["--throughput", "0.3", "--connections", "2", "--json"];
  const { code, stdout, stderr } = await meter(server.port, ...args);
  assertEquals([code, stderr], [0, ""]);
  const { event, bytesSent, bytesReceived, corrupted, errors, megabytesPerSecond } = JSON.parse(
    stdout,
  );
  assertEquals([event, bytesReceived, corrupted, errors], ["summary", bytesSent, 0, 0]);
  assertGreater(bytesSent, 0);
  assertGreater(megabytesPerSecond, 0);
});

Deno.test("echo-client --throughput notices what is not what was sent", PROCESS, async () => {
  await using peer = echoPeer(1_000, (message, i) => i === 5 ? corrupt(message) : message);
  const { code, stdout } = await meter(peer.port, "--throughput", "0.2");
  assertEquals(code, 1);
  const [, corrupted] = /^corrupted reads (\d+), errors 0$/m.exec(stdout) ?? [];
  assertEquals(corrupted, "1");
});

Deno.test(
  "echo-client shows a stall in the open loop and not in the closed one",
  PROCESS,
  async () => {
    const stallMs = 600;
    const stalling = (): Peer =>
      echoPeer(64, async (message, i) => {
        if (i === 20) await new Promise<void>((resolve) => setTimeout(resolve, stallMs));
        return message;
      });
    const figures = async (...args: string[]): Promise<{ p90: number; max: number }> => {
      await using peer = stalling();
      const { stdout } = await meter(peer.port, "--json", "--count", "200", ...args);
      return JSON.parse(stdout.trimEnd().split("\n").at(-1)!).roundTrip;
    };
    const closed = await figures();
    const open = await figures("--rate", "200");
    assertGreater(closed.max, 0.99e3 * stallMs);
    assertGreater(open.max, 0.99e3 * stallMs);
    // 80 of the 200 messages were due in the first two thirds of the stall.
    assertGreater(open.p90, 1e3 * stallMs / 3);
    assertLess(closed.p90, open.p90);
  },
);
