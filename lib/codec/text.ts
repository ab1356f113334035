/**
 * Text at the edge of a codec: strict UTF-8 (RFC 3629) in both directions, and text or bytes from a
 * peer made safe to show on a terminal, in a log line or inside an error message.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeUtf8, encodeUtf8, escapeForDisplay } from "./text.ts";
 *
 * assertEquals(decodeUtf8(encodeUtf8("Grüße")), "Grüße");
 * assertEquals(escapeForDisplay("hi\r\n\x1b[2J"), "hi\\r\\n\\x1b[2J");
 * ```
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";

/** What `escapeForDisplay` and `escapeBytes` show of one value by default: two lines of a terminal. */
const MAX_SHOWN = 200;

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** What a terminal obeys or a reader cannot see, in the terms of Unicode. */
const UNSAFE = new RegExp(
  [
    // Controls, format characters (bidi overrides, joiners, tags), lone surrogates, line separators.
    /[\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
    // The other invisible ones: fillers, grapheme joiner, most variation selectors.
    /(?![\uFE0E\uFE0F])\p{Default_Ignorable_Code_Point}/u,
    // The selectors of text and emoji form pass behind a character that has both.
    /(?<!\p{Extended_Pictographic})[\uFE0E\uFE0F]/u,
  ].map((part) => part.source).join("|"),
  "gu",
);

const NAMED_ESCAPES = new Map([["\\", "\\\\"], ["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

/**
 * Decodes a complete piece of UTF-8; a byte order mark stays in the text as U+FEFF.
 *
 * @throws {ProtocolError} If the bytes are not well-formed UTF-8; it names the first offset at which no
 * valid character starts.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch (cause) {
    const offset = validUtf8Length(bytes, 0);
    if (offset === bytes.length) throw cause;
    throw new ProtocolError(
      `Cannot decode text as UTF-8: byte 0x${byteHex(bytes, offset)} at offset ${offset} of ` +
        `${bytes.length} does not start a valid character`,
      { cause },
    );
  }
}

/**
 * Encodes text as UTF-8, such that `decodeUtf8` gives the same text back.
 *
 * @throws {TypeError} If the text holds a lone surrogate, which UTF-8 cannot express.
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (!text.isWellFormed()) {
    throw new TypeError(
      `Cannot encode text as UTF-8: lone surrogate at index ${text.search(/\p{Cs}/u)}`,
    );
  }
  return ENCODER.encode(text);
}

/**
 * Makes text from a peer safe to show: letters, accents and emoji pass, everything that could move
 * the cursor, hide or reorder text, or end the line becomes an escape.
 *
 * ```text
 * \\ \n \r \t     backslash, line feed, carriage return, tab
 * \x1b            any other character below U+0080
 * \u{202e}        any other character: C1 controls, bidi controls, zero-width, tags, lone surrogates
 * … (12 more characters)   what was cut
 * ```
 *
 * The zero-width joiner is escaped too, since a name with one looks like the name without: a family
 * emoji is shown as its members. Quotation marks pass. One character grows to nine at most.
 *
 * @param maxLength How many characters (Unicode code points) of `text` are shown.
 */
export function escapeForDisplay(text: string, maxLength: number = MAX_SHOWN): string {
  // A string has at least as many units as characters, so most text needs no counting.
  if (text.length <= maxLength) return text.replace(UNSAFE, escapeCharacter);
  let end = 0;
  let length = 0;
  for (const character of text) {
    if (length < maxLength) end += character.length;
    length++;
  }
  const shown = text.slice(0, end).replace(UNSAFE, escapeCharacter);
  return shown + cutMark(length - maxLength, "character");
}

/**
 * Like `escapeForDisplay`, for bytes that may not be text: well-formed UTF-8 is shown as its text,
 * every other byte as `\xNN`. Since text uses `\xNN` for ASCII alone, no two inputs look the same.
 *
 * @param maxLength How many bytes are shown; a character that the cut would divide is left out.
 */
export function escapeBytes(bytes: Uint8Array, maxLength: number = MAX_SHOWN): string {
  let shown = "";
  let at = 0;
  while (at < bytes.length && at < maxLength) {
    const end = validUtf8Length(bytes, at, maxLength);
    shown += STRICT.decode(bytes.subarray(at, end)).replace(UNSAFE, escapeCharacter);
    at = end;
    if (at >= maxLength || sequenceLength(bytes, at) > 0) break;
    if (at < bytes.length) shown += `\\x${byteHex(bytes, at++)}`;
  }
  return shown + cutMark(bytes.length - at, "byte");
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return NAMED_ESCAPES.get(character) ??
    (code < 0x80 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`);
}

function byteHex(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 1).toHex();
}

function cutMark(count: number, unit: string): string {
  return count > 0 ? `… (${count} more ${unit}${count === 1 ? "" : "s"})` : "";
}

/** The offset up to which the bytes from `at` on are whole characters that end by `limit`. */
function validUtf8Length(bytes: Uint8Array, at: number, limit: number = bytes.length): number {
  let length = sequenceLength(bytes, at);
  while (length > 0 && at + length <= limit) {
    at += length;
    length = sequenceLength(bytes, at);
  }
  return at;
}

/** Bytes of the UTF-8 sequence at `at`, or 0 if none is well-formed there (RFC 3629 section 4). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0xff;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let next = at + 1; next < at + length; next++) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1] ?? 0;
  // Longer than need be (e0, f0), a surrogate (ed), or above U+10FFFF (f4).
  const refused = lead === 0xe0
    ? second < 0xa0
    : lead === 0xf0
    ? second < 0x90
    : lead === 0xed
    ? second > 0x9f
    : lead === 0xf4 && second > 0x8f;
  return refused ? 0 : length;
}
