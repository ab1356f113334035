/** What became of a probe. */
export type Outcome =
  /** Sent, and nothing came back yet. */
  | "pending"
  /** The same, but it is longer ago than answers may take. */
  | "overdue"
  /** Came back in time, every byte of it. */
  | "received"
  /** Came back whole, but too late. */
  | "late"
  /** Came back with other bytes. */
  | "corrupted"
  /** Came back as a part. */
  | "truncated"
  /** Never came back. */
  | "lost"
  /** Could not be sent. */
  | "unsent";

const OUTCOMES: readonly Outcome[] = [
  "pending",
  "overdue",
  "received",
  "late",
  "corrupted",
  "truncated",
  "lost",
  "unsent",
];
const OUTCOME_BITS = 0x0f;
const DUPLICATED = 0x10;
const REORDERED = 0x20;

/** The most probes that are remembered: nine bytes each, and at 1,000 a second 17 minutes of them. */
export const MAX_REMEMBERED = 2 ** 20;

/** One probe as it is remembered. */
export interface ProbeRecord {
  /** Its number, from 0. */
  sequence: number;
  /** What became of it. */
  outcome: Outcome;
  /** Came back more than once. */
  duplicated: boolean;
  /** Came back after one that was sent later. */
  reordered: boolean;
}

/** Remembers the last probes of a run, in memory that does not grow. */
export class ProbeRing {
  readonly #mask: number;
  readonly #states: Uint8Array;
  readonly #times: Float64Array;
  #end = 0;

  /**
   * Makes room.
   *
   * @param count How many probes there will be, `Infinity` if nobody knows.
   */
  constructor(count: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.min(Math.max(count, 1), MAX_REMEMBERED)));
    this.#mask = size - 1;
    this.#states = new Uint8Array(size);
    this.#times = new Float64Array(size);
  }

  /** How many probes fit in. */
  get size(): number {
    return this.#states.length;
  }

  /** The number of the next probe. */
  get end(): number {
    return this.#end;
  }

  /** The number of the first probe that is remembered. */
  get start(): number {
    return Math.max(this.#end - this.size, 0);
  }

  /** Adds a pending probe, sent at this time, over the oldest one if all is full. Returns its number. */
  add(sentAt: number): number {
    const at = this.#end & this.#mask;
    this.#states[at] = OUTCOMES.indexOf("pending");
    this.#times[at] = sentAt;
    return this.#end++;
  }

  /** What became of a remembered probe. */
  outcome(sequence: number): Outcome {
    return OUTCOMES[this.#states[sequence & this.#mask]! & OUTCOME_BITS]!;
  }

  /** When a remembered probe was sent. */
  sentAt(sequence: number): number {
    return this.#times[sequence & this.#mask]!;
  }

  /** Says what became of a remembered probe. */
  settle(sequence: number, outcome: Outcome, reordered = false): void {
    this.#states[sequence & this.#mask] = OUTCOMES.indexOf(outcome) | (reordered ? REORDERED : 0);
  }

  /** Notes that a remembered probe came back more than once. */
  markDuplicated(sequence: number): void {
    this.#states[sequence & this.#mask]! |= DUPLICATED;
  }

  /** The remembered probes, in order. */
  *records(): Generator<ProbeRecord> {
    for (let sequence = this.start; sequence < this.#end; sequence++) {
      const state = this.#states[sequence & this.#mask]!;
      yield {
        sequence,
        outcome: OUTCOMES[state & OUTCOME_BITS]!,
        duplicated: (state & DUPLICATED) !== 0,
        reordered: (state & REORDERED) !== 0,
      };
    }
  }
}
