/**
 * One line on its way to many clients. It is encoded once for each variant that a recipient needs,
 * when the first of them needs it, and all of them share the bytes.
 *
 * @module
 */

import { formatMessage, MAX_MESSAGE_BYTES } from "../codec/irc_message.ts";
import { NO_TAGS } from "../codec/irc_tags.ts";
import { encodeUtf8 } from "../codec/text.ts";
import { cutUtf8, utf8Length } from "../codec/utf8_length.ts";
import { VARIANT } from "./capabilities.ts";

/** Tags that a line can have besides the time, each already in its escaped form. */
export interface LineTags {
  /** The value of `msgid`. */
  readonly id?: string;
  /** Whether the source is marked as a bot. */
  readonly bot?: boolean;
  /** The client-only tags of the sender, as `+a=b;+c`. */
  readonly client?: string;
  /** `label=…` or `batch=…`: they go to one client, whatever its variant. */
  readonly response?: string;
}

/** Bytes of a line without tags and CR LF. */
const MAX_BODY_BYTES = MAX_MESSAGE_BYTES - 2;

/** A line and its encoded forms. */
export class Line {
  readonly #encoded: (Uint8Array | undefined)[] = [];

  /**
   * Makes a line; nothing is encoded yet.
   *
   * @param body Everything but tags and CR LF, at most 510 bytes.
   * @param time When it happened, in milliseconds since 1970; null for a line that never shows it.
   * @param tags What comes before the body, for those who asked for it.
   */
  constructor(readonly body: string, readonly time: number | null, readonly tags: LineTags = {}) {}

  /** The bytes for recipients of a variant, CR LF included: the same array for all of them, not to be changed. */
  bytes(variant: number): Uint8Array {
    return this.#encoded[variant] ??= encodeUtf8(`${this.#tagPart(variant)}${this.body}\r\n`);
  }

  /** The same line for the client that asked for it, with `label` or `batch`. */
  asResponse(response: string): Line {
    return new Line(this.body, this.time, { ...this.tags, response });
  }

  #tagPart(variant: number): string {
    const { id, bot, client, response } = this.tags;
    const parts: string[] = [];
    if (response !== undefined) parts.push(response);
    if (this.time !== null && (variant & VARIANT.time) !== 0) {
      parts.push(`time=${new Date(this.time).toISOString()}`);
    }
    if ((variant & VARIANT.tags) !== 0) {
      if (id !== undefined) parts.push(`msgid=${id}`);
      if (bot) parts.push("bot");
      // Last, so that they cannot push a tag of the server over the size limit.
      if (client !== undefined) parts.push(client);
    }
    return parts.length === 0 ? "" : `@${parts.join(";")} `;
  }
}

/**
 * Writes a body: parameters, then a text if there is one, always with a colon because simple clients
 * look for it. What exceeds 510 bytes is cut between characters.
 */
export function formatBody(
  source: string | null,
  verb: string,
  params: readonly string[],
  text?: string,
): string {
  const all = text === undefined ? params : [...params, text];
  const options = { colon: text !== undefined };
  return cutUtf8(
    formatMessage({ tags: NO_TAGS, source, verb, params: all }, options),
    MAX_BODY_BYTES,
  );
}

/** Whether a message would be cut by `formatBody`. */
export function isTooLong(source: string, verb: string, target: string, text: string): boolean {
  // Colon, three spaces and the colon of the text.
  return 5 + source.length + verb.length + utf8Length(target) + utf8Length(text) > MAX_BODY_BYTES;
}
