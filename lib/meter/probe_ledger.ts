import type { Examination } from "../codec/datagram_probe.ts";
import { Jitter } from "./jitter.ts";
import { type Outcome, ProbeRing } from "./probe_ring.ts";
import { Reordering } from "./reordering.ts";
import { RoundTrips } from "./round_trips.ts";

/** What happened to a probe. */
export interface ProbeEvent {
  /** Its number, from 0. */
  sequence: number;
  /** What became of it, or `duplicate`: it came back once more. */
  outcome: Outcome | "duplicate";
  /** From sending to coming back; `undefined` for one that did not. */
  milliseconds?: number;
  /** Came back in time, but after one that was sent later. */
  reordered: boolean;
}

/** How to keep the books. */
export interface LedgerOptions {
  /** Probes to come, `Infinity` if nobody knows. */
  count: number;
  /** Milliseconds after which an answer is late. */
  wait: number;
  /** Called for each probe once, when its outcome is known, and for each duplicate. */
  onEvent?: ((event: ProbeEvent) => void) | undefined;
}

/**
 * Keeps the books of a datagram measurement. Each probe has one outcome, that of the first answer to it,
 * and each answer is counted once, so both sums come out even however many duplicates there are:
 *
 * ```text
 * sent    = received + late + corrupted + truncated + lost + underWay
 * answers = received + late + corrupted + truncated + duplicates + foreign
 * ```
 *
 * An answer that is damaged beyond telling which probe it answers is set off in the end against one that
 * has no answer. The clock is the caller's.
 */
export class ProbeLedger {
  /** Probes handed to the network. */
  sent = 0;
  /** Probes that the system refused to send. */
  unsent = 0;
  /** Probes that came back whole and in time. */
  received = 0;
  /** Probes that came back whole, but too late. */
  late = 0;
  /** Probes that came back with other bytes. */
  corrupted = 0;
  /** Probes of which a part came back. */
  truncated = 0;
  /** Probes that never came back; known in the end. */
  lost = 0;
  /** Answers to probes that were answered before. */
  duplicates = 0;
  /** Received probes that came back after one that was sent later (RFC 4737). */
  reordered = 0;
  /** Datagrams that are no answer to this run. */
  foreign = 0;
  /** Probes without an answer that may still come in time. */
  underWay = 0;
  /** How long the received probes took. */
  readonly roundTrips: RoundTrips = new RoundTrips();
  /** How much that varies, in milliseconds (RFC 3550). */
  readonly jitter: Jitter = new Jitter();
  /** What became of each probe. */
  readonly ring: ProbeRing;

  readonly #wait: number;
  readonly #onEvent: (event: ProbeEvent) => void;
  readonly #order = new Reordering();
  readonly #unreadable = { corrupted: 0, truncated: 0 };
  /** No probe before this one is pending. */
  #oldest = 0;

  /** Opens the books. */
  constructor({ count, wait, onEvent = () => {} }: LedgerOptions) {
    this.ring = new ProbeRing(count);
    this.#wait = wait;
    this.#onEvent = onEvent;
  }

  /** Enters a probe that is about to be sent, and returns its number. */
  send(now: number): number {
    const forgotten = this.ring.end - this.ring.size;
    if (forgotten >= 0 && this.#isOpen(forgotten)) this.#close(forgotten, "lost");
    this.sent++;
    this.underWay++;
    return this.ring.add(now);
  }

  /** Takes back a probe that could not be sent. */
  sendFailed(sequence: number): void {
    this.sent--;
    this.#close(sequence, "unsent");
  }

  /** Enters a datagram that is no answer at all: it came from another host or port. */
  strayed(): void {
    this.foreign++;
  }

  /** Enters an answer. */
  answer(examination: Examination, now: number): void {
    const { kind } = examination;
    if (kind === "foreign") return this.strayed();
    if (examination.sequence === undefined) {
      this.#unreadable[kind === "truncated" ? kind : "corrupted"]++;
      return;
    }
    const sequence = this.#wholeNumber(examination.sequence);
    if (sequence < 0) return this.strayed();
    // What is forgotten has an outcome already.
    if (sequence < this.ring.start) return this.#duplicate(sequence);
    const sentAt = this.ring.sentAt(sequence);
    const milliseconds = now - sentAt;
    if (!this.#isOpen(sequence)) {
      if (this.ring.outcome(sequence) === "unsent") return this.strayed();
      this.ring.markDuplicated(sequence);
      return this.#duplicate(sequence, milliseconds);
    }
    if (kind === "truncated") return this.#close(sequence, kind, milliseconds);
    const isIntact = kind === "intact" && examination.sentAt === sentAt;
    if (!isIntact) return this.#close(sequence, "corrupted", milliseconds);
    this.#close(sequence, milliseconds > this.#wait ? "late" : "received", milliseconds);
  }

  /** Notes which probes are under way no longer, because their answers would be late by now. */
  expire(now: number): void {
    this.#oldest = Math.max(this.#oldest, this.ring.start);
    for (; this.#oldest < this.ring.end; this.#oldest++) {
      if (this.ring.outcome(this.#oldest) !== "pending") continue;
      if (now - this.ring.sentAt(this.#oldest) <= this.#wait) return;
      this.underWay--;
      this.ring.settle(this.#oldest, "overdue");
    }
  }

  /**
   * Closes the books: what has no answer is lost.
   *
   * @param now If the run was cut short, what is not overdue yet stays under way. Left out, nothing is.
   */
  finish(now: number = Infinity): void {
    this.expire(now);
    const { ring } = this;
    for (let sequence = ring.start; sequence < ring.end; sequence++) {
      if (!this.#isOpen(sequence)) continue;
      if (this.#unreadable.corrupted > 0) {
        this.#unreadable.corrupted--;
        this.#close(sequence, "corrupted");
      } else if (this.#unreadable.truncated > 0) {
        this.#unreadable.truncated--;
        this.#close(sequence, "truncated");
      } else if (ring.outcome(sequence) === "overdue") {
        this.#close(sequence, "lost");
      }
    }
    this.duplicates += this.#unreadable.corrupted + this.#unreadable.truncated;
    this.#unreadable.corrupted = this.#unreadable.truncated = 0;
  }

  /** The number without end that these 32 bits are the low part of: the last one that was sent. */
  #wholeNumber(low: number): number {
    const last = this.ring.end - 1;
    return last - ((last - low) >>> 0);
  }

  #isOpen(sequence: number): boolean {
    const outcome = this.ring.outcome(sequence);
    return outcome === "pending" || outcome === "overdue";
  }

  #close(
    sequence: number,
    outcome: Exclude<Outcome, "pending" | "overdue">,
    milliseconds?: number,
  ): void {
    if (this.ring.outcome(sequence) === "pending") this.underWay--;
    this[outcome]++;
    let reordered = false;
    if (outcome === "received" && milliseconds !== undefined) {
      this.roundTrips.record(milliseconds);
      this.jitter.add(milliseconds);
      reordered = this.#order.isReordered(sequence);
      if (reordered) this.reordered++;
    }
    this.ring.settle(sequence, outcome, reordered);
    const time = milliseconds === undefined ? {} : { milliseconds };
    this.#onEvent({ sequence, outcome, reordered, ...time });
  }

  #duplicate(sequence: number, milliseconds?: number): void {
    this.duplicates++;
    const time = milliseconds === undefined ? {} : { milliseconds };
    this.#onEvent({ sequence, outcome: "duplicate", reordered: false, ...time });
  }
}
