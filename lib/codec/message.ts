/**
 * The messages of message-server and message-client: one line of text each, in both directions.
 *
 * ```text
 * message = *(character but NUL, CR, LF) [CR] LF     UTF-8, at most 4,096 bytes before the ending
 * answer  = the same, at most 65,536 bytes
 * ```
 *
 * What is no message is answered as well, and ends neither the conversation nor the connection.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeMessage, encodeMessage, fillReply } from "./message.ts";
 *
 * assertEquals(new TextDecoder().decode(encodeMessage("Wake up, Neo")), "Wake up, Neo\n");
 * assertEquals(decodeMessage(new TextEncoder().encode("Wake up, Neo")), "Wake up, Neo");
 * assertEquals(fillReply('received "{message}"', "hi"), 'received "hi"');
 * ```
 *
 * @module
 */

import { LimitError, ProtocolError } from "./errors.ts";
import { decodeUtf8, encodeUtf8 } from "./text.ts";

/** Bytes of a message: as many as a terminal hands over as one line (N_TTY_BUF_SIZE of Linux). */
export const MAX_MESSAGE = 4096;

/** Bytes of an answer: a reply template may quote a message, and add to it. */
export const MAX_ANSWER = 64 * 1024;

/** What a reply template has in place of the message. */
const PLACE = "{message}";

const FORBIDDEN = /[\0\r\n]/;
const NAMES = new Map([["\0", "NUL"], ["\r", "a carriage return"], ["\n", "a line feed"]]);

/**
 * Decodes a line, without its ending, as a message.
 *
 * @throws {ProtocolError} If the line is no UTF-8, or has a NUL or a carriage return inside.
 */
export function decodeMessage(line: Uint8Array): string {
  const text = decodeUtf8(line);
  refuseControls(text, "Cannot read a message");
  return text;
}

/**
 * Encodes a text as one message, its ending included, such that `decodeMessage` gives the same text back.
 *
 * @param maxBytes What the other side takes: {@linkcode MAX_MESSAGE}, or {@linkcode MAX_ANSWER}.
 * @throws {ProtocolError} If the text is no single line, a `LimitError` if it is too long.
 */
export function encodeMessage(text: string, maxBytes: number = MAX_MESSAGE): Uint8Array {
  refuseControls(text, "Cannot send a message");
  const bytes = encodeUtf8(`${text}\n`);
  const length = bytes.length - 1;
  if (length > maxBytes) {
    throw new LimitError(
      `Cannot send a message of ${length} bytes: at most ${maxBytes} are allowed`,
      maxBytes,
    );
  }
  return bytes;
}

/**
 * Makes sure that every reply from a template fits into an answer, whatever the message.
 *
 * @throws {ProtocolError} If the template is no single line, or could become too long.
 */
export function checkReply(template: string): void {
  const longest = fillReply(template, "x".repeat(MAX_MESSAGE));
  encodeMessage(longest, MAX_ANSWER);
}

/** Puts the message into a template, wherever that has `{message}`. */
export function fillReply(template: string, message: string): string {
  // Not a plain `replaceAll`: in its replacement text, "$&" and the like have a meaning.
  return template.replaceAll(PLACE, () => message);
}

function refuseControls(text: string, action: string): void {
  const [found] = FORBIDDEN.exec(text) ?? [];
  if (found === undefined) return;
  const at = text.indexOf(found);
  throw new ProtocolError(
    `${action} with ${NAMES.get(found)} at index ${at}: a message is text in one line`,
  );
}
