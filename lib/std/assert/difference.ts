import { sameValue } from "./collections.ts";
import { type DiffLine, diffLines } from "./line_diff.ts";

/** Lines of the finished text; a failure that needs more is read in a debugger. */
const MAX_SHOWN_LINES = 200;
/** UTF-16 units of one shown line; past it the index of the first difference says more. */
const MAX_LINE_LENGTH = 2_000;
/** Unchanged lines kept on each side of a change, as `diff -u` does. */
const CONTEXT_LINES = 3;

const MARKS = { left: "- ", right: "+ ", both: "  " } as const;

/**
 * Explains how two unequal values differ, line by line: `-` marks what only `actual` has, `+` what only
 * `expected` has. Properties are sorted first, because their order does not count.
 */
export function difference(actual: unknown, expected: unknown): string {
  const areTexts = typeof actual === "string" && typeof expected === "string";
  const left = areTexts ? textLines(actual) : inspected(actual).split("\n");
  const right = areTexts ? textLines(expected) : inspected(expected).split("\n");
  const body = shorten(diffLines(left, right));
  return ["- actual   + expected", "", ...body, ...firstDifference(actual, expected)].join("\n");
}

/** Shows any value in full, one property a line, in an order that does not depend on insertion. */
export function inspected(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    compact: false,
    trailingComma: true,
    iterableLimit: 10_000,
    strAbbreviateSize: Infinity,
  });
}

/** Each line quoted with its ending, so that CR, tabs and trailing blanks can be seen. */
function textLines(text: string): string[] {
  return text.split(/(?<=\n)/).map((line) => JSON.stringify(line));
}

/** In bytes and long texts the index says more than a thousand unchanged lines. */
function firstDifference(left: unknown, right: unknown): string[] {
  if (!isSequence(left) || !isSequence(right)) return [];
  let index = 0;
  while (index < left.length && sameValue(left[index], right[index])) index++;
  return ["", `First difference at index ${index}, lengths ${left.length} and ${right.length}`];
}

function isSequence(value: unknown): value is ArrayLike<unknown> {
  return typeof value === "string" || (ArrayBuffer.isView(value) && "length" in value);
}

/** Leaves out unchanged stretches far from any change, and what is past the limits. */
function shorten(lines: readonly DiffLine[]): string[] {
  const isNear = new Uint8Array(lines.length);
  lines.forEach(({ side }, index) => {
    if (side === "both") return;
    isNear.fill(1, Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1);
  });
  const shown: string[] = [];
  for (const [index, { side, text }] of lines.entries()) {
    if (shown.length === MAX_SHOWN_LINES) return [...shown, "  … (cut)"];
    const line = text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)}…` : text;
    if (isNear[index]) shown.push(MARKS[side] + line);
    else if (index === 0 || isNear[index - 1]) shown.push("  …");
  }
  return shown;
}
