/**
 * The incoming half of a file transfer connection behind the preamble: messages, and the raw runs of
 * file content between them.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FileDecoder } from "./file_decoder.ts";
 * import { encodeFileMessage } from "./file_message.ts";
 *
 * const decoder = new FileDecoder();
 * decoder.push(encodeFileMessage({ kind: "run", length: 2 }));
 * assertEquals(decoder.next(), undefined);
 * decoder.push(Uint8Array.of(7, 8));
 * assertEquals(decoder.next(), { kind: "content", bytes: Uint8Array.of(7, 8) });
 * ```
 *
 * @module
 */

import { PeerClosedError } from "./errors.ts";
import { decodeFileMessage } from "./file_message.ts";
import { type FileTransferMessage } from "./file_messages.ts";
import { MAX_MESSAGE_BYTES } from "./file_layouts.ts";
import { FrameDecoder } from "./frame.ts";

/** Content of the file under way. */
export interface Content {
  /** Not a message's name. */
  readonly kind: "content";
  /** A view of the pushed chunk, valid until the caller overwrites that. */
  readonly bytes: Uint8Array;
}

/** What {@linkcode FileDecoder} gives: a message (`run` excepted), or content of a run. */
export type FileEvent = Exclude<FileTransferMessage, { kind: "run" }> | Content;

/**
 * An incremental decoder: push a chunk, call `next` until it has no more. It holds at most one message;
 * content is passed through as it comes.
 */
export class FileDecoder {
  readonly #frames = new FrameDecoder(MAX_MESSAGE_BYTES);
  /** Bytes of the run under way that have not come yet. */
  #runLeft = 0;
  /** What lies behind the last message or run, if that is content or the end of a run was in it. */
  #rest: Uint8Array = new Uint8Array(0);

  /** Hands in the next bytes. @throws {Error} If `next` has not said `undefined` for the last ones. */
  push(chunk: Uint8Array): void {
    if (this.#rest.length > 0) {
      throw new Error("Cannot push a chunk: the one before has unread events");
    }
    if (this.#runLeft > 0) this.#rest = chunk;
    else this.#frames.push(chunk);
  }

  /**
   * Returns the next message or piece of content, or `undefined` when more bytes are needed.
   *
   * @throws {ProtocolError} If the peer sent what no encoder makes, {@linkcode LimitError} if it is too
   * long; the connection cannot be followed from there.
   */
  next(): FileEvent | undefined {
    if (this.#runLeft > 0) return this.#takeContent();
    const frame = this.#frames.next();
    if (frame === undefined) return undefined;
    const message = decodeFileMessage(frame);
    if (message.kind !== "run") return message;
    this.#runLeft = message.length;
    this.#rest = this.#frames.rest();
    return this.#takeContent();
  }

  /**
   * Says that the peer has finished sending.
   *
   * @throws {PeerClosedError} If that is in the middle of a message or a run.
   */
  end(): void {
    const { pending } = this.#frames;
    if (pending === 0 && this.#runLeft === 0) return;
    const what = this.#runLeft > 0 ? `${this.#runLeft} bytes of content missing` : "in a message";
    throw new PeerClosedError(`Cannot read on: the peer closed, ${what}`, pending);
  }

  #takeContent(): Content | undefined {
    const bytes = this.#rest.subarray(0, this.#runLeft);
    if (bytes.length === 0) return undefined;
    this.#runLeft -= bytes.length;
    this.#rest = this.#rest.subarray(bytes.length);
    if (this.#runLeft === 0) {
      this.#frames.push(this.#rest);
      this.#rest = this.#rest.subarray(this.#rest.length);
    }
    return { kind: "content", bytes };
  }
}
