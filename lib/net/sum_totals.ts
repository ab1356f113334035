import type { ServeTotals } from "./serve_options.ts";

/** What several listeners or workers of one server did together. */
export function sumTotals(all: readonly ServeTotals[]): ServeTotals {
  const total = { connections: 0, refused: 0, failed: 0, bytesIn: 0, bytesOut: 0 };
  for (const one of all) {
    for (const key of Object.keys(total) as (keyof ServeTotals)[]) total[key] += one[key];
  }
  return total;
}
