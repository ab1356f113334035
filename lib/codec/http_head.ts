/**
 * The head of an HTTP response: status line and fields, up to the empty line (RFC 9112, sections 4 and 5).
 *
 * ```text
 * HTTP/1.1 200 OK CRLF
 * Content-Type: text/plain CRLF
 * CRLF
 * ```
 *
 * @module
 */

import { Buffer, isUtf8 } from "node:buffer";
import { LimitError, ProtocolError } from "./errors.ts";
import { escapeBytes } from "./text.ts";

/**
 * Bytes of all lines around a response's body: interim heads, head, trailer. RFC 9110, section 5.4, sets
 * no limit; 64 KiB is several times what servers and proxies let through.
 */
export const MAX_HTTP_HEAD = 64 * 1024;

/** One field line. */
export interface HttpField {
  /** As it was sent; names are compared without regard to case. */
  readonly name: string;
  /** Without the blanks around it. UTF-8 if it is that, else ISO 8859-1 (RFC 9110, section 5.5). */
  readonly value: string;
}

/** Status line and fields. */
export interface HttpHead {
  /** `1.0` or `1.1`, or a later 1.x. */
  readonly version: string;
  /** 100 to 999. */
  readonly status: number;
  /** The words behind the status, which mean nothing to a program; may be empty. */
  readonly reason: string;
  /** The field lines, in their order. */
  readonly fields: readonly HttpField[];
}

/** All values of a field, in the order in which they came. */
export function fieldValues({ fields }: HttpHead, name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter((field) => field.name.toLowerCase() === wanted).map(({ value }) => value);
}

/** The lines of a head without their endings, the empty one included: text of the peer, not escaped. */
export function headLines({ version, status, reason, fields }: HttpHead): string[] {
  const statusLine = `HTTP/${version} ${status} ${reason}`.trimEnd();
  return [statusLine, ...fields.map(({ name, value }) => `${name}: ${value}`), ""];
}

const STATUS_LINE = /^HTTP\/(1\.\d) ([1-9]\d\d)(?: (.*))?$/s;
/** `token` of RFC 9110, section 5.6.2. A blank before the colon is no part of it: such a line is refused. */
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const EDGE_BLANKS = /^[ \t]+|[ \t]+$/g;

/** Puts a head together from its lines, and counts their bytes against {@linkcode MAX_HTTP_HEAD}. */
export class HeadCollector {
  #status: Omit<HttpHead, "fields"> | undefined;
  #fields: { name: string; value: string }[] = [];
  /** Bytes of all lines so far, of all heads, line endings not counted. */
  bytes = 0;

  /**
   * Adds a line without its ending; the empty line completes the head, and the next line starts another.
   *
   * @throws {ProtocolError} If the line has no place in a head, a `LimitError` if there are too many.
   */
  add(line: Uint8Array): HttpHead | undefined {
    this.count(line.length);
    if (this.#status === undefined) {
      this.#status = parseStatusLine(line);
      return undefined;
    }
    if (line.length > 0) {
      this.#addField(line);
      return undefined;
    }
    const head = { ...this.#status, fields: this.#fields };
    this.#status = undefined;
    this.#fields = [];
    return head;
  }

  /**
   * Counts bytes of a line that is not kept.
   *
   * @throws {LimitError} If that is more than {@linkcode MAX_HTTP_HEAD} in all.
   */
  count(length: number): void {
    this.bytes += length;
    if (this.bytes <= MAX_HTTP_HEAD) return;
    throw new LimitError(
      `The server sent more than ${MAX_HTTP_HEAD} bytes of headers`,
      MAX_HTTP_HEAD,
    );
  }

  #addField(line: Uint8Array): void {
    const text = textOf(line);
    const last = this.#fields.at(-1);
    if (/^[ \t]/.test(text) && last !== undefined) {
      // An obsolete line folding, which stands for one blank (RFC 9112, section 5.2).
      last.value = `${last.value} ${text.replace(EDGE_BLANKS, "")}`.trimStart();
      return;
    }
    const colon = text.indexOf(":");
    const name = text.slice(0, Math.max(colon, 0));
    if (!FIELD_NAME.test(name)) throw new ProtocolError(`Cannot read a header: ${quote(line)}`);
    this.#fields.push({ name, value: text.slice(colon + 1).replace(EDGE_BLANKS, "") });
  }
}

function parseStatusLine(line: Uint8Array): Omit<HttpHead, "fields"> {
  const [, version, status, reason = ""] = STATUS_LINE.exec(textOf(line)) ?? [];
  if (version === undefined) {
    throw new ProtocolError(`The server does not speak HTTP/1: it answers ${quote(line)}`);
  }
  return { version, status: Number(status), reason };
}

function textOf(line: Uint8Array): string {
  // CR and NUL could end the line for whoever reads it next (RFC 9112, section 2.2).
  if (line.includes(0x0d) || line.includes(0)) {
    throw new ProtocolError(`Cannot read a header with a control character: ${quote(line)}`);
  }
  return Buffer.from(line).toString(isUtf8(line) ? "utf8" : "latin1");
}

function quote(line: Uint8Array): string {
  return `"${escapeBytes(line, 60)}"`;
}
