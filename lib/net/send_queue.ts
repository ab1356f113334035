import type { ByteWriter } from "./byte_stream.ts";
import type { FlushRound } from "./flush_round.ts";

/** Bytes gathered into one write at most: more would only wait in the system's buffer instead of here. */
const MAX_WRITE = 64 * 1024;

/** The sending half of a connection. */
export interface Outlet extends ByteWriter {
  /** Finishes sending (FIN). */
  closeWrite(): Promise<void>;
  /** Ends both directions at once. */
  close(): void;
}

/** How a queue works. */
export interface SendQueueOptions {
  /** Bytes that may wait, those of the write under way included. */
  readonly maxBytes: number;
  /** When the queues of this server are flushed. */
  readonly round: FlushRound;
}

/**
 * What one client still has to get: lines go in from anywhere and at any time, one writer sends them in
 * order. Nobody waits for a client that reads slowly; its queue grows to the cap, and then it is told off.
 *
 * ```text
 * push, push, push … -> [ line line line ] -> end of the turn: one write of all that waits
 * ```
 */
export class SendQueue {
  /** Why writing failed, if it did; the connection is closed then. */
  failure: unknown;
  /** Resolves when all is sent and the FIN is out after {@linkcode end}, or when writing has failed. */
  readonly finished: Promise<void>;

  readonly #outlet: Outlet;
  readonly #options: SendQueueOptions;
  readonly #resolveFinished: () => void;
  #lines: Uint8Array[] = [];
  #bytes = 0;
  #scheduled = false;
  #writing = false;
  #ended = false;
  /** When the write under way last made progress, by `performance.now()`. */
  #progressAt = 0;

  /** Makes an empty queue in front of a connection. */
  constructor(outlet: Outlet, options: SendQueueOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#outlet = outlet;
    this.#options = options;
    this.finished = promise;
    this.#resolveFinished = resolve;
  }

  /** Bytes that wait, those of the write under way included. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Queues a line by reference: it must not be changed any more.
   *
   * @param farewell Whether this is one of the few last words, for which there is always room.
   * @returns `false` if the queue is full, and the line left out: the client has to go, because a line
   * that is missing would be worse than a connection that is.
   */
  push(line: Uint8Array, farewell: boolean = false): boolean {
    if (this.#ended) return true;
    if (!farewell && this.#bytes + line.length > this.#options.maxBytes) return false;
    this.#lines.push(line);
    this.#bytes += line.length;
    if (!this.#scheduled && !this.#writing) this.#schedule();
    return true;
  }

  /** Gives up all that is not on its way yet, so that there is room for a last word. */
  discard(): void {
    for (const line of this.#lines) this.#bytes -= line.length;
    this.#lines = [];
  }

  /** Takes no more lines. Once all that wait are sent, so is the FIN. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#scheduled && !this.#writing) this.#schedule();
  }

  /**
   * For how long the client has taken nothing although there was something to take.
   *
   * @param now The time, by `performance.now()`, as is the result, in milliseconds.
   */
  stalledFor(now: number): number {
    return this.#writing ? now - this.#progressAt : 0;
  }

  /** Starts the writer; the end of the turn calls this. */
  flush(now: number): void {
    this.#scheduled = false;
    this.#writing = true;
    this.#progressAt = now;
    this.#write();
  }

  #schedule(): void {
    this.#scheduled = true;
    this.#options.round.add(this);
  }

  /** The one writer. Never throws: whoever reads from the connection learns that it is closed. */
  async #write(): Promise<void> {
    try {
      while (this.#lines.length > 0) {
        let rest = this.#gather();
        for (;;) {
          const count = await this.#outlet.write(rest);
          this.#bytes -= count;
          if (this.#bytes > 0) this.#progressAt = performance.now();
          if (count === rest.length) break;
          rest = rest.subarray(count);
        }
      }
      this.#writing = false;
      if (!this.#ended) return;
      await this.#outlet.closeWrite();
    } catch (error) {
      this.failure = error;
      this.discard();
      this.#ended = true;
      this.#outlet.close();
    }
    this.#resolveFinished();
  }

  /** Takes as many lines as go into one write. */
  #gather(): Uint8Array {
    let count = 0;
    let bytes = 0;
    for (const line of this.#lines) {
      bytes += line.length;
      if (bytes > MAX_WRITE && count > 0) break;
      count++;
    }
    const { round } = this.#options;
    if (count < this.#lines.length) return round.join(this.#lines.splice(0, count));
    const all = this.#lines;
    this.#lines = [];
    return round.join(all);
  }
}
