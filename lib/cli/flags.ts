/**
 * Command lines, strictly: one table a script, from which come parsing, validation, `--help` and the
 * types of the result. Unknown flags, missing values and numbers out of range are errors that name the
 * flag, what it got and what it wants.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./exit.ts";
import { checkRules } from "./flag_rules.ts";
import { flagValue, missingValue, needlessValue } from "./flag_value.ts";
import { nearest } from "./nearest.ts";

/** What every row of the table has. */
export interface FlagBase {
  /** One line for `--help`, without the default, which is added. */
  help: string;
  /** A second name of one letter: `o` makes `-o` the same as `--output`. */
  short?: string;
  /** Flags that it stands in for: they cannot go with it. */
  insteadOf?: readonly string[];
  /** A flag without which it means nothing. */
  needs?: string;
}

/** A flag that is there or not. */
export interface SwitchFlag extends FlagBase {
  /** Marks the row. */
  kind: "switch";
}

/** What a text must look like. */
export interface TextShape {
  /** Finds a text that is right. */
  readonly pattern: RegExp;
  /** The same for people: what was expected. */
  readonly words: string;
}

/** A flag with a text, which is taken as it is. */
export interface TextFlag extends FlagBase {
  /** Marks the row. */
  kind: "text";
  /** The value's name in `--help`: `ADDRESS`. */
  value: string;
  /** What it must look like; anything by default. */
  shape?: TextShape;
  /** The value where none is given. */
  default?: string;
}

/** A flag with a number between two bounds, both included. */
export interface NumberFlag extends FlagBase {
  /** Whole, or with decimals. */
  kind: "integer" | "number";
  /** The value's name in `--help`, its unit as a rule: `SECONDS`. */
  value: string;
  /** The smallest value. */
  min: number;
  /** The largest value. */
  max: number;
  /** The value where none is given. */
  default?: number;
}

/** A flag with a number of bytes, which may have a unit: `4096`, `64KiB`, `1.5MB`, `2GiB`. */
export interface SizeFlag extends FlagBase {
  /** Marks the row. */
  kind: "size";
  /** The value's name in `--help`: `BYTES`. */
  value: string;
  /** The smallest value, in bytes. */
  min: number;
  /** The value where none is given, in bytes. */
  default?: number;
}

/** A flag with one of a few words. */
export interface ChoiceFlag extends FlagBase {
  /** Marks the row. */
  kind: "choice";
  /** The words. */
  choices: readonly string[];
  /** The word where none is given. */
  default: string;
}

/** One row of the table. */
export type Flag = SwitchFlag | TextFlag | NumberFlag | SizeFlag | ChoiceFlag;

/** The table: the flag's name without dashes, and its row. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** What one flag comes out as: its value, or `undefined` where it has neither value nor default. */
export type ValueOf<F extends Flag> = F extends SwitchFlag ? boolean
  : F extends ChoiceFlag ? F["choices"][number]
  : F extends NumberFlag | SizeFlag ? (F extends { default: number } ? number : number | undefined)
  : (F extends { default: string } ? string : string | undefined);

/** What the table's flags came out as. */
export type FlagValues<T extends FlagTable> = { [Name in keyof T]: ValueOf<T[Name]> };

/** A command line that was understood. */
export interface CommandLine<T extends FlagTable> {
  /** The flags by name, defaults included. */
  readonly flags: FlagValues<T>;
  /** The other arguments, in order. */
  readonly positionals: readonly string[];
}

/** How many positional arguments a script takes. */
export interface PositionalRange {
  /** As in the usage line: `[TEXT]`. */
  readonly names: string;
  /** As many are needed. */
  readonly min: number;
  /** No more are taken. */
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
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const options = args.slice(0, end);
  const negatable = names.filter(isNegation).map(positive);
  const positiveWord = options.find((arg) => negatable.includes(arg.slice(2).replace(/=.*$/s, "")));
  if (positiveWord !== undefined) throw unknownFlag(positiveWord, table);
  const parsed = parseArgs([...spellOut(table, options), ...args.slice(end)], {
    boolean: [...names.filter(isSwitch).filter((name) => !isNegation(name)), ...negatable],
    negatable,
    default: Object.fromEntries(negatable.map((name) => [name, true])),
    string: [...names.filter((name) => !isSwitch(name)), "_"],
    alias: shortNames(table),
    unknown: (arg, key) => {
      if (key !== undefined) throw unknownFlag(arg, table);
    },
  });
  const flags: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(table)) {
    flags[name] = flag.kind === "switch"
      ? switchValue(name, options, parsed)
      : flagValue(name, flag, given(parsed, name));
  }
  checkRules(table, (name) => {
    return isSwitch(name) ? flags[name] === true : given(parsed, name) !== undefined;
  });
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

/** The parser takes `--no-sync` for the negation of `--sync`, which a table with the former does not have. */
function isNegation(name: string): boolean {
  return name.startsWith("no-");
}

function positive(name: string): string {
  return name.slice("no-".length);
}

function shortNames(table: FlagTable): Record<string, string> {
  const rows = Object.entries(table);
  return Object.fromEntries(rows.flatMap(([name, { short }]) => short ? [[name, short]] : []));
}

/** What was given for a flag. The parser takes a dot in a name, as in `--http1.1`, for one level down. */
function given(parsed: Record<string, unknown>, name: string): unknown {
  return name.split(".").reduce<unknown>(
    (values, part) => (values as Record<string, unknown> | undefined)?.[part],
    parsed,
  );
}

/** Joins what the parser would misread: `--quiet` takes no `true` that follows, `--port` takes a `-1`. */
function spellOut(table: FlagTable, args: readonly string[]): string[] {
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const name = arg.slice(2);
    const flag = arg.startsWith("--") && Object.hasOwn(table, name) ? table[name] : undefined;
    if (flag?.kind === "switch" && !isNegation(name)) words.push(`${arg}=true`);
    else if (flag !== undefined && /^-[\d.]/.test(args[i + 1] ?? "")) {
      words.push(`${arg}=${args[++i]}`);
    } else words.push(arg);
  }
  return words;
}

function expected({ names, max }: PositionalRange): string {
  return max === 0 ? "there are only options here" : `expected ${names}`;
}

function unknownFlag(arg: string, table: FlagTable): UsageError {
  const word = arg.replace(/=.*$/s, "");
  const name = word.replace(/^-+/, "");
  const flag = Object.hasOwn(table, name) ? table[name] : undefined;
  // The parser does not know a flag with "=" and nothing behind it.
  if (flag !== undefined && word.startsWith("--")) {
    return flag.kind === "switch" ? needlessValue(name, "") : missingValue(name, flag);
  }
  const guess = nearest(name, Object.keys(table));
  const hint = guess === undefined ? "--help lists the known ones" : `did you mean --${guess}?`;
  return new UsageError(`Unknown option "${word}": ${hint}`);
}

function switchValue(
  name: string,
  args: readonly string[],
  parsed: Record<string, unknown>,
): boolean {
  const withValue = args.find((arg) => arg.startsWith(`--${name}=`));
  if (withValue !== undefined) throw needlessValue(name, withValue.slice(name.length + 3));
  return isNegation(name) ? given(parsed, positive(name)) === false : given(parsed, name) === true;
}
