import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../lib/codec/errors.ts";
import { decodeUtf8, encodeUtf8, escapeBytes, escapeForDisplay } from "../../../lib/codec/text.ts";
import { Random } from "../../support/random.ts";
import escapes from "../../vectors/escapes.json" with { type: "json" };
import utf8 from "../../vectors/utf8.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** Characters that a terminal obeys or hides: by number, since the code goes by property. */
const DANGEROUS: readonly (readonly [number, number])[] = [
  [0x00, 0x1f], // C0
  [0x7f, 0x9f], // DEL, C1
  [0x061c, 0x061c], // Arabic letter mark
  [0x200b, 0x200f], // zero-width, bidi marks
  [0x2028, 0x202e], // line separators, bidi embeddings and overrides
  [0x2060, 0x2064], // invisible operators
  [0x2066, 0x2069], // bidi isolates
  [0xd800, 0xdfff], // surrogates
  [0xfeff, 0xfeff], // byte order mark
  [0xe0000, 0xe007f], // tags
];

Deno.test("decodeUtf8 and encodeUtf8 are inverse on well-formed text", PURE, () => {
  for (const { name, hex, text } of utf8.valid) {
    assertEquals(decodeUtf8(Uint8Array.fromHex(hex)), text, name);
    assertEquals(encodeUtf8(text).toHex(), hex, name);
  }
});

Deno.test("decodeUtf8 names the offset of the first bad byte", PURE, () => {
  for (const { name, hex, offset } of utf8.malformed) {
    const bytes = Uint8Array.fromHex(hex);
    const bad = bytes.subarray(offset, offset + 1).toHex();
    assertThrows(
      () => decodeUtf8(bytes),
      ProtocolError,
      `Cannot decode text as UTF-8: byte 0x${bad} at offset ${offset} of ${bytes.length}`,
      name,
    );
  }
});

Deno.test("decodeUtf8 finds the offset where the platform's decoder stops", PURE, () => {
  const random = new Random();
  const strict = new TextDecoder("utf-8", { fatal: true });
  const edges = Uint8Array.fromHex("007f808f909fa0bfc0c1c2dfe0e1edeeeff0f1f3f4f5ff");
  for (let round = 0; round < 3000; round++) {
    const bytes = Uint8Array.from({ length: 6 }, () => random.pick([...edges]));
    const label = `seed ${random.seed} round ${round}: ${bytes.toHex()}`;
    // The longest prefix that decodes, where no longer one does.
    let valid = bytes.length;
    while (!decodes(strict, bytes.subarray(0, valid))) valid--;
    if (valid === bytes.length) assertEquals(encodeUtf8(decodeUtf8(bytes)), bytes, label);
    else assertThrows(() => decodeUtf8(bytes), ProtocolError, `at offset ${valid} of 6`, label);
  }
});

Deno.test("encodeUtf8 refuses lone surrogates", PURE, () => {
  for (
    const [text, index] of [["\ud800", 0], ["ab\udc00", 2], ["\ud83d\ude00\ud83d", 2]] as const
  ) {
    assertThrows(() => encodeUtf8(text), TypeError, `lone surrogate at index ${index}`);
  }
});

Deno.test("escapeForDisplay shows what would hide or move, and passes the rest", PURE, () => {
  for (const { name, text, shown } of escapes.text) {
    assertEquals(escapeForDisplay(text), shown, name);
  }
  assertEquals(escapeForDisplay("\udc00a\ud800"), "\\u{dc00}a\\u{d800}");
});

Deno.test("escapeForDisplay escapes every dangerous character of Unicode", PURE, () => {
  for (const [first, last] of DANGEROUS) {
    for (let code = first; code <= last; code++) {
      const shown = escapeForDisplay(String.fromCodePoint(code));
      assertMatch(shown, /^\\(n|r|t|x[0-7][0-9a-f]|u\{[0-9a-f]{2,6}\})$/, code.toString(16));
    }
  }
});

Deno.test("escapeForDisplay cuts by characters and says how many it cut", PURE, () => {
  for (const { name, text, maxLength, shown } of escapes.cut) {
    assertEquals(escapeForDisplay(text, maxLength), shown, name);
  }
  assertEquals(escapeForDisplay("a".repeat(201)), `${"a".repeat(200)}… (1 more character)`);
});

Deno.test("escapeBytes shows text as text and other bytes as numbers", PURE, () => {
  for (const { name, hex, maxLength, shown } of escapes.bytes) {
    assertEquals(escapeBytes(Uint8Array.fromHex(hex), maxLength), shown, name);
  }
});

Deno.test("escapeBytes shows no two inputs alike", PURE, () => {
  const random = new Random();
  const alphabet = Uint8Array.fromHex("000a1b5c6e788085a9c2c3e282acf09f9880ff");
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from(
      { length: random.integer(0, 12) },
      () => random.pick([...alphabet]),
    );
    const shown = escapeBytes(bytes);
    assertEquals(unescape(shown), bytes, `seed ${random.seed} round ${round}: ${shown}`);
  }
});

function decodes(decoder: TextDecoder, bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Reads the notation of `escapeBytes` back, in its own words. */
function unescape(shown: string): Uint8Array {
  const bytes: number[] = [];
  for (const [token] of shown.matchAll(/\\x..|\\u\{[^}]*\}|\\.|[^\\]/gsu)) {
    if (token.startsWith("\\x")) bytes.push(parseInt(token.slice(2), 16));
    else if (token.startsWith("\\u")) {
      bytes.push(...encodeUtf8(String.fromCodePoint(parseInt(token.slice(3, -1), 16))));
    } else if (token.startsWith("\\")) {
      const named: Record<string, number> = { "\\n": 10, "\\r": 13, "\\t": 9, "\\\\": 92 };
      bytes.push(named[token] ?? NaN);
    } else bytes.push(...encodeUtf8(token));
  }
  return Uint8Array.from(bytes);
}
