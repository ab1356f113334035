/**
 * Two connected byte streams in memory, with the faults that networks have: short writes, a reset, a
 * stall, a changed byte, each after so many bytes of one direction.
 *
 * @module
 */

import type { ByteStream } from "../../lib/net/byte_stream.ts";

/** What goes wrong, behind so many bytes of a direction. */
export interface Fault {
  /** Bytes that pass before it happens. */
  readonly after: number;
  /**
   * `reset`: both ends fail. `stall`: nothing more comes, and writers wait. `end`: the peer seems to
   * have finished, and what is written is lost. `corrupt`: the next byte arrives with all bits turned.
   */
  readonly kind: "reset" | "stall" | "end" | "corrupt";
}

/** How a pair behaves. */
export interface PipeOptions {
  /** Bytes on the way before a writer has to wait. */
  readonly capacity?: number;
  /** Most bytes that one `write` takes. */
  readonly maxWrite?: number;
  readonly fault?: Fault;
  /** Called when the fault happens. */
  readonly onFault?: () => void;
}

/** One end of a pair. */
export interface PipeEnd extends ByteStream {
  /** Bytes that this end has written. */
  readonly written: number;
  /** Makes both directions fail, as a reset by the network does. */
  reset(): void;
}

class Direction {
  #chunks: Uint8Array[] = [];
  #held = 0;
  #ended = false;
  #error: Error | undefined;
  #wake = Promise.withResolvers<void>();
  written = 0;

  constructor(readonly options: PipeOptions, readonly onReset: () => void) {}

  async write(bytes: Uint8Array): Promise<number> {
    const { capacity = 256 * 1024, maxWrite = Infinity, fault } = this.options;
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) throw new Deno.errors.BrokenPipe("Broken pipe (in memory)");
      const room = Math.min(capacity - this.#held, maxWrite);
      if (room > 0) return this.#accept(bytes.slice(0, room), fault);
      await this.#wake.promise;
    }
  }

  #accept(bytes: Uint8Array, fault: Fault | undefined): number {
    const left = fault === undefined ? Infinity : fault.after - this.written;
    this.written += bytes.length;
    if (fault !== undefined && left < bytes.length) {
      if (left >= 0) this.options.onFault?.();
      if (fault.kind === "corrupt") {
        if (left >= 0) bytes[left] = ~(bytes[left] ?? 0) & 0xff;
      } else {
        if (left > 0) this.#put(bytes.slice(0, left));
        if (fault.kind === "reset") this.onReset();
        if (fault.kind === "end") this.end();
        if (fault.kind === "end" || fault.kind === "stall") return bytes.length;
        throw this.#error;
      }
    }
    this.#put(bytes);
    return bytes.length;
  }

  #put(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    this.#signal();
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const chunk = this.#chunks[0];
      if (chunk !== undefined) {
        const count = Math.min(chunk.length, into.length);
        into.set(chunk.subarray(0, count));
        if (count === chunk.length) this.#chunks.shift();
        else this.#chunks[0] = chunk.subarray(count);
        this.#held -= count;
        this.#signal();
        return count;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return null;
      await this.#wake.promise;
    }
  }

  end(): void {
    this.#ended = true;
    this.#signal();
  }

  fail(error: Error): void {
    this.#error ??= error;
    this.#signal();
  }

  #signal(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** Makes two connected ends; the faults of `there` are those of what the first end writes. */
export function memoryPipe(
  there: PipeOptions = {},
  back: PipeOptions = {},
): [PipeEnd, PipeEnd] {
  const reset = (): void => {
    for (const direction of [first, second]) {
      direction.fail(new Deno.errors.ConnectionReset("Connection reset (in memory)"));
    }
  };
  const first = new Direction(there, reset);
  const second = new Direction(back, reset);
  const end = (out: Direction, into: Direction): PipeEnd => ({
    read: (bytes) => into.read(bytes),
    write: (bytes) => out.write(bytes),
    closeWrite: () => {
      out.end();
      return Promise.resolve();
    },
    reset,
    get written() {
      return out.written;
    },
    [Symbol.dispose]: () => {
      out.end();
      into.fail(new Deno.errors.Interrupted("Closed here (in memory)"));
    },
  });
  return [end(first, second), end(second, first)];
}
