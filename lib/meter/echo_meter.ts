/**
 * The measuring modes of the echo client: runs a measurement over open connections and tells of it, live
 * and in the end, to people or to programs (one JSON object a line, the summary last).
 *
 * @module
 */
import type { ByteStream } from "../net/byte_stream.ts";
import { bulk } from "./bulk.ts";
import { closedLoop } from "./closed_loop.ts";
import { openLoop } from "./open_loop.ts";
import { drawHistogram, figuresLine } from "./report.ts";
import { RoundTrips } from "./round_trips.ts";
import { type MeterOptions, Tally } from "./tally.ts";

/** Answers up to this many, or this many a second, get a line each; beyond, there is a line a second. */
const FEW = 20;
/** Milliseconds between live lines where there are too many answers for a line each. */
const LIVE_INTERVAL = 1_000;

/** Where the lines go, and which are wanted. */
export interface MeterOutput {
  /** Prints a line of results. */
  result(line: string): void;
  /** Prints a line about the run: progress, and connections that break. */
  note(line: string): void;
  /** Whether somebody watches, so that lines while it runs make sense. */
  live: boolean;
  /** Results as JSON, one object a line. */
  json: boolean;
  /** What is measured, in one word, such as `127.0.0.1:65432`. */
  target: string;
}

/** What to measure. */
export interface EchoMeterOptions extends MeterOptions {
  /** Messages a second over all connections; `undefined`: each follows on the last one's answer. */
  rate?: number | undefined;
}

/**
 * Measures round trips and prints the summary.
 *
 * @returns Whether every message came back, as it was sent.
 */
export async function meterRoundTrips(
  streams: readonly ByteStream[],
  options: EchoMeterOptions,
  output: MeterOutput,
): Promise<boolean> {
  const { rate } = options;
  using live = new LiveLines(options, output);
  const told: MeterOptions = { ...options, onReply: live.onReply, onError: errorTeller(output) };
  const tally = new Tally(told);
  if (rate === undefined) await closedLoop(streams, told, tally);
  else await openLoop(streams, { ...told, rate }, tally);
  live.end();
  printRoundTrips(tally, streams.length, options, output);
  return tally.errors === 0 && tally.corrupted === 0 && tally.received > 0 &&
    tally.received === tally.sent;
}

/**
 * Measures the throughput both ways at once and prints the summary.
 *
 * @returns Whether every byte came back, as it was sent.
 */
export async function meterThroughput(
  streams: readonly ByteStream[],
  options: MeterOptions,
  output: MeterOutput,
): Promise<boolean> {
  const told: MeterOptions = { ...options, onError: errorTeller(output) };
  const tally = new Tally(told);
  const { bytesSent, bytesReceived, corrupted, elapsed } = await bulk(streams, told, tally);
  const seconds = elapsed / 1_000;
  const megabytesPerSecond = seconds === 0 ? 0 : round(bytesReceived / 1e6 / seconds);
  const connections = streams.length;
  const { errors } = tally;
  const summary = {
    connections,
    seconds: round(seconds),
    bytesSent,
    bytesReceived,
    corrupted,
    errors,
  };
  if (output.json) {
    const { target } = output;
    output.result(JSON.stringify({ event: "summary", target, ...summary, megabytesPerSecond }));
  } else {
    output.result(`--- ${output.target}: bulk over ${plural(connections, "connection")} ---`);
    output.result(`sent ${bytesSent} bytes, received ${bytesReceived}, compared all of them`);
    output.result(`corrupted reads ${corrupted}, errors ${errors}`);
    output.result(`throughput ${megabytesPerSecond} MB/s each way, for ${summary.seconds} s`);
  }
  return errors === 0 && corrupted === 0 && bytesReceived === bytesSent && bytesSent > 0;
}

/** The lines while it runs: like ping's for few answers, a line a second for many. */
class LiveLines {
  readonly #output: MeterOutput;
  readonly #size: number;
  readonly #each: boolean;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #interval = new RoundTrips();
  #seconds = 0;

  constructor({ rate, count, size }: EchoMeterOptions, output: MeterOutput) {
    this.#output = output;
    this.#size = size;
    this.#each = count <= FEW || (rate !== undefined && rate <= FEW);
    const wanted = output.live || output.json;
    if (wanted && !this.#each) this.#timer = setInterval(() => this.#tell(), LIVE_INTERVAL);
  }

  readonly onReply = (sequence: number, milliseconds: number): void => {
    const { json, live, target } = this.#output;
    if (!this.#each) return this.#interval.record(milliseconds);
    const microseconds = round(milliseconds * 1_000);
    if (json) this.#output.result(JSON.stringify({ event: "reply", sequence, microseconds }));
    else if (live) {
      this.#output.note(
        `${this.#size} bytes from ${target}: seq=${sequence} time=${microseconds} us`,
      );
    }
  };

  #tell(): void {
    const figures = this.#interval.figures();
    this.#interval = new RoundTrips();
    this.#seconds++;
    const { count, p50, p99, max } = figures;
    if (this.#output.json) {
      const event = { event: "interval", seconds: this.#seconds, ...figures };
      return this.#output.result(JSON.stringify(event));
    }
    this.#output.note(
      `${this.#seconds} s: ${plural(count, "answer")}, p50 ${p50} us, p99 ${p99} us, max ${max} us`,
    );
  }

  end(): void {
    clearInterval(this.#timer);
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

function errorTeller(output: MeterOutput): (reason: string) => void {
  return (reason) => output.note(`Lost a connection to ${output.target}: ${reason}`);
}

function printRoundTrips(
  tally: Tally,
  connections: number,
  { size, rate }: EchoMeterOptions,
  { target, json, result }: MeterOutput,
): void {
  const { sent, received, corrupted, errors } = tally;
  const seconds = tally.elapsed / 1_000;
  const messagesPerSecond = seconds === 0 ? 0 : Math.round(received / seconds);
  const megabytesPerSecond = round(messagesPerSecond * size / 1e6);
  const roundTrip = tally.roundTrips.figures();
  const lateness = rate === undefined ? undefined : tally.lateness.figures();
  const buckets = tally.roundTrips.buckets();
  if (json) {
    const head = { event: "summary", target, size, connections, seconds: round(seconds), rate };
    const counts = { sent, received, corrupted, errors, messagesPerSecond, megabytesPerSecond };
    result(JSON.stringify({ ...head, ...counts, roundTrip, lateness, buckets }));
    return;
  }
  const over = `${plural(sent, "message")} of ${plural(size, "byte")}`;
  result(
    `--- ${target}: ${over} over ${plural(connections, "connection")} in ${round(seconds)} s ---`,
  );
  result(`sent ${sent}, received ${received}, corrupted ${corrupted}, errors ${errors}`);
  result(`throughput ${messagesPerSecond} messages/s, ${megabytesPerSecond} MB/s each way`);
  if (roundTrip.count === 0) return;
  result(figuresLine("round trip", roundTrip));
  if (lateness !== undefined) result(figuresLine("sent late by", lateness));
  for (const line of drawHistogram(buckets)) result(line);
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
