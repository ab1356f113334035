import type { ByteWriter } from "../net/byte_stream.ts";
import { writeAll } from "../net/write_all.ts";
import type { Destination, Examination, Incoming, ReceivedEntry, Settled } from "./destination.ts";
import { newHash } from "./digest.ts";

/**
 * Passes the content of one file on as it comes, for example to standard output. What was passed on
 * cannot be taken back: only the outcome says whether it was complete and right.
 */
export class StreamDestination implements Destination {
  readonly #writer: ByteWriter;
  #taken = false;

  /** Makes a destination of anything with a `write`. */
  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  /** Takes the first file and refuses everything else. */
  examine({ type }: ReceivedEntry): Examination {
    const outcome = type === "directory" ? "not-a-file" : this.#taken ? "too-many" : undefined;
    this.#taken ||= outcome === undefined;
    return outcome === undefined ? {} : { refusal: { outcome, limit: 0 } };
  }

  /** There is nothing to give back. */
  release(): void {}

  /** Begins with the file. */
  begin(entry: ReceivedEntry): Incoming {
    const write = (bytes: Uint8Array): Promise<void> => writeAll(this.#writer, bytes);
    return { entry, size: 0, hash: newHash(), write };
  }

  /** There is nothing to remove. */
  abandon(): void {}

  /** The file was complete and verified. */
  settle(batch: readonly Incoming[]): Promise<Settled[]> {
    return Promise.resolve(batch.map(() => ({ outcome: "published", storedAs: "" })));
  }

  /** There are none: they were refused. */
  makeDirectories(): Promise<Settled[]> {
    return Promise.resolve([]);
  }

  /** The stream is its owner's to close. */
  [Symbol.dispose](): void {}
}
