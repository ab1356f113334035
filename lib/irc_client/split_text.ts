/**
 * Long texts in several messages, none of which gets longer than a line on its way to the others: the
 * server puts `:nick!user@host ` before what it relays, and cuts what does not fit into 512 bytes.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { splitText } from "./split_text.ts";
 *
 * assertEquals(splitText("to be or not to be", 8), ["to be or", "not to", "be"]);
 * assertEquals(splitText("größer", 4), ["grö", "ßer"]);
 * ```
 *
 * @module
 */
import { cutUtf8, utf8Length } from "../codec/utf8_length.ts";

/** What people take for one character, such as an emoji with its skin colour. */
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A line is cut at a space only if that leaves no more than this part of it empty. */
const SMALLEST_PART = 1 / 3;

/**
 * Splits a text at spaces, or within a word where there are none, into parts of at most `maxBytes` in
 * UTF-8. No character is divided. A text without anything but spaces gives no part.
 *
 * @param maxBytes At least 4, so that every code point fits.
 */
export function splitText(text: string, maxBytes: number): string[] {
  const parts: string[] = [];
  for (let [part, rest] = cutText(text, maxBytes);; [part, rest] = cutText(rest, maxBytes)) {
    if (part !== "") parts.push(part);
    if (rest === "") return parts;
  }
}

/**
 * Cuts the first part off a text, as {@linkcode splitText} does.
 *
 * @returns The part, which may be empty, and the rest, which is empty at the end.
 */
export function cutText(text: string, maxBytes: number): [part: string, rest: string] {
  const whole = text.trimEnd();
  // Every unit takes a byte at least, so that only the last part is counted as a whole.
  if (whole.length <= maxBytes && utf8Length(whole) <= maxBytes) return [whole, ""];
  const most = cutUtf8(whole, maxBytes);
  const end = whole[most.length] === " "
    ? most.length
    : lastSpace(most) ?? wholeCharacters(most, whole);
  return [whole.slice(0, end).trimEnd(), whole.slice(end).trimStart()];
}

/** The start of the last word, unless the part before it would be too short. */
function lastSpace(most: string): number | undefined {
  const space = most.lastIndexOf(" ");
  return space > most.length * SMALLEST_PART ? space : undefined;
}

/** Where the last character that fits as a whole ends; a single one that is longer is divided. */
function wholeCharacters(most: string, rest: string): number {
  // The character at the cut ends a little further on at the most: it is looked for in what is near.
  const near = rest.slice(0, most.length + 64);
  let end = 0;
  for (const { index, segment } of CHARACTERS.segment(near)) {
    if (index + segment.length > most.length) break;
    end = index + segment.length;
  }
  return end === 0 ? most.length : end;
}

/** What relaying adds to a message: who sends it, and where it goes. */
export interface RelayFrame {
  /** The sender's nickname. */
  readonly nick: string;
  /** The user name as the server shows it; its length may not be known exactly. */
  readonly user: string;
  /** The host as the server shows it. */
  readonly host: string;
  /** PRIVMSG or NOTICE. */
  readonly verb: string;
  /** Nickname or channel. */
  readonly target: string;
}

/** Bytes of a user name as servers cut it, with the mark before it. */
const MAX_USER = 11;
/** Bytes of a host as servers cut it. */
const MAX_HOST = 63;
/** Every code point must fit, however long a target is. */
const LEAST_ROOM = 4;

/**
 * Bytes of text that a relayed message has room for.
 *
 * The server may replace user and host at any time, by a cloak for example, so that at least their usual
 * longest forms are allowed for.
 */
export function relayRoom(frame: RelayFrame, lineLength: number): number {
  const { nick, user, host, verb, target } = frame;
  const source = utf8Length(nick) + Math.max(utf8Length(user), MAX_USER) +
    Math.max(utf8Length(host), MAX_HOST) + ":!@ ".length;
  const frameBytes = source + verb.length + utf8Length(target) + "  :\r\n".length;
  return Math.max(LEAST_ROOM, lineLength - frameBytes);
}
