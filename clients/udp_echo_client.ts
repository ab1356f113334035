#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * The other end of the UDP echo server, or of any other RFC 862 server over UDP: sends datagrams, checks
 * what comes back, and measures what does not.
 *
 *     deno task udp-echo-client                                 Received Hello, world
 *     deno task udp-echo-client "Wake up, Neo" --retries 0      one try, take it or leave it
 *     deno task udp-echo-client --interactive                   a line at a time, with its round trip
 *     deno task udp-echo-client --count 10 --interval 0.2       like ping, with more to tell
 *     deno task udp-echo-client --sweep                         how large a datagram comes back
 *
 * Look for what UDP leaves to its user. Nobody says that a datagram was lost, or that nothing listens: only
 * time passes, so every wait has an end and `ask` tries again. An answer may come twice, late, after a
 * younger one, or from a stranger: `ask` looks at who sent it, and the meter (`lib/meter/`) numbers its
 * probes and keeps a book for each of these.
 *
 * @module
 */
import { TARGET_FLAG, targetPort } from "../lib/cli/client_flags.ts";
import { CommandError, EXIT, UsageError } from "../lib/cli/exit.ts";
import { explainSend } from "../lib/cli/explain_socket.ts";
import type { CommandLine, FlagTable, FlagValues } from "../lib/cli/flags.ts";
import { inputLines } from "../lib/cli/input_lines.ts";
import { printNote, printResult } from "../lib/cli/output.ts";
import { count } from "../lib/cli/plural.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { Question } from "../lib/cli/question.ts";
import { MAX_SECONDS } from "../lib/cli/seconds.ts";
import { requireDatagrams } from "../lib/cli/require_datagrams.ts";
import { leaveOnInterrupt, stopSignal } from "../lib/cli/shutdown.ts";
import { findUdpTarget } from "../lib/cli/udp_target.ts";
import { equalBytes } from "../lib/codec/bytes.ts";
import { PROBE_HEADER_BYTES } from "../lib/codec/datagram_probe.ts";
import { encodeUtf8, escapeBytes } from "../lib/codec/text.ts";
import { formatAddress } from "../lib/net/address.ts";
import { ConnectedSocket } from "../lib/net/connected_socket.ts";
import { MAX_PAYLOAD_IPV6, maxPayload } from "../lib/net/datagram.ts";
import { type DatagramMeterOptions, meterDatagrams } from "../lib/meter/datagram_meter.ts";
import { printMeasurement, ProbeLines } from "../lib/meter/datagram_report.ts";
import { sweepSizes, TRIES_PER_SIZE } from "../lib/meter/size_sweep.ts";
import { printStep, printSweep } from "../lib/meter/sweep_report.ts";

/** What is sent where nothing is given: the tutorials' greeting. */
const GREETING = "Hello, world";
/** Bytes of an answer that are shown. */
const MAX_SHOWN_BYTES = 64 * 1024;
/** Earlier lines that are kept, to know their answers by should they come late, or twice. */
const MAX_EARLIER = 16;

/** Bytes of a probe, seconds from one to the next, and seconds after which its answer is late. */
const METER = { size: 64, interval: 1, wait: 1 } as const;
/** Probes under way at once with `--interval 0`, and the bytes that all of them together may have. */
const MAX_WINDOW = 64;
/** A socket's own buffer takes some 200 KiB (Linux), and drops what is more without a word. */
const MAX_WINDOW_BYTES = 128 * 1024;

/** How often and how long to ask. */
export interface AskOptions {
  /** Milliseconds to wait for an answer to each try. */
  timeout: number;
  /** Tries after the first. */
  retries: number;
  /** What was asked before: if it comes back now, late or once more, it is no answer to this. */
  earlier?: readonly Uint8Array[];
}

/** An answer, and what it took. */
export interface Answer {
  /** What came back. */
  data: Uint8Array;
  /** How often the question was sent. */
  tries: number;
  /**
   * The round trip, in milliseconds. After several tries nobody knows which one was answered, so there is
   * none (Karn's rule: RFC 6298, section 3).
   */
  milliseconds: number | undefined;
}

/**
 * Sends a question until there is an answer, or there were enough tries.
 *
 * @throws Whatever sending throws.
 */
export async function ask(
  server: ConnectedSocket,
  question: Uint8Array,
  { timeout, retries, earlier = [] }: AskOptions,
): Promise<Answer | undefined> {
  const isOld = (data: Uint8Array): boolean =>
    !equalBytes(data, question) && earlier.some((other) => equalBytes(data, other));
  for (let tries = 1; tries <= retries + 1; tries++) {
    const sentAt = performance.now();
    await server.send(question);
    for (let data; (data = await server.next(sentAt + timeout)) !== undefined;) {
      if (isOld(data)) continue;
      const milliseconds = tries === 1 ? performance.now() - sentAt : undefined;
      return { data: data.slice(), tries, milliseconds };
    }
  }
  return undefined;
}

/** What measures waits for all probes alike, and asks none of them again. */
const MEASURING = ["count", "interval", "size", "wait", "window", "sweep"] as const;

const FLAGS = {
  ...TARGET_FLAG,
  port: targetPort(20_001),
  family: {
    kind: "choice",
    choices: ["ipv4", "ipv6"],
    default: "ipv4",
    help: "address to take of a name that has both",
  },
  timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: MAX_SECONDS,
    default: 1,
    insteadOf: MEASURING,
    help: "wait for an answer to each try",
  },
  retries: {
    kind: "integer",
    value: "TRIES",
    min: 0,
    max: 1_000_000,
    default: 2,
    insteadOf: MEASURING,
    help: "tries after the first",
  },
  interactive: { kind: "switch", help: "send the lines that are typed; an empty one ends it" },
  count: {
    kind: "integer",
    value: "PROBES",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    help: "measure with so many probes; without it until Ctrl-C",
  },
  interval: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: MAX_SECONDS,
    help:
      `from probe to probe, by the clock; 0 keeps --window under way (${METER.interval} if not given)`,
  },
  size: {
    kind: "integer",
    value: "BYTES",
    min: PROBE_HEADER_BYTES,
    max: MAX_PAYLOAD_IPV6,
    help: `bytes of a probe (${METER.size} if not given)`,
  },
  wait: {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: MAX_SECONDS,
    help: `after which an answer is late (${METER.wait} if not given)`,
  },
  window: {
    kind: "integer",
    value: "PROBES",
    min: 1,
    max: 65_536,
    help: `under way at once with --interval 0 (${MAX_WINDOW}, fewer if large, if not given)`,
  },
  sweep: { kind: "switch", help: "find the largest datagram that comes back" },
  json: { kind: "switch", help: "results as JSON, one object a line, the summary last" },
  quiet: { kind: "switch", help: "of a measurement the summary only" },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "udp-echo-client",
  summary: "sends datagrams to a UDP echo server, checks what comes back, and measures it",
  positionals: { names: "[TEXT]", min: 0, max: 1 },
  flags: FLAGS,
  examples: [
    ["deno task udp-echo-client", "sends Hello, world"],
    ['deno task udp-echo-client "Wake up, Neo" --port 9090', "sends a text to another port"],
    ["deno task udp-echo-client --interactive", "a line at a time"],
    ["deno task udp-echo-client --count 10 --interval 0.2", "measures, ping-like"],
    ["deno task udp-echo-client --interval 0 --count 100000", "as fast as answers come"],
    ["deno task udp-echo-client --sweep --wait 0.3", "how large a datagram comes back"],
  ],
  exitCodes: ["0 if any answer came, 1 if none"],
};

type UdpEchoFlags = FlagValues<typeof FLAGS>;

/** What a mode works with. */
interface Talk {
  socket: Deno.DatagramConn;
  server: Deno.NetAddr;
  flags: UdpEchoFlags;
  /** The server, in one word. */
  where: string;
}

async function main({ flags, positionals }: CommandLine<typeof FLAGS>): Promise<number> {
  const run = chooseMode(flags, positionals);
  const started = { script: import.meta.url, args: Deno.args, udp: true };
  const { server, bind, grants } = await findUdpTarget(flags, started);
  const launch = { ...started, grants };
  const where = formatAddress(server);
  requireDatagrams(launch);
  try {
    // Nobody need know our port beforehand, so the system chooses a free one.
    const socket = Deno.listenDatagram({ transport: "udp", hostname: bind, port: 0 });
    return await run({ socket, server, flags, where });
  } catch (error) {
    throw isSystemError(error) ? explainSend(error, where, launch) : error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable || (error instanceof Error && "code" in error);
}

function chooseMode(
  flags: UdpEchoFlags,
  [text]: readonly string[],
): (talk: Talk) => Promise<number> {
  const { interval, size, window, wait, interactive } = flags;
  const isProbing = [flags.count, interval, size, window].some((value) => value !== undefined);
  const isMeter = isProbing || (wait !== undefined && !flags.sweep);
  const chosen = [
    ...(isMeter ? ["--count, --interval, --size, --wait or --window"] : []),
    ...(flags.sweep ? ["--sweep"] : []),
    ...(interactive ? ["--interactive"] : []),
    ...(text === undefined ? [] : [`"${text}"`]),
  ];
  if (chosen.length > 1) {
    throw new UsageError(`Cannot do two things at once: ${chosen.join(" and ")}`);
  }
  if (window !== undefined && interval !== 0) {
    throw new UsageError("Option --window needs --interval 0 as well");
  }
  if (flags.sweep) return sweep;
  if (isMeter) return measure;
  if (interactive) return converse;
  return (talk) => say(talk, encodeUtf8(text ?? GREETING));
}

/** One text, one answer: whatever listens there may answer with something else, which is shown as it is. */
async function say({ socket, server, flags }: Talk, question: Uint8Array): Promise<number> {
  await using connected = new ConnectedSocket(socket, server);
  leaveOnInterrupt(() => "no answer yet");
  checkSize(question.length, server);
  const answer = await ask(connected, question, waits(flags));
  if (answer === undefined) throw new CommandError(silence(connected, flags));
  tellAnswer(answer, question, flags, "");
  return EXIT.done;
}

async function converse({ socket, server, flags }: Talk): Promise<number> {
  await using connected = new ConnectedSocket(socket, server);
  let [asked, answered] = [0, 0];
  const earlier: Uint8Array[] = [];
  leaveOnInterrupt(() => `${answered} of ${count(asked, "line")} came back`);
  using question = new Question("> ");
  const onLeftOut = (note: string): void => {
    asked++;
    printNote(note);
  };
  question.ask();
  for await (const line of inputLines(onLeftOut, question)) {
    if (line === "") break;
    const datagram = encodeUtf8(line);
    checkSize(datagram.length, server);
    asked++;
    const answer = await ask(connected, datagram, { ...waits(flags), earlier });
    earlier.push(datagram);
    if (earlier.length > MAX_EARLIER) earlier.shift();
    if (answer === undefined) printNote(silence(connected, flags));
    else {
      answered++;
      tellAnswer(answer, datagram, flags, roundTrip(answer));
    }
    question.ask();
  }
  return answered > 0 || asked === 0 ? EXIT.done : EXIT.failed;
}

async function measure({ socket, server, flags, where }: Talk): Promise<number> {
  const size = flags.size ?? METER.size;
  checkSize(size, server);
  const signal = stopSignal();
  const options: DatagramMeterOptions = {
    size,
    count: flags.count ?? Infinity,
    interval: (flags.interval ?? METER.interval) * 1_000,
    window: flags.window ?? Math.max(Math.min(MAX_WINDOW, Math.floor(MAX_WINDOW_BYTES / size)), 1),
    wait: (flags.wait ?? METER.wait) * 1_000,
    signal,
  };
  const { json, quiet } = flags;
  const live = Deno.stderr.isTerminal();
  const output = { result: printResult, note: printNote, live, json, quiet, target: where };
  using lines = new ProbeLines(options, output);
  const told = { ...options, onEvent: lines.onEvent };
  const measurement = await meterDatagrams(socket, server, told);
  if (printMeasurement(measurement, options, output)) return EXIT.done;
  throw new CommandError(
    `No answer from ${where} to ${count(measurement.ledger.sent, "probe")}: ${hint(flags)}`,
  );
}

async function sweep({ socket, server, flags, where }: Talk): Promise<number> {
  const wait = flags.wait ?? METER.wait;
  const { json, quiet } = flags;
  const live = Deno.stderr.isTerminal();
  const output = { result: printResult, note: printNote, live, json, quiet, target: where };
  await using connected = new ConnectedSocket(socket, server);
  const found = await sweepSizes(connected, {
    wait: wait * 1_000,
    signal: stopSignal(),
    onStep: (step) => printStep(step, output),
  });
  printSweep(found, server, output);
  if (found.largest !== undefined) return EXIT.done;
  const tries = `${TRIES_PER_SIZE} tries of ${wait} s with ${PROBE_HEADER_BYTES} bytes`;
  throw new CommandError(`No answer from ${where} to ${tries}: ${hint(flags)}`);
}

/** What to do about silence. */
function hint({ port }: UdpEchoFlags): string {
  const where = port === FLAGS.port.default ? "" : ` --port ${port}`;
  return "a closed UDP port is silent, so is the server running? " +
    `Start it with: deno task udp-echo-server${where}`;
}

function silence({ server, stranger }: ConnectedSocket, flags: UdpEchoFlags): string {
  const { timeout, retries } = flags;
  const tries = retries === 0 ? "1 try" : `${retries + 1} tries`;
  const why = stranger === undefined
    ? hint(flags)
    : `something came from ${formatAddress(stranger)}, does the server answer from there?`;
  return `No answer from ${formatAddress(server)} to ${tries} of ${timeout} s: ${why}`;
}

function tellAnswer(
  answer: Answer,
  question: Uint8Array,
  { json }: UdpEchoFlags,
  remark: string,
): void {
  const { data, tries, milliseconds } = answer;
  const same = equalBytes(data, question);
  const text = escapeBytes(data, MAX_SHOWN_BYTES);
  if (json) {
    const microseconds = milliseconds === undefined ? undefined : inMicroseconds(milliseconds);
    const figures = { bytes: data.length, tries, microseconds };
    return printResult(JSON.stringify({ event: "answer", text, same, ...figures }));
  }
  printResult(
    data.length === 0 ? `Received an empty datagram${remark}` : `Received ${text}${remark}`,
  );
  if (!same) printNote("The answer is not what was sent: this is no echo server");
}

function roundTrip({ tries, milliseconds }: Answer): string {
  return milliseconds === undefined ? ` (try ${tries})` : ` (${inMicroseconds(milliseconds)} us)`;
}

function inMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 10_000) / 10;
}

function checkSize(bytes: number, { hostname }: Deno.NetAddr): void {
  const max = maxPayload(hostname);
  if (bytes <= max) return;
  const family = hostname.includes(":") ? "IPv6" : "IPv4";
  throw new CommandError(
    `Cannot send ${bytes} bytes in one datagram: UDP over ${family} carries ${max} at most`,
  );
}

function waits({ timeout, retries }: UdpEchoFlags): AskOptions {
  return { timeout: timeout * 1_000, retries };
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
