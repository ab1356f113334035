import { Buffer } from "node:buffer";
import { LimitError, ProtocolError } from "./errors.ts";
import { bodyCutOff, type BodyDecoder } from "./http_body.ts";
import { LineSplitter } from "./line_splitter.ts";
import { escapeBytes } from "./text.ts";

/**
 * Bytes of all that surrounds the data: extensions and trailer. Each chunk may have some, so that without
 * a cap a server could send a megabyte for every byte of the body (RFC 9112, section 7.1.1).
 */
export const MAX_CHUNK_EXTRAS = 64 * 1024;

const NO_BYTES = new Uint8Array(0);
const SEMICOLON = 0x3b;
/** As many digits as 2^53 has, and leading zeros; blanks behind them are padding of old servers. */
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,16})[ \t]*$/;

/**
 * A body in chunks (RFC 9112, section 7.1). Extensions and trailer are ignored.
 *
 * ```text
 * chunk = 1*HEXDIG [ ";" extension ] CRLF data CRLF
 * last  = 1*"0" [ ";" extension ] CRLF *( field CRLF ) CRLF
 * ```
 */
export class ChunkedBody implements BodyDecoder {
  readonly #lines = new LineSplitter(MAX_CHUNK_EXTRAS);
  #state: "size" | "data" | "data-end" | "trailer" | "done" = "size";
  /** Where the state is `data`: what was pushed and is not yet returned. Else it is in the splitter. */
  #data: Uint8Array = NO_BYTES;
  #left = 0;
  #received = 0;
  #extras = 0;

  /** Bytes behind the end. */
  surplus = 0;

  /** Hands in the next bytes. */
  push(chunk: Uint8Array): void {
    if (this.#state === "data") this.#data = chunk;
    else this.#lines.push(chunk);
  }

  /**
   * Returns the next part.
   *
   * @throws {ProtocolError} If this is no chunk, a `LimitError` if there is too much around the data.
   */
  next(): Uint8Array | "end" | undefined {
    for (;;) {
      if (this.#state === "done") return "end";
      if (this.#state === "data") return this.#takeData();
      const line = this.#lines.next();
      if (line === undefined) return undefined;
      this.#takeLine(line);
    }
  }

  /** Makes sure that the last chunk has come. */
  end(): void {
    if (this.#state !== "done") throw bodyCutOff(this.#received);
  }

  #takeLine(line: Uint8Array): void {
    switch (this.#state) {
      case "size":
        this.#left = this.#readSize(line);
        this.#state = this.#left > 0 ? "data" : "trailer";
        if (this.#left > 0) this.#data = this.#lines.rest();
        break;
      case "data-end":
        if (line.length > 0) {
          throw new ProtocolError("Cannot decode a chunk: it is longer than it says");
        }
        this.#state = "size";
        break;
      default:
        this.#countExtras(line.length);
        if (line.length > 0) break;
        this.#state = "done";
        this.surplus = this.#lines.rest().length;
    }
  }

  #takeData(): Uint8Array | undefined {
    const part = this.#data.subarray(0, this.#left);
    this.#data = this.#data.subarray(part.length);
    this.#left -= part.length;
    this.#received += part.length;
    if (this.#left === 0) {
      this.#state = "data-end";
      this.#lines.push(this.#data);
      this.#data = NO_BYTES;
    }
    return part.length > 0 ? part : undefined;
  }

  #readSize(line: Uint8Array): number {
    const semicolon = line.indexOf(SEMICOLON);
    const end = semicolon < 0 ? line.length : semicolon;
    this.#countExtras(line.length - end);
    const [, digits] = CHUNK_SIZE.exec(Buffer.from(line.subarray(0, end)).toString("latin1")) ?? [];
    const size = digits === undefined ? NaN : parseInt(digits, 16);
    if (Number.isSafeInteger(size)) return size;
    const said = escapeBytes(line, 40);
    throw new ProtocolError(`Cannot decode a chunk: "${said}" is no size in hexadecimal`);
  }

  #countExtras(length: number): void {
    this.#extras += length;
    if (this.#extras <= MAX_CHUNK_EXTRAS) return;
    throw new LimitError(
      `The server sent more than ${MAX_CHUNK_EXTRAS} bytes around the chunks of the body`,
      MAX_CHUNK_EXTRAS,
    );
  }
}
