/**
 * A connection as the two state machines see it: messages and content in both directions, with small
 * messages gathered into large writes.
 *
 * @module
 */

import { PeerClosedError, ProtocolError } from "../codec/errors.ts";
import { FileDecoder, type FileEvent } from "../codec/file_decoder.ts";
import { MAX_RUN_BYTES } from "../codec/file_layouts.ts";
import { encodeFileMessage } from "../codec/file_message.ts";
import type { FileTransferMessage, MessageKind, MessageOf } from "../codec/file_messages.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import { writeAll } from "../net/write_all.ts";
import type { OnEvent } from "./events.ts";
import { assertFitting } from "./fitting_outcomes.ts";
import { TransferError } from "./transfer_error.ts";
import { shareThread, Turns } from "./turns.ts";

/** Bytes read at a time: below it the number of calls counts, above it the caches of the processor. */
const READ_BYTES = 256 * 1024;

const RUN_HEADER = encodeFileMessage({ kind: "run", length: 1 }).length;

/** Bytes gathered before they are written: one run of the largest size, and the messages around it. */
const WRITE_BYTES = MAX_RUN_BYTES + 4096;

/** Less room than this is not worth a run of its own. */
const SMALL_RUN_BYTES = 16 * 1024;

/** Messages of the given kinds; `busy` and `error` can come at any time and are dealt with here. */
export type Expected<Kind extends MessageKind> = Kind extends MessageKind ? MessageOf<Kind> : never;

/** Both directions of one connection. */
export class Channel implements Disposable {
  readonly #in: Uint8Array<ArrayBuffer> = new Uint8Array(READ_BYTES);
  readonly #decoder = new FileDecoder();
  #out: Uint8Array<ArrayBuffer> = new Uint8Array(WRITE_BYTES);
  #outLength = 0;
  /** Lets other connections have theirs; every wait on this one passes here. */
  readonly turns: Turns = new Turns();
  readonly #place: Disposable = shareThread();

  /**
   * Makes a channel on a connection.
   *
   * @param onEvent Hears when the peer says that it is busy.
   */
  constructor(readonly stream: ByteStream, readonly onEvent: OnEvent) {}

  /** Ends the use of the thread; the connection is its owner's to close. */
  [Symbol.dispose](): void {
    this.#place[Symbol.dispose]();
  }

  /** Hands in bytes that came together with the preamble. */
  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  /** Gathers a message; writes only if there is no room left. */
  async send(message: FileTransferMessage): Promise<void> {
    await this.sendBytes(encodeFileMessage(message));
  }

  /** Gathers bytes that are no message: the preamble. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    if (this.#outLength + bytes.length > this.#out.length) await this.flush();
    this.#out.set(bytes, this.#outLength);
    this.#outLength += bytes.length;
  }

  /**
   * Room for the next run of content, to be filled from its start and then handed to
   * {@linkcode sendRun}, without a copy in between.
   *
   * @param wanted Bytes that are to come; the room may be smaller, never larger.
   */
  async runRoom(wanted: number): Promise<Uint8Array> {
    const least = Math.min(wanted, SMALL_RUN_BYTES) + RUN_HEADER;
    if (this.#out.length - this.#outLength < least) await this.flush();
    const start = this.#outLength + RUN_HEADER;
    return this.#out.subarray(start, start + Math.min(wanted, MAX_RUN_BYTES));
  }

  /** Sends the first `length` bytes of the room as a run. */
  sendRun(length: number): void {
    this.#out.set(encodeFileMessage({ kind: "run", length }), this.#outLength);
    this.#outLength += RUN_HEADER + length;
  }

  /** Writes everything that is gathered. */
  async flush(): Promise<void> {
    const bytes = this.#out.subarray(0, this.#outLength);
    this.#outLength = 0;
    if (bytes.length > 0) await writeAll(this.stream, bytes);
    if (this.turns.due) await this.turns.yieldIfDue();
  }

  /** The next message or content that has arrived already; `undefined` if the wire must be asked. */
  poll(): FileEvent | undefined {
    for (;;) {
      const event = this.#decoder.next();
      if (event?.kind === "error") throw fromPeer(event);
      if (event?.kind !== "busy") return event;
      this.onEvent({ ...event, kind: "peer-busy" });
    }
  }

  /**
   * Waits for the next message or content; `undefined` if the peer has finished sending.
   *
   * @throws {PeerClosedError} If it finished in the middle of a message.
   * @throws {TransferError} If the peer ended the conversation with an `error`.
   */
  async receive(): Promise<FileEvent | undefined> {
    for (;;) {
      if (this.turns.due) await this.turns.yieldIfDue();
      const event = this.poll();
      if (event !== undefined) return event;
      const count = await this.stream.read(this.#in);
      if (count === null) {
        this.#decoder.end();
        return undefined;
      }
      this.#decoder.push(this.#in.subarray(0, count));
    }
  }

  /**
   * Waits for one of the given messages.
   *
   * @throws {ProtocolError} If another one comes: it does not belong into this state.
   * @throws {PeerClosedError} If it finishes sending instead.
   */
  async expect<Kind extends MessageKind>(...kinds: Kind[]): Promise<Expected<Kind>> {
    const event = await this.receive();
    if (event !== undefined) return admit(event, kinds);
    throw new PeerClosedError(`Cannot go on: the peer closed in front of "${kinds[0]}"`, 0);
  }
}

/** Passes an event that is one of the given messages. @throws {ProtocolError} If it is another. */
export function admit<Kind extends MessageKind>(
  event: FileEvent,
  kinds: readonly Kind[],
): Expected<Kind> {
  if ((kinds as readonly string[]).includes(event.kind)) return event as Expected<Kind>;
  const wanted = kinds.map((kind) => `"${kind}"`).join(" or ");
  throw new ProtocolError(`Cannot go on: the peer sent "${event.kind}" where ${wanted} belongs`);
}

function fromPeer(message: MessageOf<"error">): TransferError {
  assertFitting(message);
  const { outcome, limit } = message;
  return new TransferError(outcome, undefined, { fromPeer: true, limit });
}
