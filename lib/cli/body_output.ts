import { encodeUtf8, escapeForDisplay } from "../codec/text.ts";
import { OutputFile } from "./output_file.ts";
import { writeAll } from "../net/write_all.ts";
import { explainWrite } from "./explain.ts";
import type { Launch } from "./rerun.ts";
import { standardOutput } from "./standard_streams.ts";

/**
 * Makes a peer's text safe for a terminal, as it comes: lines and tabs stay, everything else that a
 * terminal would obey becomes an escape, and what is no UTF-8 becomes U+FFFD.
 */
export class TerminalEscaper {
  readonly #decoder = new TextDecoder();

  /** Escapes the next bytes; a character that is cut off waits for its rest. */
  escape(bytes: Uint8Array): Uint8Array {
    const text = this.#decoder.decode(bytes, { stream: true }).replaceAll("\r\n", "\n");
    return encodeUtf8(text.replace(/[^\n\t]+/g, (run) => escapeForDisplay(run, Infinity)));
  }
}

/**
 * Where a client puts what it has received: standard output, byte for byte unless that is a terminal, or
 * a file that gets its name when it is complete. What fails here is our own side's failure, and said so.
 */
export class BodyOutput implements Disposable {
  /** Bytes written so far. */
  bytes = 0;
  readonly #path: string | undefined;
  readonly #launch: Launch;
  readonly #file: OutputFile | undefined;
  readonly #terminal: TerminalEscaper | undefined;

  /**
   * Opens the output.
   *
   * @param path The file; standard output without one.
   * @throws {CommandError} If the file cannot be written.
   */
  constructor(path: string | undefined, launch: Launch) {
    this.#path = path;
    this.#launch = launch;
    try {
      if (path !== undefined) this.#file = new OutputFile(path);
      else if (Deno.stdout.isTerminal()) this.#terminal = new TerminalEscaper();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Writes all of it, and waits until that is done. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#file ?? standardOutput, this.#terminal?.escape(bytes) ?? bytes);
    } catch (error) {
      throw this.#explain(error);
    }
    this.bytes += bytes.length;
  }

  /** Everything has come: the file gets its name. */
  publish(): void {
    try {
      this.#file?.publish();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Removes what was not published. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }

  #explain(error: unknown): unknown {
    return this.#path === undefined ? error : explainWrite(error, this.#path, this.#launch);
  }
}
