/**
 * Strict reading of JSON values: a schema is a function that takes a value and returns it with a type,
 * or says where something is wrong and what is wanted there.
 *
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { integer, object, optional, SchemaError, text } from "./schema.ts";
 *
 * const schema = object({ name: text({ max: 20 }), port: optional(integer(0, 65535), 6667) });
 * assertEquals(schema({ name: "irc" }, ""), { name: "irc", port: 6667 });
 * assertThrows(
 *   () => schema({ name: "irc", port: "high" }, ""),
 *   SchemaError,
 *   `port: expected a whole number from 0 to 65535, got "high"`,
 * );
 * ```
 *
 * @module
 */

import { escapeForDisplay } from "./text.ts";

/** A value that does not fit its schema. */
export class SchemaError extends Error {
  /** The class name, as error output shows it. */
  override readonly name = "SchemaError";

  /**
   * Says what is wrong.
   *
   * @param path Where: `limits.nick` or `operators[0].name`; empty for the whole.
   * @param fault What is wanted, and what is there.
   */
  constructor(readonly path: string, fault: string) {
    super(path === "" ? fault : `${path}: ${fault}`);
  }
}

/**
 * Reads one kind of value.
 *
 * @throws {SchemaError} If the value does not fit.
 */
export type Schema<T> = (value: unknown, path: string) => T;

/** A member of an object that may be left out. */
export interface Optional<T> {
  /** How it is read if it is there. */
  readonly schema: Schema<T>;
  /** What it is if it is not. */
  readonly fallback: T;
}

/** A whole number between two bounds, both included. */
export function integer(min: number, max: number): Schema<number> {
  return (value, path) => {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) {
      return value;
    }
    throw wanted(path, `a whole number from ${min} to ${max}`, value);
  };
}

/** What a text must be. */
export interface TextRules {
  /** Characters (UTF-16 units) at least; 1 by default. */
  readonly min?: number;
  /** Characters at most. */
  readonly max: number;
  /** What else it must look like; by default it has no control characters. */
  readonly shape?: RegExp;
  /** The shape in words: `a name with a dot`. */
  readonly words?: string;
  /** Do not show in messages what was given: it may be a password. */
  readonly secret?: boolean;
}

/** A text. */
export function text(rules: TextRules): Schema<string> {
  const { min = 1, max, shape = /^\P{Cc}*$/u, words = "a text", secret = false } = rules;
  return (value, path) => {
    if (typeof value === "string" && value.isWellFormed()) {
      if (value.length >= min && value.length <= max && shape.test(value)) return value;
    }
    throw wanted(path, `${words} of ${min} to ${max} characters`, secret ? undefined : value);
  };
}

/** A list of at most so many values of one kind. */
export function listOf<T>(item: Schema<T>, max: number): Schema<T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > max) {
      throw wanted(path, `a list of at most ${max}`, value);
    }
    return value.map((element, index) => item(element, `${path}[${index}]`));
  };
}

/** Marks a member that may be left out. */
export function optional<T>(schema: Schema<T>, fallback: T): Optional<T> {
  return { schema, fallback };
}

/** An object with these members and no others. */
export function object<T extends object>(
  members: { readonly [Key in keyof T]: Schema<T[Key]> | Optional<T[Key]> },
): Schema<T> {
  const known = Object.keys(members) as (keyof T & string)[];
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw wanted(path, "an object", value);
    }
    const at = (key: string): string => path === "" ? key : `${path}.${key}`;
    const given = new Map(Object.entries(value));
    for (const key of given.keys()) {
      if (known.includes(key as keyof T & string)) continue;
      throw new SchemaError(
        at(escapeForDisplay(key)),
        `unknown key; known here are ${known.join(", ")}`,
      );
    }
    const entries = known.map((key) => {
      const member = members[key];
      if (typeof member === "function") return [key, member(given.get(key), at(key))];
      return [key, given.has(key) ? member.schema(given.get(key), at(key)) : member.fallback];
    });
    return Object.fromEntries(entries);
  };
}

function wanted(path: string, what: string, value: unknown): SchemaError {
  return new SchemaError(
    path,
    `expected ${what}${value === undefined ? "" : `, got ${shown(value)}`}`,
  );
}

/** A value in a few words: what is nested in it is not shown. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? `"${escapeForDisplay(value, 80)}"` : String(value);
}
