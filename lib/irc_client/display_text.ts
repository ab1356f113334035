/**
 * Text of people and servers made safe for a terminal, and readable at the same time.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { displayText } from "./display_text.ts";
 *
 * assertEquals(displayText("\x02bold\x02 \x0304,01red\x03"), "bold red");
 * assertEquals(displayText("C:\\temp \x1b[2J"), "C:\\temp \\x1b[2J");
 * ```
 *
 * @module
 */
import { escapeForDisplay } from "../codec/text.ts";

/** Bold, italic, underline, strike-through, monospace, reverse, reset; colours (https://modern.ircdocs.horse/formatting). */
const FORMATTING =
  // deno-lint-ignore no-control-regex -- these characters are what is looked for
  /[\x02\x0f\x11\x16\x1d-\x1f]|\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?/g;

/** Emoji joined to one picture, which terminals draw in ways that nobody can foresee: shown as its members. */
const JOINED_EMOJI =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})/gu;

/** Text or emoji form, on which terminals do not agree either: the character is drawn as it comes. */
const FORM_SELECTORS = /[\uFE0E\uFE0F]/g;

/** Accents beyond the third on one letter: a tower of them is drawn over other lines. */
const ACCENT_TOWERS = /(\p{M}{3})\p{M}+/gu;

/** Makes a text safe to show; it stays one line, and what a terminal would obey becomes visible. */
export function displayText(text: string): string {
  const readable = text
    .replace(FORMATTING, "")
    .replace(JOINED_EMOJI, "")
    .replace(FORM_SELECTORS, "")
    .replace(ACCENT_TOWERS, "$1");
  // A backslash is no secret here, where people write ¯\_(ツ)_/¯: it is not doubled.
  return readable.split("\\").map((part) => escapeForDisplay(part, Infinity)).join("\\");
}
