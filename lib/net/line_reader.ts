import type { LineSplitter, NextLine, OverlongPolicy } from "../codec/line_splitter.ts";
import type { ByteReader } from "./byte_stream.ts";

/** Bytes read at once: a few lines, and cheap enough for ten thousand idle connections. */
const READ_SIZE = 4096;

/**
 * Reads a connection line by line, whatever the segments that the lines come in. The splitter that it is
 * given has the cap and says what happens to a line beyond it.
 */
export class LineReader<Policy extends OverlongPolicy = "error"> {
  readonly #reader: ByteReader;
  readonly #splitter: LineSplitter<Policy>;
  readonly #buffer = new Uint8Array(READ_SIZE);

  /** Reads from `reader`; nobody else may read from it meanwhile. */
  constructor(reader: ByteReader, splitter: LineSplitter<Policy>) {
    this.#reader = reader;
    this.#splitter = splitter;
  }

  /**
   * Resolves with the next line, or with `undefined` once the peer has finished sending. A line is a
   * view, valid until the next call.
   *
   * @throws {LimitError} For a line over the cap, if the splitter's policy is `"error"`.
   */
  async next(): Promise<NextLine<Policy>> {
    for (;;) {
      const line = this.#splitter.next();
      if (line !== undefined) return line;
      const count = await this.#reader.read(this.#buffer);
      if (count === null) return undefined;
      this.#splitter.push(this.#buffer.subarray(0, count));
    }
  }

  /** At the end of the stream: the last line, if it has no ending; empty if there is none. */
  rest(): Uint8Array {
    const rest = this.#splitter.rest();
    return rest.at(-1) === 0x0d ? rest.subarray(0, -1) : rest;
  }
}
