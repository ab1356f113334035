import { assertEquals } from "@std/assert";
import { drawHistogram, figuresLine } from "../../../lib/meter/report.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("figuresLine names every figure with its unit", PURE, () => {
  const figures = {
    count: 9,
    min: 1,
    mean: 2.5,
    p50: 3,
    p90: 4,
    p99: 5,
    p999: 6,
    max: 7.1,
    stddev: 8,
  };
  assertEquals(
    figuresLine("round trip", figures),
    "round trip in us: min 1, mean 2.5, p50 3, p90 4, p99 5, p99.9 6, max 7.1",
  );
});

Deno.test("drawHistogram draws bars in proportion, with eighths of a column", PURE, () => {
  const lines = drawHistogram([
    { from: 500, to: 1_000, count: 80 },
    { from: 1_000, to: 2_000, count: 320 },
    { from: 2_000, to: 5_000, count: 0 },
    { from: 5_000, to: 10_000, count: 1 },
    { from: 10_000, to: 20_000, count: 3 },
  ]);
  const bar = (text: string): string => text.padEnd(40);
  assertEquals(lines, [
    `  500 us - 1 ms  ${bar("█".repeat(10))}   80  19.8 %`,
    `    1 ms - 2 ms  ${bar("█".repeat(40))}  320  79.2 %`,
    `    2 ms - 5 ms  ${bar("")}    0   0.0 %`,
    `   5 ms - 10 ms  ${bar("▏")}    1   0.2 %`,
    `  10 ms - 20 ms  ${bar("▍")}    3   0.7 %`,
  ]);
});

Deno.test("drawHistogram gives times the unit that keeps them short", PURE, () => {
  const ranges = [[0, 1], [500, 1_000], [500_000, 1_000_000], [5e8, 1e9]] as const;
  const lines = drawHistogram(ranges.map(([from, to]) => ({ from, to, count: 1 })));
  assertEquals(lines.map((line) => line.slice(0, 17).trim()), [
    "0 us - 1 us",
    "500 us - 1 ms",
    "500 ms - 1 s",
    "500 s - 1000 s",
  ]);
});

Deno.test("drawHistogram of nothing is nothing", PURE, () => {
  assertEquals(drawHistogram([]), []);
});

Deno.test("drawHistogram shows the rarest as something, and a single bucket in full", PURE, () => {
  const [rare, common] = drawHistogram([
    { from: 1, to: 2, count: 1 },
    { from: 2, to: 5, count: 1_000_000 },
  ]);
  assertEquals(rare, `  1 us - 2 us  ${"▏".padEnd(40)}        1   0.0 %`);
  assertEquals(common, `  2 us - 5 us  ${"█".repeat(40)}  1000000 100.0 %`);
});
