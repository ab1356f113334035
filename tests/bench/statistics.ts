/** The middle and the spread of what several rounds gave. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Median and spread of some values; the median of an even number is the mean of the middle two.
 *
 * @throws {RangeError} If there are none.
 */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined) {
    throw new RangeError("Cannot take the median of nothing");
  }
  return { median: (lower + upper) / 2, min: sorted[0]!, max: sorted.at(-1)! };
}

/** A number for people: its first three digits, thousands apart. */
export function readable(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
