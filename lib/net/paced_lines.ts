import { ByteBuffer } from "../codec/byte_buffer.ts";
import { LimitError } from "../codec/errors.ts";
import { LineSplitter } from "../codec/line_splitter.ts";
import type { TokenBucket } from "../codec/token_bucket.ts";

/** What was cut out of the stream: a line without its ending, or word of one that was too long. */
export type PacedLine = Uint8Array | "overlong";

/** How lines are taken in. */
export interface PacedLinesOptions {
  /** Bytes of a line without its ending; of a longer one there is word, but no bytes. */
  readonly maxLine: number;
  /** Bytes that may wait for their turn. */
  readonly maxWaiting: number;
  /** How fast lines are handed on. */
  readonly bucket: TokenBucket;
  /** Takes a line, whose bytes are valid until it returns; it may pause or stop the queue. */
  readonly handle: (line: PacedLine) => void;
}

/**
 * What one client says, cut into lines and handed on one at a time, no faster than its bucket allows. What
 * comes too fast waits here as bytes, up to a cap: reading goes on, so that a client that floods is still
 * heard when it leaves.
 */
export class PacedLines {
  readonly #options: PacedLinesOptions;
  readonly #splitter: LineSplitter<"discard">;
  readonly #waiting: ByteBuffer;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  #stopped = false;
  #whenIdle: (() => void)[] = [];

  /** Stands at the start of a line. */
  constructor(options: PacedLinesOptions) {
    this.#options = options;
    this.#splitter = new LineSplitter(options.maxLine, "discard");
    this.#waiting = new ByteBuffer(options.maxWaiting);
  }

  /**
   * Hands in what was read; the caller may reuse the chunk at once.
   *
   * @returns `false` if more waits now than may: the client has to go.
   */
  push(chunk: Uint8Array): boolean {
    if (this.#stopped) return true;
    const rest = this.#waiting.length > 0 ? chunk : this.#handOn(chunk);
    if (rest.length === 0 || this.#stopped) return true;
    try {
      this.#waiting.append(rest);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return false;
    }
    this.#wakeLater();
    return true;
  }

  /** Whether something that was said waits for its turn. */
  get holds(): boolean {
    return this.#waiting.length > 0;
  }

  /** Counts so many lines more than were handed on: the next one waits for them as well. */
  charge(lines: number): void {
    this.#options.bucket.take(lines);
  }

  /** Hands on nothing until {@linkcode resume}. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on with what has waited. */
  resume(): void {
    this.#paused = false;
    this.#goOn();
  }

  /** Hands on nothing any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#settle();
  }

  /** Resolves when every line that came has been handed on, or none will be any more. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #isIdle(): boolean {
    return this.#stopped || (this.#waiting.length === 0 && !this.#paused);
  }

  #settle(): void {
    if (!this.#isIdle()) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Goes on with the bytes that wait, as far as that is allowed now. */
  #goOn(): void {
    this.#timer = undefined;
    const waiting = this.#waiting.peek();
    const rest = this.#handOn(waiting);
    this.#waiting.consume(waiting.length - rest.length);
    if (this.#waiting.length > 0) this.#wakeLater();
    else this.#settle();
  }

  /** Hands on lines as long as that is allowed; returns the bytes for which it was not. */
  #handOn(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0 || !this.#mayGo()) return bytes;
    const { bucket, handle } = this.#options;
    this.#splitter.push(bytes);
    do {
      const line = this.#splitter.next();
      // What is left is the beginning of a line, and the splitter keeps it.
      if (line === undefined) return bytes.subarray(bytes.length);
      bucket.take();
      handle(line);
    } while (this.#mayGo());
    return this.#splitter.rest();
  }

  #mayGo(): boolean {
    return !this.#paused && !this.#stopped && this.#options.bucket.wait(performance.now()) === 0;
  }

  #wakeLater(): void {
    if (this.#paused || this.#stopped || this.#timer !== undefined) return;
    const wait = this.#options.bucket.wait(performance.now());
    this.#timer = setTimeout(() => this.#goOn(), wait);
  }
}
