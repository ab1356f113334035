/**
 * Long lists over several replies: NAMES, 005, WHOIS channels, CAP LS. Every line of a reply repeats
 * the same beginning, so a list is packed into what 512 bytes leave.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { packWords, replyRoom } from "./irc_replies.ts";
 *
 * assertEquals(packWords(["ann", "bob", "cid"], 7), ["ann bob", "cid"]);
 * assertEquals(replyRoom(":irc.example.org 353 ann = #lobby :"), 475);
 * ```
 *
 * @module
 */

import { MAX_MESSAGE_BYTES } from "./irc_message.ts";
import { utf8Length } from "./utf8_length.ts";

/** Parameters of one message (RFC 2812 section 2.3: 14 and a trailing one). */
const MAX_PARAMS = 15;

/** Bytes that are left in a line after its beginning; 0 if nothing is. */
export function replyRoom(beginning: string): number {
  return Math.max(0, MAX_MESSAGE_BYTES - 2 - utf8Length(beginning));
}

/**
 * Joins words with spaces into as few texts as possible, in order, none longer than `maxBytes` unless
 * a single word is. No words give no text. Linear in what it is given.
 */
export function packWords(words: Iterable<string>, maxBytes: number): string[] {
  const texts: string[] = [];
  let text = "";
  let used = 0;
  for (const word of words) {
    const length = utf8Length(word);
    if (used > 0 && used + 1 + length > maxBytes) {
      texts.push(text);
      text = "";
      used = 0;
    }
    text = used === 0 ? word : `${text} ${word}`;
    used += length + (used === 0 ? 0 : 1);
  }
  if (used > 0) texts.push(text);
  return texts;
}

/**
 * The tokens of 005 in groups for one line each.
 *
 * @param maxBytes What a line leaves for the tokens and the spaces between them, see `replyRoom`.
 * @returns Groups of 13 at most: the nickname goes before, the text after them.
 */
export function packTokens(tokens: readonly string[], maxBytes: number): string[][] {
  const groups: string[][] = [];
  for (let from = 0; from < tokens.length; from += MAX_PARAMS - 2) {
    const texts = packWords(tokens.slice(from, from + MAX_PARAMS - 2), maxBytes);
    for (const text of texts) groups.push(text.split(" "));
  }
  return groups;
}
