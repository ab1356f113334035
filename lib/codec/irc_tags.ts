/**
 * Message tags of IRCv3: the part between `@` and the first space of a line.
 *
 * ```text
 * @time=2026-01-02T03:04:05.678Z;+typing;label=a\sb
 * ```
 *
 * A tag without a value and one with an empty value mean the same; both are the empty string here.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatTags, parseTags } from "./irc_tags.ts";
 *
 * const tags = parseTags("label=a\\sb;+typing");
 * assertEquals(tags.get("label"), "a b");
 * assertEquals(formatTags(tags), "label=a\\sb;+typing");
 * ```
 *
 * Source: https://ircv3.net/specs/extensions/message-tags
 *
 * @module
 */

/** Tags by key, values unescaped, in the order of the line. */
export type MessageTags = ReadonlyMap<string, string>;

/** The tags of a message that has none. */
export const NO_TAGS: MessageTags = new Map();

/** What separates tags, or ends them, and so cannot stand in a key. */
const NOT_IN_KEY = /[\0\r\n ;=]/;

/** `+`, a vendor's host name and a slash if there is a vendor, a name (message-tags, "Format"). */
const CLIENT_KEY = /^\+([A-Za-z0-9.-]+\/)?[A-Za-z0-9-]+$/;

const ESCAPED: ReadonlyMap<string, string> = new Map([
  [";", "\\:"],
  [" ", "\\s"],
  ["\\", "\\\\"],
  ["\r", "\\r"],
  ["\n", "\\n"],
]);

const UNESCAPED: ReadonlyMap<string, string> = new Map([
  [":", ";"],
  ["s", " "],
  ["r", "\r"],
  ["n", "\n"],
]);

/**
 * Writes one value so that it holds no separator; NUL has no escape.
 *
 * @throws {TypeError} If the value holds NUL.
 */
export function escapeTagValue(value: string): string {
  if (value.includes("\0")) throw new TypeError("Cannot write tag value: it holds NUL");
  return value.replace(/[; \\\r\n]/g, (character) => ESCAPED.get(character) ?? character);
}

/** Reads one value back; a backslash before any other character, or at the end, is dropped. */
function unescapeTagValue(escaped: string): string {
  if (!escaped.includes("\\")) return escaped;
  return escaped.replace(/\\(.?)/gsu, (_, character: string) => {
    return UNESCAPED.get(character) ?? character;
  });
}

/** Whether a key is that of a client-only tag, which a server relays without knowing it. */
export function isClientOnlyKey(key: string): boolean {
  return CLIENT_KEY.test(key);
}

/** Reads the text between `@` and the space; of equal keys the last one counts, empty tags are skipped. */
export function parseTags(text: string): MessageTags {
  const tags = new Map<string, string>();
  for (const tag of text.split(";")) {
    const equals = tag.indexOf("=");
    const key = equals < 0 ? tag : tag.slice(0, equals);
    if (key !== "") tags.set(key, equals < 0 ? "" : unescapeTagValue(tag.slice(equals + 1)));
  }
  return tags;
}

/**
 * Writes tags as `parseTags` reads them, without `@` and space; an empty map gives the empty string.
 *
 * @throws {TypeError} If a key is empty or holds a separator, or a value holds NUL.
 */
export function formatTags(tags: MessageTags): string {
  const written: string[] = [];
  for (const [key, value] of tags) {
    if (key === "" || NOT_IN_KEY.test(key)) {
      throw new TypeError(
        `Cannot write tag key: ${JSON.stringify(key)} is empty or holds one of ; = space`,
      );
    }
    written.push(value === "" ? key : `${key}=${escapeTagValue(value)}`);
  }
  return written.join(";");
}
