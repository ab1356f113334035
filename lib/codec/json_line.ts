/** Characters that a terminal would obey or that hide: controls, format characters, line separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A value as one line of JSON that is safe to show: what JSON itself does not escape and a terminal could
 * obey becomes `\uXXXX`, which every reader turns back.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { jsonLine } from "./json_line.ts";
 *
 * assertEquals(jsonLine({ name: "\u202egpj.exe" }), '{"name":"\\u202egpj.exe"}');
 * ```
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
