/**
 * The command line parser: a local stand-in for the module of the same name in `@std/cli`, with its
 * options and its documented behaviour, which follows minimist's.
 *
 * ```ts
 * import { parseArgs } from "@std/cli/parse-args";
 *
 * const flags = parseArgs(["--port", "7", "-v", "localhost"], { string: "port", boolean: "v" });
 * // { port: "7", v: true, _: ["localhost"] }
 * ```
 *
 * @module
 */

import { type NameTable, nameTable } from "./name_table.ts";
import { hasAt, setAt } from "./nested.ts";
import { type Assignment, readFlag } from "./read_flag.ts";

/** What was found on the command line, under the name of each option. */
export interface Args {
  /** One option's value; what types it can have depends on the options given. */
  [name: string]: unknown;
  /** The arguments that belong to no option. */
  _: Array<string | number>;
}

/** How the arguments are to be read; names may have dots, `a.b` stands for `b` inside of `a`. */
export interface ParseOptions {
  /** Whether what follows `--` goes into the result's `"--"` instead of its `_`; false by default. */
  "--"?: boolean;
  /** Other names of an option; the value is stored under all of them. */
  alias?: Record<string, string | readonly string[]>;
  /** Options that take no value, false by default; `true` stands for every `--name` without `=`. */
  boolean?: boolean | string | readonly string[];
  /** Values of options that are not given. */
  default?: Record<string, unknown>;
  /** Whether everything from the first argument that is no option goes into `_` unread. */
  stopEarly?: boolean;
  /** Options whose value stays text even if it looks like a number; `_` for the arguments. */
  string?: string | readonly string[];
  /** Options that may be repeated, all values in one array; of others the last value counts. */
  collect?: string | readonly string[];
  /** Options that `--no-name` sets to false. */
  negatable?: string | readonly string[];
  /** Called for what no option covers; where it returns false, the result leaves that out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Reads command line arguments; `--` ends the options, and what follows it is in `"--"`. */
export function parseArgs(
  args: string[],
  options: ParseOptions & { "--": true },
): Args & { "--": string[] };
/** Reads command line arguments; unless told otherwise, values that look like numbers become numbers. */
export function parseArgs(args: string[], options?: ParseOptions): Args;
export function parseArgs(args: string[], options: ParseOptions = {}): Args {
  const names = nameTable(options);
  const result: Args = { _: [] };
  const end = args.indexOf("--");
  const read = end === -1 ? args : args.slice(0, end);
  const unread = end === -1 ? [] : args.slice(end + 1);

  for (let index = 0; index < read.length; index++) {
    const arg = read[index]!;
    if (arg.length > 1 && arg.startsWith("-")) {
      const { assignments, usesNext } = readFlag(arg, read[index + 1], names);
      for (const assignment of assignments) store(result, assignment, arg, names, options);
      if (usesNext) index++;
      continue;
    }
    if (options.unknown?.(arg) !== false) {
      result._.push(names.strings.has("_") ? arg : numberOrText(arg));
    }
    if (options.stopEarly) {
      result._.push(...read.slice(index + 1));
      break;
    }
  }

  fillIn(result, names, options.default ?? {});
  if (options["--"]) result["--"] = unread;
  else result._.push(...unread);
  return result;
}

function store(
  result: Args,
  { name, value, isNegation }: Assignment,
  arg: string,
  names: NameTable,
  options: ParseOptions,
): void {
  const isKnown = names.booleans.has(name) || names.strings.has(name) || names.aliases.has(name) ||
    (names.isBooleanByDefault && arg.startsWith("--") && !arg.includes("="));
  if (!isKnown && options.unknown?.(arg, name, value) === false) return;

  const isText = typeof value !== "string" || names.strings.has(name);
  const stored = isText ? value : numberOrText(value);
  const collects = !isNegation && names.collected.has(name);
  for (const each of [name, ...names.aliases.get(name) ?? []]) {
    setAt(result, each.split("."), stored, collects);
  }
}

/** Gives every option that was not set its default: the caller's, else false, else no elements. */
function fillIn(result: Args, names: NameTable, defaults: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(defaults)) {
    if (hasAt(result, name.split("."))) continue;
    for (const each of [name, ...names.aliases.get(name) ?? []]) {
      setAt(result, each.split("."), value, false);
    }
  }
  for (const name of names.booleans) {
    const path = name.split(".");
    if (!hasAt(result, path)) setAt(result, path, names.collected.has(name) ? [] : false, false);
  }
  for (const name of names.strings) {
    const path = name.split(".");
    if (names.collected.has(name) && !hasAt(result, path)) setAt(result, path, [], false);
  }
}

function numberOrText(text: string): number | string {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : text;
}
