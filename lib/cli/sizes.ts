/**
 * Numbers of bytes for people: read from the command line, and shown.
 *
 * @module
 */

const BINARY = ["KiB", "MiB", "GiB", "TiB"];
const DECIMAL = ["kB", "MB", "GB", "TB"];
const SIZE = /^(\d+\.?\d*|\.\d+)\s?(?:([kmgt])(i?)b|b)?$/i;

/**
 * Reads a size such as `4096`, `64KiB`, `1.5MB` or `2GiB`; letters may have either case. `undefined` if
 * it is none, or beyond what a number counts exactly.
 */
export function parseSize(text: string): number | undefined {
  const [, digits, prefix, binary] = SIZE.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const power = prefix === undefined ? 0 : "kmgt".indexOf(prefix.toLowerCase()) + 1;
  const bytes = Number(digits) * (binary ? 1024 : 1000) ** power;
  return Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : undefined;
}

/** A size of ours, to be read back: `256GiB`, `4096`. */
export function sizeText(bytes: number): string {
  for (let power = BINARY.length; power > 0; power--) {
    const unit = 1024 ** power;
    if (bytes >= unit && bytes % unit === 0) return `${bytes / unit}${BINARY[power - 1]}`;
  }
  return String(bytes);
}

/** Bytes as a person reads them, with three digits or so: `999 B`, `1.5 MB`. */
export function showBytes(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const next of DECIMAL) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${unit === "B" || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}
