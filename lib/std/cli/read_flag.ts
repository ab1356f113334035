import type { NameTable } from "./name_table.ts";

/** One option that an argument sets. */
export interface Assignment {
  /** The option's name, without dashes. */
  readonly name: string;
  /** Its value, not yet a number. */
  readonly value: string | boolean;
  /** Whether it was `--no-name`, which undoes collected values too. */
  readonly isNegation?: boolean;
}

/** What one argument sets, and whether it took the next argument as a value. */
export interface FlagReading {
  /** In the order of the letters; one unless letters are grouped as in `-xvf`. */
  readonly assignments: readonly Assignment[];
  /** True if the next argument is the value of the last option. */
  readonly usesNext: boolean;
}

/** Reads an argument that starts with a dash; `next` is the argument behind it. */
export function readFlag(arg: string, next: string | undefined, names: NameTable): FlagReading {
  return arg.startsWith("--") ? readLong(arg, next, names) : readShort(arg, next, names);
}

/** `--name`, `--name=value`, `--name value`, `--no-name`. */
function readLong(arg: string, next: string | undefined, names: NameTable): FlagReading {
  const isNegated = /^--no-./s.test(arg);
  const [, name, text] = /^(.[^=]*)=(.+)$/s.exec(arg.slice(isNegated ? 5 : 2)) ?? [];
  if (name !== undefined && text !== undefined) {
    const value = names.booleans.has(name) ? text !== "false" : text;
    return { assignments: [{ name, value }], usesNext: false };
  }
  if (isNegated && names.negatable.has(arg.slice(5))) {
    const negation = { name: arg.slice(5), value: false, isNegation: true };
    return { assignments: [negation], usesNext: false };
  }
  const isSwitch = names.isBooleanByDefault || takesNoValue(arg.slice(2), names);
  const isValue = next !== undefined && !isSwitch && !next.startsWith("-");
  return readLast(arg.slice(2), next, isValue, names);
}

/** `-x`, `-x value`, `-xvalue` where the value cannot be taken for letters, `-xyz`. */
function readShort(arg: string, next: string | undefined, names: NameTable): FlagReading {
  const assignments: Assignment[] = [];
  for (let at = 1; at < arg.length - 1; at++) {
    const name = arg[at]!;
    const value = valueInGroup(name, arg.slice(at + 1));
    assignments.push({ name, value: value ?? switchValue(name, names) });
    if (value !== undefined) return { assignments, usesNext: false };
  }
  const last = arg.at(-1)!;
  // A lone dash is the usual name of standard input, so it may be a value here.
  const isValue = next !== undefined && !takesNoValue(last, names) && !/^--?[^-]/.test(next);
  const reading = readLast(last, next, isValue, names);
  return { ...reading, assignments: [...assignments, ...reading.assignments] };
}

/** The value that follows a letter directly: behind `=`, a number, or from a character no name has. */
function valueInGroup(letter: string, rest: string): string | undefined {
  if (rest === "-") return rest;
  if (/[A-Za-z]/.test(letter)) {
    const text = /=(.+)/.exec(rest)?.[1];
    if (text !== undefined) return text;
    if (/\d(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  }
  return rest.length > 1 && /^\W/.test(rest) ? rest : undefined;
}

/** The option whose value may be the next argument; one without a value still takes true and false. */
function readLast(
  name: string,
  next: string | undefined,
  isValue: boolean,
  names: NameTable,
): FlagReading {
  // An empty argument never becomes a value: it stays among the arguments.
  if (next && isValue) return { assignments: [{ name, value: next }], usesNext: true };
  if (next === "true" || next === "false") {
    return { assignments: [{ name, value: next === "true" }], usesNext: true };
  }
  return { assignments: [{ name, value: switchValue(name, names) }], usesNext: false };
}

/** What an option without a value stands for. */
function switchValue(name: string, names: NameTable): string | boolean {
  return names.strings.has(name) ? "" : true;
}

function takesNoValue(name: string, names: NameTable): boolean {
  return names.booleans.has(name) ||
    [...names.aliases.get(name) ?? []].some((alias) => names.booleans.has(alias));
}
