/**
 * Mode changes: letters with signs, and the parameters that some of them take.
 *
 * ```text
 * +ov-k ann bob secret     give ann +o, give bob +v, remove the key
 * ```
 *
 * Which letters take a parameter, a server says with CHANMODES=A,B,C,D and PREFIX in 005.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatModes, modeKinds, parseModes } from "./irc_modes.ts";
 *
 * const kinds = modeKinds("beI,k,l,imnst", "ov");
 * const changes = parseModes(["+ol-k", "ann", "20", "secret"], kinds);
 * assertEquals(changes.map((change) => change.param), ["ann", "20", "secret"]);
 * assertEquals(formatModes(changes), ["+ol-k", "ann", "20", "secret"]);
 * ```
 *
 * Source: https://modern.ircdocs.horse/#mode-message
 *
 * @module
 */

/**
 * When a mode takes a parameter: `list` always, none asks for the list; `both` always (key); `set`
 * only when it is set (limit); `flag` never; `member` always, a nickname.
 */
export type ModeKind = "list" | "both" | "set" | "flag" | "member";

/** Kinds by letter. */
export type ModeKinds = ReadonlyMap<string, ModeKind>;

/** One letter of a change. */
export interface ModeChange {
  /** True for `+`. */
  readonly add: boolean;
  /** The mode letter; it may be one that the table of kinds does not have. */
  readonly letter: string;
  /** The parameter, or null if the letter takes none or the line had no more. */
  readonly param: string | null;
}

/** Builds the table from the value of CHANMODES and the letters of PREFIX; further groups are flags. */
export function modeKinds(chanModes: string, prefixLetters: string): ModeKinds {
  const kinds = new Map<string, ModeKind>();
  const order: readonly ModeKind[] = ["list", "both", "set"];
  chanModes.split(",").forEach((letters, index) => {
    for (const letter of letters) kinds.set(letter, order[index] ?? "flag");
  });
  for (const letter of prefixLetters) kinds.set(letter, "member");
  return kinds;
}

/** Reads the parameters of MODE after its target; letters without a sign are added. */
export function parseModes(params: readonly string[], kinds: ModeKinds): ModeChange[] {
  const changes: ModeChange[] = [];
  let add = true;
  let next = 1;
  for (const letter of params[0] ?? "") {
    if (letter === "+" || letter === "-") {
      add = letter === "+";
      continue;
    }
    const kind = kinds.get(letter);
    const takes = kind !== undefined && kind !== "flag" && (kind !== "set" || add);
    changes.push({ add, letter, param: takes ? params[next++] ?? null : null });
  }
  return changes;
}

/** Writes changes as the parameters of MODE after its target; no changes give no parameters. */
export function formatModes(changes: readonly ModeChange[]): string[] {
  if (changes.length === 0) return [];
  let letters = "";
  let sign = "";
  const params: string[] = [];
  for (const { add, letter, param } of changes) {
    const wanted = add ? "+" : "-";
    letters += wanted === sign ? letter : wanted + letter;
    sign = wanted;
    if (param !== null) params.push(param);
  }
  return [letters, ...params];
}
