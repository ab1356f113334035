/**
 * Standard input and output as streams of bytes. What goes wrong with them is not the peer's doing, and
 * the sentence says so.
 *
 * @module
 */
import { escapeForDisplay } from "../codec/text.ts";
import type { ByteReader, ByteWriter } from "../net/byte_stream.ts";
import { CommandError } from "./exit.ts";

/** Standard input. Throws {@linkcode CommandError} if it cannot be read. */
export const standardInput: ByteReader = {
  async read(into: Uint8Array): Promise<number | null> {
    try {
      return await Deno.stdin.read(into);
    } catch (cause) {
      throw new CommandError(`Cannot read standard input: ${reason(cause)}`, { cause });
    }
  },
};

/** Standard output. Throws {@linkcode CommandError} if it cannot be written. */
export const standardOutput: ByteWriter = {
  async write(from: Uint8Array): Promise<number> {
    try {
      return await Deno.stdout.write(from);
    } catch (cause) {
      throw new CommandError(`Cannot write standard output: ${reason(cause)}`, { cause });
    }
  },
};

function reason(cause: unknown): string {
  if (cause instanceof Deno.errors.BrokenPipe) return "nobody reads it any more";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a directory";
  return escapeForDisplay(cause instanceof Error ? cause.message : String(cause));
}
