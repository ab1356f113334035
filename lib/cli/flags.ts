/**
 * Command lines, strictly: one table a script, from which come parsing, validation, `--help` and the
 * types of the result. Unknown flags, missing values and numbers out of range are errors that name the
 * flag, what it got and what it wants.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./exit.ts";
import { nearest } from "./nearest.ts";

interface FlagBase {
  /** One line for `--help`, without the default, which is added. */
  help: string;
}

/** A flag that is there or not. */
export interface SwitchFlag extends FlagBase {
  kind: "switch";
}

/** A flag with a text, which is taken as it is. */
export interface TextFlag extends FlagBase {
  kind: "text";
  /** The value's name in `--help`: `ADDRESS`. */
  value: string;
  default?: string;
}

/** A flag with a number between two bounds, both included. */
export interface NumberFlag extends FlagBase {
  kind: "integer" | "number";
  /** The value's name in `--help`, its unit as a rule: `SECONDS`. */
  value: string;
  min: number;
  max: number;
  default?: number;
}

/** A flag with one of a few words. */
export interface ChoiceFlag extends FlagBase {
  kind: "choice";
  choices: readonly string[];
  default: string;
}

/** One row of the table. */
export type Flag = SwitchFlag | TextFlag | NumberFlag | ChoiceFlag;

/** The table: the flag's name without dashes, and its row. */
export type FlagTable = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F extends SwitchFlag ? boolean
  : F extends ChoiceFlag ? F["choices"][number]
  : F extends NumberFlag ? (F extends { default: number } ? number : number | undefined)
  : (F extends { default: string } ? string : string | undefined);

/** What the table's flags came out as. */
export type FlagValues<T extends FlagTable> = { [Name in keyof T]: ValueOf<T[Name]> };

/** A command line that was understood. */
export interface CommandLine<T extends FlagTable> {
  readonly flags: FlagValues<T>;
  readonly positionals: readonly string[];
}

/** How many positional arguments a script takes. */
export interface PositionalRange {
  /** As in the usage line: `[TEXT]`. */
  readonly names: string;
  readonly min: number;
  readonly max: number;
}

/** For scripts that take options only. */
export const NO_POSITIONALS: PositionalRange = { names: "", min: 0, max: 0 };

/** Flags that every script has. */
export const COMMON_FLAGS = {
  help: { kind: "switch", help: "show this help" },
  version: { kind: "switch", help: "show the version" },
} as const satisfies FlagTable;

/**
 * Reads a command line by the table.
 *
 * @throws {UsageError} If it does not fit.
 */
export function parseCommandLine<T extends FlagTable>(
  table: T,
  positionals: PositionalRange,
  args: readonly string[],
): CommandLine<T> {
  const names = Object.keys(table);
  const isSwitch = (name: string): boolean => table[name]?.kind === "switch";
  const parsed = parseArgs([...args], {
    boolean: names.filter(isSwitch),
    string: [...names.filter((name) => !isSwitch(name)), "_"],
    unknown: (arg, key) => {
      if (key !== undefined) throw unknownFlag(arg, names);
    },
  });
  const flags: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(table)) {
    flags[name] = flag.kind === "switch"
      ? switchValue(name, args, parsed[name])
      : value(name, flag, parsed[name]);
  }
  const rest = parsed._.map(String);
  if (rest.length > positionals.max) {
    const extra = rest[positionals.max];
    throw new UsageError(`Unexpected argument "${extra}": ${expected(positionals)}`);
  }
  if (rest.length < positionals.min) {
    throw new UsageError(`Missing argument: ${expected(positionals)}`);
  }
  return { flags: flags as FlagValues<T>, positionals: rest };
}

function expected({ names, max }: PositionalRange): string {
  return max === 0 ? "there are only options here" : `expected ${names}`;
}

function unknownFlag(arg: string, names: string[]): UsageError {
  const name = arg.replace(/^-+/, "").replace(/=.*$/s, "");
  if (names.includes(name)) return new UsageError(`Option --${name} needs a value`);
  const guess = nearest(name, names);
  const hint = guess === undefined ? "--help lists the known ones" : `did you mean --${guess}?`;
  return new UsageError(`Unknown option "${arg.replace(/=.*$/s, "")}": ${hint}`);
}

function switchValue(name: string, args: readonly string[], given: unknown): boolean {
  const withValue = args.find((arg) => arg.startsWith(`--${name}=`));
  if (withValue !== undefined) {
    throw new UsageError(
      `Option --${name} takes no value, got "${withValue.slice(name.length + 3)}"`,
    );
  }
  return given === true;
}

function value(name: string, flag: Exclude<Flag, SwitchFlag>, given: unknown): unknown {
  if (given === undefined) return flag.default;
  const text = String(given);
  switch (flag.kind) {
    case "text":
      if (text === "") throw new UsageError(`Option --${name} needs a value: ${flag.value}`);
      return text;
    case "choice":
      if (flag.choices.includes(text)) return text;
      throw new UsageError(`Option --${name} got "${text}": expected ${flag.choices.join(" or ")}`);
    default:
      return number(name, flag, text);
  }
}

function number(name: string, flag: NumberFlag, text: string): number {
  if (text === "") throw new UsageError(`Option --${name} needs a value: ${flag.value}`);
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
