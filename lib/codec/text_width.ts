/**
 * How many columns of a terminal a text takes. Terminals differ in what they make of emoji of several
 * code points: here each counts for itself, so that a text takes as many columns as this, or fewer.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { textWidth } from "./text_width.ts";
 *
 * assertEquals(textWidth("größe"), 5);
 * assertEquals(textWidth("漢字🚀"), 6);
 * ```
 *
 * Source: https://www.unicode.org/reports/tr11/ (East Asian Width)
 *
 * @module
 */

/** Drawn over the character before: nothing of their own. */
const ZERO = /^[\p{M}\u200B-\u200F\uFE00-\uFE0F]$/u;

/** Two columns: the scripts of East Asia, fullwidth forms, and emoji in their own form. */
const WIDE = new RegExp(
  [
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}]/u,
    /[\p{Script=Tangut}\p{Emoji_Presentation}\u3000-\u303E\u30A0-\u31FF\u3200-\u33FF]/u,
    /[\uFF01-\uFF60\uFFE0-\uFFE6]/u,
  ].map(({ source }) => source).join("|"),
  "u",
);

/** Columns of a text without control characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Columns of one code point. */
function characterWidth(character: string): number {
  if (character < "\u0300") return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Made when it is first needed: that takes some milliseconds. */
let segmenter: Intl.Segmenter | undefined;

/** The pieces of a text that must not be divided: a letter with its accents, an emoji with its parts. */
export function characters(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
