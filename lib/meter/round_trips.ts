import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { type Bucket, LogBuckets } from "./log_buckets.ts";

/** The figures of a set of times, in microseconds. */
export interface TimeFigures {
  /** How many times there are. */
  count: number;
  /** The shortest. */
  min: number;
  /** The arithmetic mean. */
  mean: number;
  /** The median: half of the times are at most this. */
  p50: number;
  /** 90 % of the times are at most this. */
  p90: number;
  /** 99 % of the times are at most this. */
  p99: number;
  /** 99.9 % of the times are at most this. */
  p999: number;
  /** The longest. */
  max: number;
  /** The standard deviation. */
  stddev: number;
}

/** Nanoseconds in a microsecond: what is recorded against what is reported. */
const NS = 1_000;

/** Significant digits of percentiles: more would be the bounds of the histogram's buckets, and no times. */
const DIGITS = 3;

/**
 * Collects times and sums them up: percentiles from an HDR histogram (three significant digits, whatever
 * the range), so that a measurement of any length takes the same memory.
 */
export class RoundTrips {
  readonly #histogram: RecordableHistogram = createHistogram({ figures: DIGITS });
  readonly #buckets = new LogBuckets();
  #min = Infinity;
  #max = 0;

  /** Records one time, in milliseconds as `performance.now()` counts them. */
  record(milliseconds: number): void {
    const microseconds = Math.max(milliseconds * 1_000, 0);
    this.#histogram.record(Math.max(Math.round(microseconds * NS), 1));
    this.#buckets.add(microseconds);
    if (microseconds < this.#min) this.#min = microseconds;
    if (microseconds > this.#max) this.#max = microseconds;
  }

  /** How many times were recorded. */
  get count(): number {
    return this.#histogram.count;
  }

  /** The sum-up so far; all zero if there is nothing. Minimum and maximum are exact. */
  figures(): TimeFigures {
    const h = this.#histogram;
    if (h.count === 0) {
      return { count: 0, min: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0, stddev: 0 };
    }
    // A bucket of the histogram can reach past the largest time that is in it, and so can rounding.
    const at = (percent: number): number => {
      const time = Number((h.percentile(percent) / NS).toPrecision(DIGITS));
      return round(Math.min(Math.max(time, this.#min), this.#max));
    };
    return {
      count: h.count,
      min: round(this.#min),
      mean: round(h.mean / NS),
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: round(this.#max),
      stddev: round(h.stddev / NS),
    };
  }

  /** How the times are spread, for drawing. */
  buckets(): Bucket[] {
    return this.#buckets.list();
  }
}

/** A tenth of a microsecond is as fine as these clocks deserve. */
function round(microseconds: number): number {
  return Math.round(microseconds * 10) / 10;
}
