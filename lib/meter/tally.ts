import { ProbePattern } from "../codec/probe.ts";
import { escapeForDisplay } from "../codec/text.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import { Watchdog } from "../net/watchdog.ts";
import { RoundTrips } from "./round_trips.ts";

/** What to send, for how long, and what to tell of it. */
export interface MeterOptions {
  /** Bytes of a message. */
  size: number;
  /** Messages in all, over all connections; `Infinity` for no end. */
  count: number;
  /** Milliseconds during which messages are sent; `Infinity` for no end. */
  duration: number;
  /** Milliseconds to wait for an answer before a connection counts as broken; 0: for ever. */
  timeout: number;
  /** Aborted to end early: nothing more is sent, and answers under way have a moment to come. */
  signal: AbortSignal;
  /** Called for each answer: its number, and its round trip in milliseconds. */
  onReply?: (sequence: number, milliseconds: number) => void;
  /** Called for each connection that breaks, with the reason in words. */
  onError?: (reason: string) => void;
}

/** How long answers may take once the user has ended the measurement, in milliseconds. */
const LAST_ANSWERS_MS = 1_000;

/** The counts of a measurement over streams, and the checks that they rest on. */
export class Tally {
  /** Messages sent. */
  sent = 0;
  /** Messages that came back whole, right or wrong. */
  received = 0;
  /** Answers of the right length that are not what was sent. */
  corrupted = 0;
  /** Connections that broke. */
  errors = 0;
  /** When sending began, by `performance.now()`. */
  readonly start: number;
  /** Milliseconds from then to the last answer. */
  elapsed = 0;
  /** How long the answers took. */
  readonly roundTrips: RoundTrips = new RoundTrips();
  /** How late messages were sent against their schedule, where there is one. */
  readonly lateness: RoundTrips = new RoundTrips();

  readonly #options: MeterOptions;
  readonly #pattern: ProbePattern;

  /** Starts the clock, with a pattern of its own. */
  constructor(options: MeterOptions) {
    this.#options = options;
    this.#pattern = new ProbePattern(crypto.getRandomValues(new Uint32Array(1))[0]!, options.size);
    // Last, because making the pattern takes milliseconds.
    this.start = performance.now();
  }

  /** Writes message number `sequence` into `message` and counts it as sent. */
  compose(message: Uint8Array, sequence: number): void {
    this.#pattern.fill(message, sequence);
    this.sent++;
  }

  /** Checks and counts the answer to message number `sequence`, whose time runs since `since`. */
  accept(answer: Uint8Array, sequence: number, since: number): void {
    const now = performance.now();
    this.received++;
    this.elapsed = now - this.start;
    this.roundTrips.record(now - since);
    if (!this.#pattern.matches(answer, sequence)) this.corrupted++;
    this.#options.onReply?.(sequence, now - since);
  }

  /**
   * Does one connection's work and closes it. What breaks it is counted and told, and ends nothing else;
   * silence breaks it too, while `isWaiting` says that an answer is due.
   */
  async drive(
    stream: ByteStream,
    work: (watchdog: Watchdog) => Promise<void>,
    isWaiting?: () => boolean,
  ): Promise<void> {
    const { timeout, signal, onError } = this.#options;
    let lastAnswers: ReturnType<typeof setTimeout> | undefined;
    const onAbort = (): void => {
      lastAnswers = setTimeout(() => stream[Symbol.dispose](), LAST_ANSWERS_MS);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    using _closed = stream;
    using watchdog = new Watchdog(timeout, () => stream[Symbol.dispose](), isWaiting);
    try {
      await work(watchdog);
    } catch (error) {
      // A connection that is closed because the user had enough is no error.
      if (signal.aborted) return;
      this.errors++;
      onError?.(watchdog.expired ? `no answer within ${timeout / 1000} s` : describe(error));
    } finally {
      clearTimeout(lastAnswers);
      signal.removeEventListener("abort", onAbort);
    }
  }
}

function describe(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionReset) return "reset by the server";
  if (error instanceof Deno.errors.BrokenPipe) return "closed by the server";
  return escapeForDisplay(error instanceof Error ? error.message : String(error));
}
