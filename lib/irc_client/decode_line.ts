import { ProtocolError } from "../codec/errors.ts";
import {
  type IrcMessage,
  MAX_MESSAGE_BYTES,
  MAX_TAG_BYTES,
  parseMessage,
} from "../codec/irc_message.ts";
import { decodeUtf8 } from "../codec/text.ts";

/**
 * Bytes of a line that a server may send: what the protocol allows, and some more for the body, because
 * servers exist that count the tags of others wrongly or allow longer lines.
 */
export const MAX_LINE_BYTES: number = MAX_TAG_BYTES + 8 * MAX_MESSAGE_BYTES;

/** What lines were written in before UTF-8; every byte is a character. */
const OLD_TEXT = new TextDecoder("windows-1252");

/**
 * Decodes a line of any server: UTF-8 as a rule, and where it is not, the encoding that most old clients
 * use. NUL and CR within a line, which no server may send, are dropped.
 *
 * @throws {ProtocolError} If it is no message.
 */
export function decodeLine(line: Uint8Array): IrcMessage {
  return parseMessage(decode(line).replace(/[\0\r]/g, ""));
}

function decode(line: Uint8Array): string {
  try {
    return decodeUtf8(line);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    // Not UTF-8; the other encoding knows no such error.
    return OLD_TEXT.decode(line);
  }
}
