/**
 * A measurement in words: the lines that people know from ping, and a histogram drawn with characters.
 *
 * @module
 */
import type { Bucket } from "./log_buckets.ts";
import type { TimeFigures } from "./round_trips.ts";

/** Columns of the longest bar. */
const BAR_WIDTH = 40;
/** Parts of a column, so that short bars still differ. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** The line of percentiles, in microseconds. */
export function figuresLine(name: string, figures: TimeFigures): string {
  const { min, mean, p50, p90, p99, p999, max } = figures;
  return `${name} in us: min ${min}, mean ${mean}, p50 ${p50}, p90 ${p90}, p99 ${p99}, ` +
    `p99.9 ${p999}, max ${max}`;
}

/** One line a bucket: its range, a bar as long as its share, its count and percentage. */
export function drawHistogram(buckets: readonly Bucket[]): string[] {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...buckets.map(({ count }) => count));
  const ranges = buckets.map(({ from, to }) => `${brief(from)} - ${brief(to)}`);
  const rangeWidth = Math.max(...ranges.map((range) => range.length));
  const countWidth = String(most).length;
  return buckets.map(({ count }, i) => {
    const percent = (100 * count / total).toFixed(1).padStart(5);
    const range = ranges[i]!.padStart(rangeWidth);
    return `  ${range}  ${bar(count / most)}  ${String(count).padStart(countWidth)} ${percent} %`;
  });
}

function bar(share: number): string {
  // Something is always shown as something.
  const eighths = share === 0 ? 0 : Math.max(Math.round(share * BAR_WIDTH * 8), 1);
  const text = "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7];
  return text.padEnd(BAR_WIDTH);
}

/** A time in microseconds with a unit that keeps it short: `500 us`, `2 ms`, `5 s`. */
function brief(microseconds: number): string {
  if (microseconds >= 1_000_000) return `${microseconds / 1_000_000} s`;
  if (microseconds >= 1_000) return `${microseconds / 1_000} ms`;
  return `${microseconds} us`;
}
