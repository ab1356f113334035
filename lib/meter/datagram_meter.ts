import { DatagramProbe } from "../codec/datagram_probe.ts";
import { escapeForDisplay } from "../codec/text.ts";
import { formatAddress } from "../net/address.ts";
import { type DatagramSocket, sameEndpoint } from "../net/datagram.ts";
import { receiveDatagrams } from "../net/receive_datagrams.ts";
import { Pace } from "./pace.ts";
import { type ProbeEvent, ProbeLedger } from "./probe_ledger.ts";
import { RoundTrips } from "./round_trips.ts";

/** How long answers may take at the most once the user has ended the measurement, in milliseconds. */
const LAST_ANSWERS_MS = 1_000;
/** Duplicates of the last answers may follow for three times the longest round trip, and for this at least. */
const LAST_DUPLICATES_MS = 20;
/** How often a full window looks for probes that are overdue, and for the end, in milliseconds at the most. */
const MAX_TICK_MS = 50;

/** What to send, and what to tell of it. */
export interface DatagramMeterOptions {
  /** Bytes of a probe. */
  size: number;
  /** Probes in all; `Infinity` for no end. */
  count: number;
  /** Milliseconds from probe to probe, by the clock; 0: as fast as answers come. */
  interval: number;
  /** Probes that may be under way at once, where the interval is 0. */
  window: number;
  /** Milliseconds after which an answer is late. */
  wait: number;
  /** Aborted to end early: nothing more is sent, and answers under way have a moment to come. */
  signal: AbortSignal;
  /** Called for each probe once, when its outcome is known, and for each duplicate. */
  onEvent?: (event: ProbeEvent) => void;
}

/** What came of a measurement. */
export interface DatagramMeasurement {
  /** The counts, and how long answers took. */
  readonly ledger: ProbeLedger;
  /** How late probes were sent against their schedule: hiccups of this machine, not of the network. */
  readonly deviation: RoundTrips;
  /** Milliseconds from the first probe to the last answer, or the last probe if that was later. */
  elapsed: number;
  /** Who else sent something to this socket, the first one. */
  stranger?: string;
  /** Why probes could not be sent, the last reason. */
  sendError?: string;
}

/**
 * Sends probes and keeps the books of what comes back. Probe `i` is due at `start + i * interval`, whatever
 * came of the others; one that is overdue, because this machine was busy, is sent at once, but never two in
 * one turn of the event loop. The socket is closed in the end.
 *
 * @throws Whatever sending the first probe throws; later failures are counted.
 */
export async function meterDatagrams(
  socket: DatagramSocket,
  target: Deno.NetAddr,
  options: DatagramMeterOptions,
): Promise<DatagramMeasurement> {
  const run = new MeterRun(socket, target, options);
  const end = new AbortController();
  run.start();
  const receiving = receiveDatagrams(socket, run.receive, { signal: end.signal });
  try {
    await (options.interval > 0 ? run.sendByClock() : run.sendByWindow());
    await run.lastAnswers();
  } finally {
    end.abort();
    await receiving;
  }
  return run.result;
}

class MeterRun {
  readonly result: DatagramMeasurement;
  readonly #probe: DatagramProbe;
  #start = 0;
  #lastSend = 0;
  #wake = (): void => {};

  constructor(
    readonly socket: DatagramSocket,
    readonly target: Deno.NetAddr,
    readonly options: DatagramMeterOptions,
  ) {
    const { size, count, wait, onEvent } = options;
    const ledger = new ProbeLedger({ count, wait, onEvent });
    this.result = { ledger, deviation: new RoundTrips(), elapsed: 0 };
    this.#probe = new DatagramProbe({ run: crypto.getRandomValues(new Uint32Array(1))[0]!, size });
  }

  /** Sets the clock to zero. */
  start(): void {
    this.#start = performance.now();
  }

  /** Takes what the socket received. */
  readonly receive = (datagram: Uint8Array, from: Deno.NetAddr): void => {
    const now = this.#now();
    const { ledger } = this.result;
    if (sameEndpoint(from, this.target)) {
      ledger.answer(this.#probe.examine(datagram), now);
      this.result.elapsed = now;
    } else {
      ledger.strayed();
      this.result.stranger ??= formatAddress(from);
    }
    this.#wake();
  };

  async sendByClock(): Promise<void> {
    const { count, interval, signal } = this.options;
    const pace = new Pace(1_000 / interval, this.#start);
    for (let sequence = 0; sequence < count; sequence++) {
      await pace.wait(sequence, signal);
      if (signal.aborted) return;
      this.result.deviation.record(performance.now() - pace.due(sequence));
      await this.#send();
      // After a hiccup several are due at once: what has come meanwhile is let in between them.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async sendByWindow(): Promise<void> {
    const { count, window, wait, signal } = this.options;
    const { ledger } = this.result;
    const timer = setInterval(() => this.#wake(), Math.min(Math.max(wait / 8, 1), MAX_TICK_MS));
    try {
      for (let sequence = 0; sequence < count; sequence++) {
        while (ledger.underWay >= window && !signal.aborted) {
          await new Promise<void>((resolve) => this.#wake = resolve);
          ledger.expire(this.#now());
        }
        if (signal.aborted) return;
        await this.#send();
      }
    } finally {
      clearInterval(timer);
    }
  }

  /** Waits for what is under way, and then a moment for duplicates, and closes the books. */
  async lastAnswers(): Promise<void> {
    const { wait, signal } = this.options;
    const { ledger } = this.result;
    if (ledger.sent === 0) return;
    let deadline = this.#lastSend + wait;
    const hurry = (): void => {
      deadline = Math.min(deadline, this.#now() + LAST_ANSWERS_MS);
      this.#wake();
    };
    if (signal.aborted) hurry();
    else signal.addEventListener("abort", hurry, { once: true });
    while (ledger.underWay > 0 && this.#now() <= deadline) await this.#pause(deadline);
    const duplicates = Math.max(3 * ledger.roundTrips.figures().max / 1_000, LAST_DUPLICATES_MS);
    deadline = Math.min(deadline, this.#now() + duplicates);
    while (this.#now() <= deadline) await this.#pause(deadline);
    signal.removeEventListener("abort", hurry);
    ledger.finish(signal.aborted ? this.#now() : undefined);
  }

  async #send(): Promise<void> {
    const { ledger } = this.result;
    const now = this.#now();
    const sequence = ledger.send(now);
    try {
      await this.socket.send(this.#probe.compose(sequence, now), this.target);
      this.#lastSend = now;
      this.result.elapsed = now;
    } catch (error) {
      ledger.sendFailed(sequence);
      // What fails at once would go on failing: too large, not permitted, no way there.
      if (ledger.sent === 0) throw error;
      this.result.sendError = escapeForDisplay(
        error instanceof Error ? error.message : String(error),
      );
    }
    ledger.expire(now);
  }

  /** Until the deadline or the next answer, whichever is first. */
  async #pause(deadline: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, deadline - this.#now() + 1);
    await promise;
    clearTimeout(timer);
  }

  /** Milliseconds since the start. */
  #now(): number {
    return performance.now() - this.#start;
  }
}
