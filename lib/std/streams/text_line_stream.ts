/**
 * Text to lines: a local stand-in for the module of the same name in `@std/streams`, with its
 * signature and its documented behaviour.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { TextLineStream } from "@std/streams/text-line-stream";
 *
 * const chunks = ReadableStream.from(["one\r\ntw", "o\nthree"]);
 * const lines = chunks.pipeThrough(new TextLineStream());
 * assertEquals(await Array.fromAsync(lines), ["one", "two", "three"]);
 * ```
 *
 * @module
 */

/** What ends a line beside LF and CRLF. */
export interface TextLineStreamOptions {
  /** Whether a CR on its own ends a line as well; false by default. */
  allowCR?: boolean;
}

/**
 * Turns chunks of text into lines without their ends. The last line needs no end, and an end makes no
 * empty line behind it. A line has no length limit: this is for the user's own input, not for a peer's.
 */
export class TextLineStream extends TransformStream<string, string> {
  /** Makes a stream that splits at LF and CRLF, with `allowCR` at a lone CR too. */
  constructor(options: TextLineStreamOptions = {}) {
    const splitter = new Splitter(options.allowCR ?? false);
    super({
      transform: (chunk, controller) => splitter.push(chunk, (line) => controller.enqueue(line)),
      flush: (controller) => splitter.end((line) => controller.enqueue(line)),
    });
  }
}

/** Keeps the line that is still open; every character is looked at once, whatever the chunks are. */
class Splitter {
  readonly #allowCR: boolean;
  /** Pieces of the open line, joined once when it ends. */
  #pieces: string[] = [];
  /** A CR at the end of a chunk: whether an LF follows is seen in the next one. */
  #heldCR = "";

  constructor(allowCR: boolean) {
    this.#allowCR = allowCR;
  }

  push(chunk: string, emit: (line: string) => void): void {
    if (chunk === "") return;
    const whole = this.#heldCR + chunk;
    this.#heldCR = whole.endsWith("\r") ? "\r" : "";
    const text = this.#heldCR ? whole.slice(0, -1) : whole;

    let start = 0;
    let lf = text.indexOf("\n");
    let cr = this.#allowCR ? text.indexOf("\r") : -1;
    while (lf !== -1 || cr !== -1) {
      const endsAtLF = lf !== -1 && (cr === -1 || lf <= cr + 1);
      const hasCR = endsAtLF && lf > start && text[lf - 1] === "\r";
      emit(this.#close(text.slice(start, endsAtLF ? lf - Number(hasCR) : cr)));
      start = (endsAtLF ? lf : cr) + 1;
      if (lf !== -1 && lf < start) lf = text.indexOf("\n", start);
      if (cr !== -1 && cr < start) cr = text.indexOf("\r", start);
    }
    if (start < text.length) this.#pieces.push(text.slice(start));
  }

  end(emit: (line: string) => void): void {
    const line = this.#close(this.#allowCR ? "" : this.#heldCR);
    const endedByCR = this.#allowCR && this.#heldCR !== "";
    if (line !== "" || endedByCR) emit(line);
  }

  #close(piece: string): string {
    if (this.#pieces.length === 0) return piece;
    const line = this.#pieces.join("") + piece;
    this.#pieces = [];
    return line;
  }
}
