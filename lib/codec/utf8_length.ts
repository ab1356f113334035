/**
 * How many bytes a text has in UTF-8, and text cut to a number of bytes: line protocols count bytes,
 * people write characters.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cutUtf8, utf8Length } from "./utf8_length.ts";
 *
 * assertEquals(utf8Length("Grüße"), 7);
 * assertEquals(cutUtf8("Grüße", 3), "Gr");
 * ```
 *
 * @module
 */

/** The bytes that well-formed text takes in UTF-8 (RFC 3629), without encoding it. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes, hence two a unit like U+0080 to U+07FF.
    length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}

/** The longest beginning of the text that takes at most `maxBytes` in UTF-8; no character is divided. */
export function cutUtf8(text: string, maxBytes: number): string {
  // No unit takes more than three bytes, so that most text needs no counting.
  if (text.length * 3 <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > maxBytes) return text.slice(0, end);
    end += character.length;
  }
  return text;
}
