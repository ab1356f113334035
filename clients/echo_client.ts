#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * The other end of the echo server, or of any other RFC 862 endpoint: sends bytes, checks what comes
 * back, and measures how long that takes.
 *
 *     deno task echo-client                                     Received Hello, world
 *     deno task echo-client "Wake up, Neo" --port 9090          talks to whatever listens there
 *     cat photo.jpg | deno task echo-client - > copy.jpg        a stream of any length
 *     deno task echo-client --interactive                       a line at a time
 *     deno task echo-client --count 1000 --rate 500             the round trip, measured
 *
 * Look for how the end of a message is found. TCP has no messages: `sendText` says that it has finished
 * (half-close) and reads until the server has finished, too; `talk` (lib/echo/talk.ts), whose connection
 * stays open, counts bytes. Reading once and taking that for the answer works on a quiet day only.
 *
 * @module
 */
import {
  CLIENT_FLAGS,
  clientGrants,
  connectOptions,
  TARGET_FLAG,
  targetPort,
} from "../lib/cli/client_flags.ts";
import { CommandError, EXIT, UsageError } from "../lib/cli/exit.ts";
import { explainTalk } from "../lib/cli/explain_talk.ts";
import type { CommandLine, FlagTable, FlagValues } from "../lib/cli/flags.ts";
import { openConnection, target } from "../lib/cli/open_connection.ts";
import { printNote, printResult } from "../lib/cli/output.ts";
import { count } from "../lib/cli/plural.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { Question } from "../lib/cli/question.ts";
import { MAX_SECONDS } from "../lib/cli/seconds.ts";
import { inputLines } from "../lib/cli/input_lines.ts";
import { serverTask } from "../lib/cli/server_task.ts";
import { leaveOnInterrupt, stopSignal } from "../lib/cli/shutdown.ts";
import { standardInput, standardOutput } from "../lib/cli/standard_streams.ts";
import { meterRoundTrips, meterThroughput } from "../lib/meter/echo_meter.ts";
import { concatBytes, equalBytes } from "../lib/codec/bytes.ts";
import { LimitError } from "../lib/codec/errors.ts";
import { encodeUtf8, escapeBytes } from "../lib/codec/text.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";
import { echoStream } from "../lib/echo/echo_stream.ts";
import { type EchoClientOptions, silence } from "../lib/echo/options.ts";
import { talk } from "../lib/echo/talk.ts";
import { DeadlineError } from "../lib/net/deadline.ts";
import { Watchdog } from "../lib/net/watchdog.ts";
import { writeAll } from "../lib/net/write_all.ts";

/** What is sent where nothing is given: the tutorials' greeting. */
const GREETING = "Hello, world";
/** Bytes of an answer to a text that are kept, so that a server cannot fill the memory. */
const MAX_ANSWER = 64 * 1024;

/** Bytes of a measured message where none are given. */
const DEFAULT_SIZE = 64;

/**
 * Sends a text, finishes sending, and returns all that the server says until it finishes as well.
 *
 * @throws {LimitError} If the answer is longer than {@linkcode MAX_ANSWER} bytes.
 * @throws {DeadlineError} If nothing comes within `timeout` milliseconds.
 */
export async function sendText(
  server: ByteStream,
  text: Uint8Array,
  { timeout }: EchoClientOptions,
): Promise<Uint8Array> {
  using watchdog = new Watchdog(timeout, () => server[Symbol.dispose]());
  const parts: Uint8Array[] = [];
  let length = 0;

  async function receive(): Promise<void> {
    for (;;) {
      const buffer = new Uint8Array(4096);
      const count = await server.read(buffer);
      if (count === null) return;
      watchdog.feed();
      length += count;
      if (length > MAX_ANSWER) {
        throw new LimitError(`Cannot keep an answer of more than ${MAX_ANSWER} bytes`, MAX_ANSWER);
      }
      parts.push(buffer.subarray(0, count));
    }
  }

  async function send(): Promise<void> {
    await writeAll(server, text);
    await server.closeWrite();
  }

  try {
    await Promise.all([receive(), send()]);
  } catch (error) {
    // Who keeps the connection open after answering is no echo server, and may have said something.
    if (!watchdog.expired) throw error;
    if (length === 0) throw new DeadlineError(silence(timeout, 0, text.length), timeout);
  }
  return concatBytes(parts);
}

const FLAGS = {
  ...TARGET_FLAG,
  port: targetPort(65_432),
  ...CLIENT_FLAGS,
  timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: MAX_SECONDS,
    default: 5,
    help: "silence after which the server is given up, 0 for never",
  },
  interactive: { kind: "switch", help: "send the lines that are typed; an empty one ends it" },
  count: {
    kind: "integer",
    value: "MESSAGES",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    help: "measure the round trip of so many messages",
  },
  duration: {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: MAX_SECONDS,
    help: "measure for so long",
  },
  rate: {
    kind: "number",
    value: "MESSAGES",
    min: 0.001,
    max: 1_000_000,
    help: "send so many a second, by the clock; without it each follows on an answer",
  },
  size: {
    kind: "integer",
    value: "BYTES",
    min: 1,
    max: 16 * 1024 * 1024,
    help: "bytes of a measured message (64 if not given)",
  },
  connections: {
    kind: "integer",
    value: "CONNECTIONS",
    min: 1,
    max: 10_000,
    help: "connections to measure over (1 if not given)",
  },
  throughput: {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: MAX_SECONDS,
    help: "measure bulk transfer both ways for so long instead",
  },
  json: { kind: "switch", help: "results as JSON, one object a line, the summary last" },
  quiet: { kind: "switch", help: "no lines while a measurement runs" },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "echo-client",
  summary: "sends bytes to an echo server, checks what comes back, and measures it",
  positionals: { names: "[TEXT | -]", min: 0, max: 1 },
  flags: FLAGS,
  examples: [
    ["deno task echo-client", "sends Hello, world"],
    ['deno task echo-client "Wake up, Neo" --port 9090', "sends a text to another port"],
    ["deno task echo-client - < photo.jpg > copy.jpg", "sends a stream and checks the copy"],
    ["deno task echo-client --interactive", "a line at a time"],
    ["deno task echo-client --count 1000 --size 64", "round trips, one after another"],
    ["deno task echo-client --rate 500 --duration 5", "500 a second, whatever comes back"],
    ["deno task echo-client --throughput 5", "bulk transfer"],
  ],
  exitCodes: [
    "1 also if the echo is corrupted or short, or a line is no UTF-8; an answer of another kind is shown only",
  ],
};

type EchoFlags = FlagValues<typeof FLAGS>;

async function main({ flags, positionals }: CommandLine<typeof FLAGS>): Promise<number> {
  const launch = { script: import.meta.url, args: Deno.args, grants: clientGrants(flags) };
  const mode = chooseMode(flags, positionals);
  const options = connectOptions(flags, launch);
  const where = target(options);
  const connect = (): Promise<Deno.Conn> =>
    openConnection(
      options,
      { launch, serverTask: serverTask("echo-server", flags.port, FLAGS.port.default) },
      ({ host, port, timeout }) => {
        return Deno.connect({ hostname: host, port, signal: AbortSignal.timeout(timeout) });
      },
    );
  try {
    switch (mode) {
      case "measure":
        return await measure(flags, connect, where);
      case "stream":
        return await copyStream(await connect(), flags);
      case "interactive":
        return await converse(await connect(), flags);
      default:
        return await say(await connect(), mode.text, flags);
    }
  } catch (error) {
    throw explainTalk(error, where);
  }
}

type Mode = "measure" | "stream" | "interactive" | { text: string };

function chooseMode(flags: EchoFlags, [text]: readonly string[]): Mode {
  const { duration, rate, size, connections, throughput, interactive } = flags;
  const isMeter = [flags.count, duration, rate, size, connections].some((value) =>
    value !== undefined
  );
  const chosen = [
    ...(isMeter && throughput === undefined ? ["--count, --duration, --rate or --size"] : []),
    ...(throughput === undefined ? [] : ["--throughput"]),
    ...(interactive ? ["--interactive"] : []),
    ...(text === undefined ? [] : [`"${text}"`]),
  ];
  if (chosen.length > 1) {
    throw new UsageError(`Cannot do two things at once: ${chosen.join(" and ")}`);
  }
  if (
    throughput !== undefined &&
    [flags.count, duration, rate, size].some((value) => value !== undefined)
  ) {
    throw new UsageError("Option --throughput goes with --connections only");
  }
  if (isMeter || throughput !== undefined) return "measure";
  if (flags.json) throw new UsageError("Option --json goes with a measurement, such as --count");
  if (interactive) return "interactive";
  return text === "-" ? "stream" : { text: text ?? GREETING };
}

/** One text, one answer: whatever listens there may answer with something else, which is shown as it is. */
async function say(conn: Deno.Conn, text: string, flags: EchoFlags): Promise<number> {
  using server = conn;
  leaveOnInterrupt(() => "no whole answer yet");
  const sent = encodeUtf8(text);
  const answer = await sendText(server, sent, waits(flags));
  if (answer.length === 0 && sent.length > 0) {
    throw new CommandError("The server closed without an answer");
  }
  printResult(`Received ${escapeBytes(answer, MAX_ANSWER)}`);
  if (equalBytes(answer, sent)) return EXIT.done;
  if (equalBytes(answer, sent.subarray(0, answer.length))) {
    throw new CommandError(`The server closed after ${answer.length} of ${sent.length} bytes`);
  }
  if (sent.length > 0 && equalBytes(answer.subarray(0, sent.length), sent)) {
    const more = count(answer.length - sent.length, "byte");
    throw new CommandError(`The answer goes on for ${more} after what was sent`);
  }
  if (answer.length === sent.length) {
    throw new CommandError("The answer is as long as what was sent, but differs from it");
  }
  printNote("The answer is not what was sent: this is no echo server");
  return EXIT.done;
}

async function copyStream(conn: Deno.Conn, flags: EchoFlags): Promise<number> {
  using server = conn;
  const progress = { sent: 0, received: 0 };
  leaveOnInterrupt(() => `${progress.sent} bytes sent, ${progress.received} received`);
  const options = { ...waits(flags), progress };
  const { bytes, same } = await echoStream(server, standardInput, standardOutput, options);
  if (same) return EXIT.done;
  throw new CommandError(
    `What came back differs from what was sent: ${bytes} bytes each way, but not the same SHA-256`,
  );
}

async function converse(conn: Deno.Conn, flags: EchoFlags): Promise<number> {
  using server = conn;
  let [answers, leftOut] = [0, 0];
  leaveOnInterrupt(() => `${count(answers, "line")} came back`);
  using question = new Question("> ");
  const onLeftOut = (note: string): void => {
    leftOut++;
    printNote(note);
  };
  question.ask();
  await talk(server, inputLines(onLeftOut, question), waits(flags), (answer, same) => {
    printResult(`Received ${escapeBytes(answer, MAX_ANSWER)}`);
    if (!same) throw new CommandError("The answer differs from what was sent");
    answers++;
    question.ask();
  });
  return leftOut === 0 ? EXIT.done : EXIT.failed;
}

async function measure(
  flags: EchoFlags,
  connect: () => Promise<Deno.Conn>,
  target: string,
): Promise<number> {
  const { throughput, json, quiet, rate } = flags;
  const streams = await openAll(connect, flags.connections ?? 1);
  const duration = throughput ?? flags.duration ?? Infinity;
  const options = {
    size: flags.size ?? DEFAULT_SIZE,
    count: flags.count ?? Infinity,
    duration: duration * 1_000,
    timeout: flags.timeout * 1_000,
    rate,
    signal: stopSignal(),
  };
  const live = !quiet && Deno.stderr.isTerminal();
  const output = { result: printResult, note: printNote, live, json, target };
  const measureIt = throughput === undefined ? meterRoundTrips : meterThroughput;
  return await measureIt(streams, options, output) ? EXIT.done : EXIT.failed;
}

/** Opens so many connections, and none if one fails. */
async function openAll(connect: () => Promise<Deno.Conn>, count: number): Promise<Deno.Conn[]> {
  const conns: Deno.Conn[] = [];
  try {
    while (conns.length < count) conns.push(await connect());
    return conns;
  } catch (error) {
    for (const conn of conns) conn.close();
    throw error;
  }
}

function waits(flags: EchoFlags): EchoClientOptions {
  return { timeout: flags.timeout * 1_000 };
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
