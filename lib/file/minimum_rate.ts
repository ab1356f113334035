import { encodeFileMessage } from "../codec/file_message.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import { TransferError } from "./transfer_error.ts";

/** Looks at the clock in one window: the precision of "waiting", against the cost of looking. */
const TICKS_PER_WINDOW = 8;
/**
 * How long a peer may say that it is busy, without anything that moves, in milliseconds: a terabyte is
 * hashed in this time, and nobody holds a connection for ever.
 */
const LONGEST_EXCUSE = 60 * 60 * 1000;
/** What it costs to say so: on the wire, but nothing that moves. */
const EXCUSE_BYTES =
  encodeFileMessage({ kind: "busy", phase: "scanning", done: 0, total: 0 }).length;
/** A window that suits most: long enough for a lost segment or two, in milliseconds. */
export const RATE_WINDOW = 20_000;

/** How slow a peer may be. */
export interface MinimumRateOptions {
  /** Bytes a second in both directions together; 0 for no minimum. */
  readonly bytesPerSecond: number;
  /** Over how long that is measured, in milliseconds. */
  readonly window: number;
  /** Called once when a peer was too slow: what it does not even read must be cut in the end. */
  readonly onTooSlow?: () => void;
}

/**
 * A stream whose peer must keep up a minimum rate while `watching`. Only the time counts in which this
 * side waits for the peer: who hashes or syncs holds nobody up. A peer that says it is busy is forgiven
 * with {@linkcode MinimumRate.forgive}.
 *
 * A read or write that waits when the peer is given up throws {@linkcode TransferError} `too-slow`.
 */
export class MinimumRate implements ByteStream {
  /** Whether the peer owes us anything: between jobs it does not. */
  watching = false;
  readonly #stream: ByteStream;
  readonly #options: MinimumRateOptions;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  readonly #pending = new Set<(reason: Error) => void>();
  /** All that has moved, excuses left out; they are taken for content until they have been read. */
  #bytes = 0;
  /** Where the window begins. It never goes back: what was an excuse must first be made up for. */
  #from = 0;
  #ticks = 0;
  /** When the peer last kept up. */
  #keptUp = performance.now();

  /** Takes over a stream. */
  constructor(stream: ByteStream, options: MinimumRateOptions) {
    this.#stream = stream;
    this.#options = options;
    if (options.bytesPerSecond === 0) return;
    this.#timer = setInterval(() => this.#look(), options.window / TICKS_PER_WINDOW);
  }

  /** Reads as the stream does. */
  read(into: Uint8Array): Promise<number | null> {
    return this.#waitFor(this.#stream.read(into));
  }

  /** Writes as the stream does. */
  write(from: Uint8Array): Promise<number> {
    return this.#waitFor(this.#stream.write(from));
  }

  /** Finishes sending. */
  closeWrite(): Promise<void> {
    return this.#stream.closeWrite();
  }

  /**
   * One message says that somebody is busy: the window begins anew, for {@linkcode LONGEST_EXCUSE} at
   * most after the last one in which the rate was kept up.
   */
  forgive(): void {
    this.#bytes -= EXCUSE_BYTES;
    const now = performance.now();
    // A window that is cut short by excuses may have all that a whole one needs.
    if (this.#hasKeptUp()) this.#keptUp = now;
    if (now - this.#keptUp < LONGEST_EXCUSE) this.#begin();
  }

  /** Ends the watch; the stream stays open. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Ends the watch and closes the stream. */
  [Symbol.dispose](): void {
    this.stop();
    this.#stream[Symbol.dispose]();
  }

  #waitFor<Count extends number | null>(moving: Promise<Count>): Promise<Count> {
    const { promise, resolve, reject } = Promise.withResolvers<Count>();
    this.#pending.add(reject);
    moving.then((count) => {
      this.#pending.delete(reject);
      this.#bytes += count ?? 0;
      resolve(count);
    }, (error) => {
      this.#pending.delete(reject);
      reject(error);
    });
    return promise;
  }

  #hasKeptUp(): boolean {
    const { bytesPerSecond, window } = this.#options;
    return this.#bytes - this.#from >= bytesPerSecond * window / 1000;
  }

  #begin(): void {
    this.#from = Math.max(this.#from, this.#bytes);
    this.#ticks = 0;
  }

  #look(): void {
    if (!this.watching) {
      this.#keptUp = performance.now();
      return this.#begin();
    }
    if (this.#pending.size === 0 || ++this.#ticks < TICKS_PER_WINDOW) return;
    const { bytesPerSecond, window, onTooSlow } = this.#options;
    const hasKeptUp = this.#hasKeptUp();
    this.#begin();
    if (hasKeptUp) {
      this.#keptUp = performance.now();
      return;
    }
    this.stop();
    const seconds = window / 1000;
    const reason = `less than ${bytesPerSecond} bytes a second over ${seconds} s`;
    const error = new TransferError("too-slow", `The peer was too slow: ${reason}`);
    for (const reject of this.#pending) reject(error);
    onTooSlow?.();
  }
}
