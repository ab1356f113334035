/** A range of times, in microseconds, and how many fell into it. */
export interface Bucket {
  /** Included. */
  from: number;
  /** Not included. */
  to: number;
  /** How many times. */
  count: number;
}

/** Steps of a decade: 1, 2, 5, 10, 20, 50 … are easy to read and even enough on a logarithmic scale. */
const STEPS = [1, 2, 5] as const;
/** The last bucket starts at 5 × 10⁸ µs, more than eight minutes, and takes what is longer. */
const BUCKETS = 28;

/** Counts times in buckets of 1-2-5 steps: a histogram that fits on a screen, whatever the range. */
export class LogBuckets {
  readonly #counts = new Array<number>(BUCKETS).fill(0);

  /** Counts one time in microseconds. */
  add(microseconds: number): void {
    let index = 0;
    while (index + 1 < BUCKETS && microseconds >= edge(index + 1)) index++;
    this.#counts[index]!++;
  }

  /** The buckets from the first to the last that is not empty, the empty ones between them included. */
  list(): Bucket[] {
    const first = this.#counts.findIndex((count) => count > 0);
    const last = this.#counts.findLastIndex((count) => count > 0);
    if (first === -1) return [];
    return this.#counts.slice(first, last + 1).map((count, i) => {
      return { from: edge(first + i), to: edge(first + i + 1), count };
    });
  }
}

/** Lower end of a bucket; the first one starts at nothing. */
function edge(index: number): number {
  return index === 0 ? 0 : STEPS[(index - 1) % 3]! * 10 ** Math.floor((index - 1) / 3);
}
