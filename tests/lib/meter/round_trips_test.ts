import { assert, assertEquals } from "@std/assert";
import { RoundTrips, type TimeFigures } from "../../../lib/meter/round_trips.ts";
import { Random, testSeed } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

/** The bounds of each figure, from all the times, sorted: exact, but for the histogram's own precision. */
function model(microseconds: readonly number[]): Record<keyof TimeFigures, [number, number]> {
  const sorted = microseconds.toSorted((a, b) => a - b);
  const count = sorted.length;
  const mean = sorted.reduce((sum, time) => sum + time, 0) / count;
  const variance = sorted.reduce((sum, time) => sum + (time - mean) ** 2, 0) / count;
  // Half a tenth of a microsecond is from rounding.
  const around = (low: number, high: number, part: number): [number, number] => [
    low * (1 - part) - 0.06,
    high * (1 + part) + 0.06,
  ];
  const at = (percent: number): [number, number] => {
    // Where a percentile falls between two times, within the precision of a number, either will do.
    const rank = (nudge: number): number => Math.max(Math.ceil(count * percent / 100 + nudge), 1);
    // Three digits of the histogram, and as many that are shown: half of one in a hundred.
    return around(sorted[rank(-1e-6) - 1]!, sorted[Math.min(rank(1e-6), count) - 1]!, 0.006);
  };
  const stddev = Math.sqrt(variance);
  // Where each time may be off by a thousandth of itself, no deviation is off by more than their quadratic mean.
  const off = 0.001 * Math.sqrt(mean ** 2 + variance) + 0.06;
  return {
    count: [count, count],
    min: [sorted[0]! - 0.051, sorted[0]! + 0.051],
    mean: around(mean, mean, 0.001),
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: [sorted[count - 1]! - 0.051, sorted[count - 1]! + 0.051],
    stddev: [stddev - off, stddev + off],
  };
}

/** Times as networks have them: most alike, a few of them a hundred times longer. */
function randomTimes(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => {
    const share = random.uint32() / 2 ** 32;
    return 10 + 100 * share + (random.integer(1, 50) === 1 ? 20_000 * share : 0);
  });
}

Deno.test("RoundTrips gives the figures of a sorted list", PURE, () => {
  const random = new Random(testSeed());
  for (const count of [1, 2, 3, 10, 99, 100, 101, 1_000, 20_000]) {
    const times = randomTimes(random, count);
    const trips = new RoundTrips();
    for (const time of times) trips.record(time / 1_000);
    assertEquals(trips.count, count);
    const figures = trips.figures();
    for (const [name, [low, high]] of Object.entries(model(times))) {
      const figure = figures[name as keyof TimeFigures];
      const label = `${name} of ${count} times of seed ${random.seed}: ${figure}`;
      assert(figure >= low && figure <= high, `${label}, expected ${low} to ${high}`);
    }
  }
});

Deno.test("RoundTrips never reports a percentile beyond minimum and maximum", PURE, () => {
  const random = new Random(testSeed());
  for (let round = 0; round < 100; round++) {
    const trips = new RoundTrips();
    for (const time of randomTimes(random, random.integer(1, 20))) trips.record(time / 1_000);
    const { min, p50, p90, p99, p999, max } = trips.figures();
    const rising = [min, p50, p90, p99, p999, max];
    assertEquals(rising.toSorted((a, b) => a - b), rising, `round ${round}, seed ${random.seed}`);
  }
});

Deno.test("RoundTrips shows no digits of a percentile that it does not know", PURE, () => {
  const trips = new RoundTrips();
  for (const milliseconds of [1.0001, 7.8993, 7.9012, 99.999_9]) trips.record(milliseconds);
  const { min, p50, p90, max } = trips.figures();
  assertEquals([min, p50, p90, max], [1_000.1, 7_900, 99_999.9, 99_999.9]);
});

Deno.test("RoundTrips without a time is all zero", PURE, () => {
  const zeros = { count: 0, min: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0, stddev: 0 };
  const trips = new RoundTrips();
  assertEquals(trips.figures(), zeros);
  assertEquals(trips.buckets(), []);
});

Deno.test("RoundTrips takes times from nothing to an hour", PURE, () => {
  const trips = new RoundTrips();
  // A clock that is set back may say less than nothing.
  for (const milliseconds of [0, -1, 0.000_01, 3_600_000]) trips.record(milliseconds);
  const { count, min, max } = trips.figures();
  assertEquals({ count, min, max }, { count: 4, min: 0, max: 3.6e9 });
  const buckets = trips.buckets();
  assertEquals(buckets.at(0), { from: 0, to: 1, count: 3 });
  assertEquals(buckets.at(-1)?.count, 1);
  assert(buckets.at(-1)!.from >= 5e8);
});
