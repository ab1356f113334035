/**
 * A datagram measurement in words, or as JSON for programs: lines while it runs, and the summary.
 *
 * @module
 */
import type { DatagramMeasurement, DatagramMeterOptions } from "./datagram_meter.ts";
import type { MeterOutput } from "./echo_meter.ts";
import { drawStrip } from "./loss_strip.ts";
import type { ProbeEvent } from "./probe_ledger.ts";
import { drawHistogram, figuresLine } from "./report.ts";
import { RoundTrips } from "./round_trips.ts";

/** Runs of up to so many probes get a line for each; so do those that send at most so many a second. */
const FEW = 20;
/** Milliseconds between live lines where there are too many probes for a line each. */
const LIVE_INTERVAL = 1_000;

/** Where the lines go, and which are wanted. */
export interface DatagramOutput extends MeterOutput {
  /** The summary only. */
  quiet: boolean;
}

/** The lines while it runs: one a probe; on a terminal one a second where that would be too many. */
export class ProbeLines {
  readonly #options: Pick<DatagramMeterOptions, "count" | "interval" | "size" | "wait">;
  readonly #output: DatagramOutput;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  readonly #each: boolean;
  #second = new RoundTrips();
  #troubles = 0;
  #seconds = 0;

  /** Starts telling. */
  constructor(options: DatagramMeterOptions, output: DatagramOutput) {
    const { count, interval } = options;
    this.#options = options;
    this.#output = output;
    this.#each = count <= FEW || interval >= 1_000 / FEW;
    if (output.live && !output.json && !output.quiet && !this.#each) {
      this.#timer = setInterval(() => this.#tellSecond(), LIVE_INTERVAL);
    }
  }

  /** Tells of one probe. */
  readonly onEvent = (event: ProbeEvent): void => {
    const { json, live, quiet } = this.#output;
    if (quiet) return;
    if (json) this.#writeJson(event);
    else if (live && this.#each) this.#tellProbe(event);
    else if (event.outcome === "received") this.#second.record(event.milliseconds ?? 0);
    else this.#troubles++;
  };

  #writeJson({ sequence, outcome, milliseconds, reordered }: ProbeEvent): void {
    // A line a probe; duplicates are in the summary.
    if (outcome === "duplicate") return;
    const time = milliseconds === undefined ? {} : { microseconds: microseconds(milliseconds) };
    const line = { event: "probe", sequence, outcome, ...time, ...(reordered && { reordered }) };
    this.#output.result(JSON.stringify(line));
  }

  #tellProbe({ sequence, outcome, milliseconds, reordered }: ProbeEvent): void {
    const { note, target } = this.#output;
    const { size, wait } = this.#options;
    if (milliseconds === undefined) {
      const what = outcome === "lost" ? `no answer within ${wait / 1_000} s` : outcome;
      return note(`seq=${sequence} ${what}`);
    }
    const marks = [
      ...(outcome === "received" ? [] : [outcome]),
      ...(reordered ? ["reordered"] : []),
    ];
    const remark = marks.length > 0 ? ` (${marks.join(", ")})` : "";
    const time = microseconds(milliseconds);
    note(`${size} bytes from ${target}: seq=${sequence} time=${time} us${remark}`);
  }

  #tellSecond(): void {
    const { count, p50, p99, max } = this.#second.figures();
    this.#seconds++;
    this.#output.note(
      `${this.#seconds} s: ${count} received, ${this.#troubles} otherwise, p50 ${p50} us, ` +
        `p99 ${p99} us, max ${max} us`,
    );
    this.#second = new RoundTrips();
    this.#troubles = 0;
  }

  /** No more lines. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Prints the summary, and returns whether any answer came. */
export function printMeasurement(
  measurement: DatagramMeasurement,
  options: DatagramMeterOptions,
  output: DatagramOutput,
): boolean {
  if (output.json) printJson(measurement, options, output);
  else printText(measurement, options, output);
  const { received, late, corrupted, truncated } = measurement.ledger;
  return received + late + corrupted + truncated > 0;
}

function printText(
  { ledger, deviation, elapsed, stranger, sendError }: DatagramMeasurement,
  { size, interval, window, wait }: DatagramMeterOptions,
  { target, result }: DatagramOutput,
): void {
  const { sent, received, lost, late, underWay, unsent } = ledger;
  const { duplicates, reordered, corrupted, truncated, foreign } = ledger;
  const rhythm = interval > 0 ? `one every ${interval / 1_000} s` : `${window} under way at once`;
  const seconds = round(elapsed / 1_000);
  result(`--- ${target}: probes of ${size} bytes, ${rhythm}, in ${seconds} s ---`);
  result(
    `sent ${sent}, received ${received}, lost ${lost} (${percent(lost, sent)} %), ` +
      `late ${late} (after ${wait / 1_000} s)` +
      (underWay > 0 ? `, under way when stopped ${underWay}` : "") +
      (unsent > 0 ? `, not sent ${unsent} (${sendError})` : ""),
  );
  result(
    `duplicates ${duplicates}, reordered ${reordered}, corrupted ${corrupted}, ` +
      `truncated ${truncated}, foreign ${foreign}` +
      (stranger === undefined ? "" : ` (the first from ${stranger})`),
  );
  if (interval === 0) result(`throughput ${perSecond(received, elapsed)} answers/s`);
  const roundTrip = ledger.roundTrips.figures();
  if (roundTrip.count > 0) {
    const jitter = microseconds(ledger.jitter.value);
    const spread = `stddev ${roundTrip.stddev}, jitter ${jitter}`;
    result(`${figuresLine("round trip", roundTrip)}, ${spread}`);
  }
  if (deviation.count > 0) result(figuresLine("schedule deviation", deviation.figures()));
  if (roundTrip.count > 0) {
    for (const line of drawHistogram(ledger.roundTrips.buckets())) result(line);
  }
  for (const line of drawStrip(ledger.ring.records())) result(line);
}

function printJson(
  { ledger, deviation, elapsed, stranger, sendError }: DatagramMeasurement,
  { size, interval, window, wait }: DatagramMeterOptions,
  { target, result }: DatagramOutput,
): void {
  const { sent, received, lost, late, underWay, unsent } = ledger;
  const { duplicates, reordered, corrupted, truncated, foreign } = ledger;
  const rhythm = interval > 0 ? { interval: interval / 1_000 } : { window };
  const seconds = round(elapsed / 1_000);
  const head = { event: "summary", target, size, ...rhythm, wait: wait / 1_000, seconds };
  const outcomes = { sent, received, lost, late, underWay, unsent, corrupted, truncated };
  result(JSON.stringify({
    ...head,
    ...outcomes,
    ...{ duplicates, reordered, foreign, stranger, sendError, lossPercent: percent(lost, sent) },
    answersPerSecond: perSecond(received, elapsed),
    roundTrip: { ...ledger.roundTrips.figures(), jitter: microseconds(ledger.jitter.value) },
    deviation: deviation.count > 0 ? deviation.figures() : undefined,
    buckets: ledger.roundTrips.buckets(),
  }));
}

function perSecond(number: number, milliseconds: number): number {
  return milliseconds === 0 ? 0 : Math.round(1_000 * number / milliseconds);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : round(100 * part / whole);
}

/** Milliseconds as microseconds, to a tenth. */
export function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 10_000) / 10;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
