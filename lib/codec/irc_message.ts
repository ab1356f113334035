/**
 * Messages of the Internet Relay Chat protocol: one line of text each.
 *
 * ```text
 * [@tags SPACE] [:source SPACE] verb *(SPACE param) [SPACE :trailing] CR LF
 * ```
 *
 * `parseMessage` takes a line without its CR LF, as a line splitter hands it out, and decoded: what to do
 * with bytes that are no UTF-8 is another question for a server than for a client. Runs of spaces count as
 * one (RFC 1459 section 2.3), a lone colon starts a last parameter that may hold spaces or be empty.
 * `formatMessage` refuses whatever `parseMessage` would read differently.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatMessage, parseMessage } from "./irc_message.ts";
 *
 * const message = parseMessage(":ann!a@host PRIVMSG #lobby :good morning");
 * assertEquals(message.verb, "PRIVMSG");
 * assertEquals(message.params, ["#lobby", "good morning"]);
 * assertEquals(formatMessage(message), ":ann!a@host PRIVMSG #lobby :good morning");
 * ```
 *
 * Sources: RFC 2812 section 2.3, https://modern.ircdocs.horse/#message-format,
 * https://ircv3.net/specs/extensions/message-tags
 *
 * @module
 */

import { LimitError, ProtocolError } from "./errors.ts";
import { formatTags, type MessageTags, NO_TAGS, parseTags } from "./irc_tags.ts";
import { escapeForDisplay } from "./text.ts";

/** Bytes of a message without its tags, CR LF included (RFC 2812 section 2.3). */
export const MAX_MESSAGE_BYTES = 512;

/** Bytes of all tags of a message, `@` and the space included (message-tags, "Size limit"). */
export const MAX_TAG_BYTES = 8191;

/** Bytes of the tags that a client may send, `@` and the space included (message-tags, "Size limit"). */
export const MAX_CLIENT_TAG_BYTES = 4096;

/** What must not be smuggled into another line. */
const LINE_ENDERS = /[\0\r\n]/;

/** One message, split into its parts. */
export interface IrcMessage {
  /** Tags by key; empty if there are none. */
  readonly tags: MessageTags;
  /** Who sent it: a server name or `nick!user@host`; null in what clients send. */
  readonly source: string | null;
  /** The command in upper case, or a numeric of three digits. */
  readonly verb: string;
  /** The parameters; only the last one may be empty, hold spaces or begin with a colon. */
  readonly params: readonly string[];
}

/** How to write a message. */
export interface FormatOptions {
  /** Put a colon before the last parameter even where it needs none: simple clients look for it. */
  readonly colon?: boolean;
}

/**
 * Checks a line without its line end against both size limits, before anything is decoded.
 *
 * @param maxTagBytes How many bytes of tags are allowed, `@` and space included.
 * @throws {LimitError} If the tags or the rest are too long; `limit` is the cap in bytes.
 */
export function checkLineLength(line: Uint8Array, maxTagBytes: number): void {
  let tagBytes = 0;
  if (line[0] === 0x40) {
    const space = line.indexOf(0x20);
    tagBytes = space < 0 ? line.length : space + 1;
  }
  if (tagBytes > maxTagBytes) {
    throw new LimitError(
      `Cannot read message: ${tagBytes} bytes of tags, at most ${maxTagBytes} are allowed`,
      maxTagBytes,
    );
  }
  const bodyBytes = line.length - tagBytes + 2;
  if (bodyBytes > MAX_MESSAGE_BYTES) {
    throw new LimitError(
      `Cannot read message: ${bodyBytes} bytes with its line end, at most ${MAX_MESSAGE_BYTES} are allowed`,
      MAX_MESSAGE_BYTES,
    );
  }
}

/**
 * Splits the text of one line, without its line end, into its parts; sizes are not checked.
 *
 * @throws {ProtocolError} If the line holds NUL, CR or LF, or no verb.
 */
export function parseMessage(line: string): IrcMessage {
  if (LINE_ENDERS.test(line)) throw cannotRead("it holds NUL, CR or LF", line);
  let at = skipSpaces(line, 0);
  let tags = NO_TAGS;
  if (line[at] === "@") {
    const end = wordEnd(line, at);
    tags = parseTags(line.slice(at + 1, end));
    at = skipSpaces(line, end);
  }
  let source: string | null = null;
  if (line[at] === ":") {
    const end = wordEnd(line, at);
    source = line.slice(at + 1, end);
    at = skipSpaces(line, end);
  }
  const end = wordEnd(line, at);
  const verb = line.slice(at, end);
  if (!isVerb(verb)) throw cannotRead("expected a verb of letters and digits", line);
  return { tags, source, verb: verb.toUpperCase(), params: parseParams(line, end) };
}

function parseParams(line: string, from: number): string[] {
  const params: string[] = [];
  let at = skipSpaces(line, from);
  while (at < line.length) {
    if (line[at] === ":") {
      params.push(line.slice(at + 1));
      break;
    }
    const end = wordEnd(line, at);
    params.push(line.slice(at, end));
    at = skipSpaces(line, end);
  }
  return params;
}

/**
 * Writes a message as one line without its line end; sizes are not checked.
 *
 * @throws {TypeError} If a part could not be read back: NUL, CR or LF anywhere, a space or colon that
 *   would split or shift a part, a verb that is none.
 */
export function formatMessage(message: IrcMessage, options: FormatOptions = {}): string {
  const { tags, source, verb, params } = message;
  if (!isVerb(verb) || verb !== verb.toUpperCase()) throw cannotWrite("verb", verb);
  let line = tags.size === 0 ? "" : `@${formatTags(tags)} `;
  if (source !== null) {
    if (source === "" || source.includes(" ")) throw cannotWrite("source", source);
    line += `:${source} `;
  }
  line += verb;
  const last = params.length - 1;
  for (let index = 0; index <= last; index++) {
    const param = params[index] ?? "";
    const needsColon = param === "" || param.startsWith(":") || param.includes(" ");
    if (needsColon && index < last) throw cannotWrite("parameter before the last", param);
    line += needsColon || (options.colon && index === last) ? ` :${param}` : ` ${param}`;
  }
  if (LINE_ENDERS.test(line)) throw cannotWrite("message with NUL, CR or LF", line);
  return line;
}

function isVerb(text: string): boolean {
  return /^[A-Za-z0-9]+$/.test(text);
}

function skipSpaces(line: string, from: number): number {
  let at = from;
  while (line[at] === " ") at++;
  return at;
}

function wordEnd(line: string, from: number): number {
  const space = line.indexOf(" ", from);
  return space < 0 ? line.length : space;
}

function cannotRead(reason: string, line: string): ProtocolError {
  return new ProtocolError(`Cannot read message: ${reason}: "${escapeForDisplay(line, 80)}"`);
}

function cannotWrite(part: string, text: string): TypeError {
  return new TypeError(`Cannot write message: bad ${part}: "${escapeForDisplay(text, 80)}"`);
}
