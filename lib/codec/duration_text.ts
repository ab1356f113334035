const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/**
 * A span of time in whole seconds, in its largest unit and the next smaller one; what is less is left out.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { durationText } from "./duration_text.ts";
 *
 * assertEquals(durationText(243), "4 min 3 s");
 * assertEquals(durationText(7_210), "2 h");
 * ```
 */
export function durationText(seconds: number): string {
  const largest = UNITS.findIndex(([size]) => seconds >= size);
  if (largest < 0) return "0 s";
  let rest = Math.floor(seconds);
  const parts: string[] = [];
  for (const [size, name] of UNITS.slice(largest, largest + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(" ");
}
