/**
 * A queue of bytes with a cap: chunks go in at one end, a decoder looks at the contents as one
 * contiguous array and takes bytes from the other end.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ByteBuffer } from "./byte_buffer.ts";
 *
 * const buffer = new ByteBuffer(1024);
 * buffer.append(Uint8Array.of(1, 2, 3));
 * buffer.consume(1);
 * assertEquals(buffer.peek(), Uint8Array.of(2, 3));
 * ```
 *
 * @module
 */

import { LimitError } from "./errors.ts";

/** Storage starts with this, in bytes, so that ten thousand buffers in use cost few megabytes. */
const MIN_CAPACITY = 256;

/** An empty buffer keeps storage up to this size, in bytes, and gives larger storage back. */
const KEPT_CAPACITY = 4096;

const NO_BYTES = new Uint8Array(0);

/**
 * A capped byte queue; appending and consuming take time in proportion to the bytes appended,
 * however they are cut up. It has no storage until the first byte, and at most twice its cap.
 */
export class ByteBuffer {
  #storage: Uint8Array<ArrayBuffer> = NO_BYTES;
  #start = 0;
  #end = 0;

  /**
   * Makes an empty queue.
   *
   * @param maxBytes The most bytes held at any time; a chunk that would exceed it is refused.
   * @throws {RangeError} If `maxBytes` is negative or not a number.
   */
  constructor(readonly maxBytes: number) {
    if (!(maxBytes >= 0)) {
      throw new RangeError(`Cannot make a byte buffer: the cap must be 0 or more, not ${maxBytes}`);
    }
  }

  /** Bytes held now. */
  get length(): number {
    return this.#end - this.#start;
  }

  /**
   * Copies a chunk to the end of the queue; the caller may reuse the chunk at once.
   *
   * @throws {LimitError} If the queue would hold more than `maxBytes`; it is left as it was.
   */
  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.maxBytes) {
      throw new LimitError(
        `Cannot buffer ${needed} bytes: at most ${this.maxBytes} are allowed`,
        this.maxBytes,
      );
    }
    if (this.#end + chunk.length > this.#storage.length) this.#makeRoom(needed);
    this.#storage.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** All bytes held, oldest first: a view, valid until the next `append` or `consume`. */
  peek(): Uint8Array<ArrayBuffer> {
    return this.#storage.subarray(this.#start, this.#end);
  }

  /**
   * Drops the oldest bytes.
   *
   * @throws {RangeError} If fewer than `count` bytes are held, or `count` is negative.
   */
  consume(count: number): void {
    if (!(count >= 0 && count <= this.length)) {
      throw new RangeError(`Cannot consume ${count} bytes: ${this.length} are buffered`);
    }
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    if (this.#storage.length > KEPT_CAPACITY) this.#storage = NO_BYTES;
  }

  /**
   * Slides when the contents fill at most half of the storage, grows to twice the contents otherwise:
   * either way as many bytes have come or gone since the last move as this one copies.
   */
  #makeRoom(needed: number): void {
    if (needed <= this.#storage.length / 2) {
      this.#storage.copyWithin(0, this.#start, this.#end);
    } else {
      const grown = new Uint8Array(Math.max(MIN_CAPACITY, 2 * needed));
      grown.set(this.peek());
      this.#storage = grown;
    }
    this.#end -= this.#start;
    this.#start = 0;
  }
}
