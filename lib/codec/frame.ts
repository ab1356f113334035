/**
 * Length-prefixed frames on a byte stream: the layer below a protocol that gives meaning to types
 * and flags.
 *
 * ```text
 * 0        1        2        3        4        5        6
 * +--------+--------+--------+--------+--------+--------+--------- - - -
 * |  type  | flags  |  payload length (u32, big-endian) | payload
 * +--------+--------+--------+--------+--------+--------+--------- - - -
 * ```
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeFrame, FrameDecoder } from "./frame.ts";
 *
 * const wire = encodeFrame({ type: 7, flags: 0, payload: Uint8Array.of(1, 2) });
 * assertEquals(wire, Uint8Array.of(7, 0, 0, 0, 0, 2, 1, 2));
 *
 * const decoder = new FrameDecoder(1024);
 * decoder.push(wire.subarray(0, 4));
 * assertEquals(decoder.next(), undefined);
 * decoder.push(wire.subarray(4));
 * assertEquals(decoder.next(), { type: 7, flags: 0, payload: Uint8Array.of(1, 2) });
 * ```
 *
 * @module
 */

import { LimitError } from "./errors.ts";

/** Bytes in front of every payload. */
export const FRAME_HEADER_BYTES = 6;

const NO_BYTES = new Uint8Array(0);

/** One message of a framed protocol. */
export interface Frame {
  /** What the payload is, 0 to 255; the protocol above assigns the numbers. */
  readonly type: number;
  /** Eight bits for the protocol above. */
  readonly flags: number;
  /** The content, possibly empty. */
  readonly payload: Uint8Array;
}

/**
 * Encodes a frame into one new array.
 *
 * @throws {RangeError} If a value does not fit its field.
 */
export function encodeFrame({ type, flags, payload }: Frame): Uint8Array<ArrayBuffer> {
  assertField("type", type, 0xff);
  assertField("flags", flags, 0xff);
  assertField("payload length", payload.length, 0xffff_ffff);
  const wire = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  wire[0] = type;
  wire[1] = flags;
  // Storing into a byte keeps the lowest eight bits.
  wire[2] = payload.length >>> 24;
  wire[3] = payload.length >>> 16;
  wire[4] = payload.length >>> 8;
  wire[5] = payload.length;
  wire.set(payload, FRAME_HEADER_BYTES);
  return wire;
}

/** An incremental decoder of frames: push a chunk, call `next` until it has no more frames. */
export class FrameDecoder {
  /** The part of `#chunk` from `#at` on has not been decoded. */
  #chunk: Uint8Array = NO_BYTES;
  #at = 0;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  /** The payload under way, where it comes in more than one chunk. */
  #payload: Uint8Array | undefined;
  #payloadBytes = 0;

  /**
   * Makes a decoder that stands in front of the first frame.
   *
   * @param maxPayloadBytes The longest payload accepted; also the most memory that one frame costs.
   */
  constructor(readonly maxPayloadBytes: number) {}

  /**
   * Bytes of an unfinished frame that have come, 0 between two frames: if the stream ends at another
   * value, the peer left in the middle of a frame. Call it when `next` has returned `undefined`.
   */
  get pending(): number {
    return this.#headerBytes + this.#payloadBytes;
  }

  /**
   * Hands in the next bytes of the stream; the chunk must stay unchanged while its frames are in use.
   *
   * @throws {Error} If `next` has not been called until it returned `undefined` for the last chunk.
   */
  push(chunk: Uint8Array): void {
    if (this.#at < this.#chunk.length) {
      throw new Error("Cannot push a chunk: the one before has unread frames; call next() first");
    }
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * Returns the next frame, or `undefined` when more bytes are needed.
   *
   * The payload is a view of the pushed chunk if it lies in it as a whole, valid until the caller
   * overwrites the chunk; else an array of its own, allocated when the header has passed the cap.
   *
   * @throws {LimitError} If a header announces more than `maxPayloadBytes`. The stream cannot be
   * followed from there: every later call throws the same.
   */
  next(): Frame | undefined {
    if (this.#headerBytes < FRAME_HEADER_BYTES) {
      this.#headerBytes += this.#takeInto(this.#header, this.#headerBytes);
      if (this.#headerBytes < FRAME_HEADER_BYTES) return this.#needMore();
    }
    const length = new DataView(this.#header.buffer).getUint32(2);
    if (length > this.maxPayloadBytes) {
      throw new LimitError(
        `Cannot accept a frame of ${length} bytes: at most ${this.maxPayloadBytes} are allowed`,
        this.maxPayloadBytes,
      );
    }
    if (this.#payload === undefined && this.#chunk.length - this.#at >= length) {
      this.#at += length;
      return this.#finish(this.#chunk.subarray(this.#at - length, this.#at));
    }
    this.#payload ??= new Uint8Array(length);
    this.#payloadBytes += this.#takeInto(this.#payload, this.#payloadBytes);
    return this.#payloadBytes < length ? this.#needMore() : this.#finish(this.#payload);
  }

  /**
   * Takes the bytes behind the last frame, for a protocol that sends a counted run of raw bytes there.
   *
   * @returns A view of the pushed chunk.
   * @throws {Error} If they begin in the middle of a frame, which is what `next` would go on with.
   */
  rest(): Uint8Array {
    if (this.pending > 0) {
      throw new Error(`Cannot take raw bytes: ${this.pending} bytes of a frame are under way`);
    }
    const rest = this.#chunk.subarray(this.#at);
    this.#needMore();
    return rest;
  }

  /** Copies as much of the chunk as the target has room for, from `offset` on. */
  #takeInto(target: Uint8Array, offset: number): number {
    const piece = this.#chunk.subarray(this.#at, this.#at + target.length - offset);
    target.set(piece, offset);
    this.#at += piece.length;
    return piece.length;
  }

  #finish(payload: Uint8Array): Frame {
    this.#payload = undefined;
    this.#payloadBytes = 0;
    this.#headerBytes = 0;
    const [type = 0, flags = 0] = this.#header;
    return { type, flags, payload };
  }

  /** Forgets the chunk, so that its memory does not live as long as the connection. */
  #needMore(): undefined {
    this.#chunk = NO_BYTES;
    this.#at = 0;
    return undefined;
  }
}

function assertField(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new RangeError(
    `Cannot encode a frame: the ${name} must be a whole number from 0 to ${max}, not ${value}`,
  );
}
