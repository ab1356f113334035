/**
 * Cuts a byte stream into lines, whatever the segments it arrives in.
 *
 * ```text
 * line = *(any byte but LF) [CR] LF      the ending, LF or CR LF, is not part of what is returned
 * ```
 *
 * Push a chunk, call `next()` until it has no more lines, read the next chunk. A CR anywhere else
 * is an ordinary byte of the line: protocols that forbid it check for it.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { LineSplitter } from "./line_splitter.ts";
 * import { decodeUtf8, encodeUtf8 } from "./text.ts";
 *
 * const splitter = new LineSplitter(80);
 * const lines: string[] = [];
 * for (const segment of ["one\r\ntw", "o\nthr", "ee"]) {
 *   splitter.push(encodeUtf8(segment));
 *   for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
 *     lines.push(decodeUtf8(line));
 *   }
 * }
 * assertEquals(lines, ["one", "two"]);
 * assertEquals(decodeUtf8(splitter.rest()), "three");
 * ```
 *
 * @module
 */

import { ByteBuffer } from "./byte_buffer.ts";
import { concatBytes } from "./bytes.ts";
import { LimitError } from "./errors.ts";

const LF = 0x0a;
const CR = 0x0d;
const NO_BYTES = new Uint8Array(0);

/**
 * What happens once for a line over the cap: `"error"` throws a `LimitError`, `"discard"` returns
 * `"overlong"` in place of the line. The rest of that line is dropped in both cases, so a caller
 * that carries on after the error gets the line behind it.
 */
export type OverlongPolicy = "error" | "discard";

/**
 * What `LineSplitter.next` gives: a line, `undefined` for "need more", or `"overlong"` under the
 * policy `"discard"`.
 */
export type NextLine<Policy extends OverlongPolicy> =
  | Uint8Array
  | undefined
  | (Policy extends "discard" ? "overlong" : never);

/**
 * An incremental splitter of bytes into lines: searches each byte once, and holds no more of an
 * unfinished line than the cap, however much of it a peer sends.
 */
export class LineSplitter<Policy extends OverlongPolicy = "error"> {
  /** The part of `#chunk` from `#at` on has not been searched. */
  #chunk: Uint8Array = NO_BYTES;
  #at = 0;
  /** The start of a line whose end has not come yet. */
  readonly #carry: ByteBuffer;
  /** True while the rest of a line that was reported as over-long is dropped. */
  #dropping = false;

  /**
   * Makes a splitter that stands at the start of a line.
   *
   * @param maxBytes The most bytes in a line, without its ending.
   * @param overlong What `next` does about a longer one, by default `"error"`.
   */
  constructor(readonly maxBytes: number, readonly overlong: Policy = "error" as Policy) {
    // One more byte: the CR of an ending whose LF has not come.
    this.#carry = new ByteBuffer(maxBytes + 1);
  }

  /**
   * Hands in the next bytes of the stream; the chunk must stay unchanged while its lines are in use.
   *
   * @throws {Error} If `next` has not been called until it returned `undefined` for the last chunk.
   */
  push(chunk: Uint8Array): void {
    if (this.#at < this.#chunk.length) {
      throw new Error("Cannot push a chunk: the one before has unread lines; call next() first");
    }
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * Returns the next line without its ending, or `undefined` when more bytes are needed.
   *
   * A line is a view of the pushed chunk, or a copy if it began in an earlier one: valid until the
   * caller overwrites the chunk.
   *
   * @throws {LimitError} For a line of more than `maxBytes` bytes, as soon as that is certain, if the
   * policy is `"error"`.
   */
  next(): NextLine<Policy> {
    if (this.#dropping && !this.#skipLine()) return undefined;
    const start = this.#at;
    const found = this.#chunk.indexOf(LF, start);
    const end = found < 0 ? this.#chunk.length : found;
    const length = this.#contentLength(start, end);
    if (length > this.maxBytes) return this.#reportOverlong(found);
    if (found < 0) {
      this.#carry.append(this.#chunk.subarray(start));
      this.#release();
      return undefined;
    }
    this.#at = found + 1;
    if (this.#carry.length === 0) return this.#chunk.subarray(start, start + length);
    this.#carry.append(this.#chunk.subarray(start, end));
    const line = this.#carry.peek().slice(0, length);
    this.#carry.consume(this.#carry.length);
    return line;
  }

  /**
   * Takes all bytes that were pushed and not returned as lines: at the end of the stream the
   * unterminated last line, and where a protocol turns from lines to raw bytes (a body behind its
   * headers) the start of those. Bytes of a line already reported as over-long are not among them.
   *
   * @returns A view of the pushed chunk, or a copy if part of it came in an earlier chunk.
   */
  rest(): Uint8Array {
    if (this.#dropping) this.#skipLine();
    const tail = this.#chunk.subarray(this.#at);
    this.#release();
    if (this.#carry.length === 0) return tail;
    const rest = concatBytes([this.#carry.peek(), tail]);
    this.#carry.consume(this.#carry.length);
    return rest;
  }

  /** Length of the line that ends before `end`, or of as much as is here, less the CR of its ending. */
  #contentLength(start: number, end: number): number {
    const length = this.#carry.length + end - start;
    const last = end > start ? this.#chunk[end - 1] : this.#carry.peek().at(-1);
    return last === CR ? length - 1 : length;
  }

  /** Drops the line that is too long, as far as it is here, and says so once. */
  #reportOverlong(lineFeed: number): NextLine<Policy> {
    this.#carry.consume(this.#carry.length);
    this.#dropping = lineFeed < 0;
    if (lineFeed < 0) this.#release();
    else this.#at = lineFeed + 1;
    if (this.overlong === "discard") return "overlong" as NextLine<Policy>;
    throw new LimitError(
      `Cannot read a line of more than ${this.maxBytes} bytes`,
      this.maxBytes,
    );
  }

  /** Moves behind the end of the line that is being dropped; returns false if that has not come yet. */
  #skipLine(): boolean {
    const found = this.#chunk.indexOf(LF, this.#at);
    if (found < 0) {
      this.#release();
      return false;
    }
    this.#at = found + 1;
    this.#dropping = false;
    return true;
  }

  /** Forgets the chunk, so that its memory does not live as long as the connection. */
  #release(): void {
    this.#chunk = NO_BYTES;
    this.#at = 0;
  }
}
