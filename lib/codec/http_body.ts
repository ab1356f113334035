/**
 * The two bodies that come as they are: of a known length, and up to the end of the stream.
 *
 * @module
 */

import { PeerClosedError } from "./errors.ts";

/** Finds a body in the bytes behind a head; `http_chunks.ts` has the third kind. */
export interface BodyDecoder {
  /** Hands in the next bytes, after `next` has returned `undefined` for the last ones. */
  push(chunk: Uint8Array): void;
  /**
   * Returns the next part, a view of what was pushed, `"end"` behind the last one, or `undefined` when
   * more bytes are needed.
   */
  next(): Uint8Array | "end" | undefined;
  /** Bytes that were pushed and lie behind the end: there should be none. */
  readonly surplus: number;
  /**
   * The stream has ended.
   *
   * @throws {PeerClosedError} If the body has not.
   */
  end(): void;
}

const NO_BYTES = new Uint8Array(0);

/** A body of a known length; what comes behind it is left alone. */
export class SizedBody implements BodyDecoder {
  #chunk: Uint8Array = NO_BYTES;
  #left: number;

  /** Makes the decoder of a body of so many bytes. */
  constructor(readonly length: number) {
    this.#left = length;
  }

  /** Hands in the next bytes. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
  }

  /** Returns the next part. */
  next(): Uint8Array | "end" | undefined {
    if (this.#left === 0) return "end";
    const part = this.#chunk.subarray(0, this.#left);
    this.#chunk = this.#chunk.subarray(part.length);
    this.#left -= part.length;
    return part.length > 0 ? part : undefined;
  }

  /** Bytes behind the end. */
  get surplus(): number {
    return this.#left === 0 ? this.#chunk.length : 0;
  }

  /** Makes sure that all of it has come. */
  end(): void {
    if (this.#left > 0) throw bodyCutOff(this.length - this.#left, this.length);
  }
}

/** A body that ends with the stream, as those of HTTP/1.0 may: nothing tells whether all of it came. */
export class EndlessBody implements BodyDecoder {
  /** Nothing lies behind the end of the stream. */
  readonly surplus = 0;
  #chunk: Uint8Array = NO_BYTES;

  /** Hands in the next bytes. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
  }

  /** Returns the next part; it is for the stream to say when there are no more. */
  next(): Uint8Array | undefined {
    const part = this.#chunk;
    this.#chunk = NO_BYTES;
    return part.length > 0 ? part : undefined;
  }

  /** This is where it ends. */
  end(): void {}
}

/** The error for a body that the end of the stream cut off. */
export function bodyCutOff(received: number, length?: number): PeerClosedError {
  const of = length === undefined ? "" : ` of ${length}`;
  return new PeerClosedError(
    `The server closed in the middle of the body, after ${received}${of} bytes`,
    received,
    length,
  );
}
