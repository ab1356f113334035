import { UsageError } from "./exit.ts";
import type { Flag, NumberFlag, SizeFlag, SwitchFlag } from "./flags.ts";
import { parseSize } from "./sizes.ts";

/**
 * What a flag's text means: a number in range, a size, one of its words, or the text as it is.
 *
 * @param given `undefined` where the flag is not on the line: it has its default then.
 * @throws {UsageError} If the text is not what the flag takes.
 */
export function flagValue(name: string, flag: Exclude<Flag, SwitchFlag>, given: unknown): unknown {
  if (given === undefined) return flag.default;
  const text = String(given);
  if (text === "") throw missingValue(name, flag);
  switch (flag.kind) {
    case "text":
      if (flag.shape === undefined || flag.shape.pattern.test(text)) return text;
      throw new UsageError(`Option --${name} got "${text}": expected ${flag.shape.words}`);
    case "choice":
      if (flag.choices.includes(text)) return text;
      throw new UsageError(`Option --${name} got "${text}": expected ${flag.choices.join(" or ")}`);
    case "size":
      return size(name, flag, text);
    default:
      return number(name, flag, text);
  }
}

function number(name: string, flag: NumberFlag, text: string): number {
  const range = flag.max === Infinity || flag.max === Number.MAX_SAFE_INTEGER
    ? `of at least ${flag.min}`
    : `from ${flag.min} to ${flag.max}`;
  const what = flag.kind === "integer" ? "a whole number" : "a number";
  const shape = flag.kind === "integer" ? /^-?\d+$/ : /^-?(\d+\.?\d*|\.\d+)$/;
  const result = Number(text);
  if (!shape.test(text) || result < flag.min || result > flag.max) {
    throw new UsageError(`Option --${name} got "${text}": expected ${what} ${range}`);
  }
  return result;
}

function size(name: string, flag: SizeFlag, text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes >= flag.min) return bytes;
  const least = flag.min > 0 ? ` of at least ${flag.min}` : "";
  throw new UsageError(
    `Option --${name} got "${text}": expected bytes${least}, such as 4096, 64KiB, 1.5MB or 2GiB`,
  );
}

/** A switch was given a value. */
export function needlessValue(name: string, given: string): UsageError {
  return new UsageError(`Option --${name} takes no value, got "${given}"`);
}

/** A flag that takes a value was given none. */
export function missingValue(name: string, flag: Exclude<Flag, SwitchFlag>): UsageError {
  const wanted = flag.kind === "choice" ? flag.choices.join(" or ") : flag.value;
  return new UsageError(`Option --${name} needs a value: ${wanted}`);
}
