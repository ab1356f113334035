/**
 * Case mappings: which names are equal. A server announces its mapping as CASEMAPPING in 005.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { foldCase } from "./irc_case.ts";
 *
 * assertEquals(foldCase("#Größe[1]", "ascii"), "#größe[1]");
 * assertEquals(foldCase("#Größe[1]", "rfc1459"), "#größe{1}");
 * ```
 *
 * Source: https://modern.ircdocs.horse/#casemapping-parameter
 *
 * @module
 */

/** The mappings that are in use; characters outside ASCII are never changed. */
export type CaseMapping = "ascii" | "rfc1459" | "rfc1459-strict";

/** The form of a name that is the same for all equal names. */
export function foldCase(name: string, mapping: CaseMapping): string {
  const lower = name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  if (mapping === "ascii") return lower;
  // On Scandinavian keyboards of 1988 {}|~ were the lower case of []\^.
  const brackets = lower.replaceAll("[", "{").replaceAll("]", "}").replaceAll("\\", "|");
  return mapping === "rfc1459" ? brackets.replaceAll("~", "^") : brackets;
}
