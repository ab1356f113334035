/**
 * Standard input and output as streams of bytes. What goes wrong with them is not the peer's doing, and
 * the sentence says so.
 *
 * @module
 */
import type { ByteReader, ByteWriter } from "../net/byte_stream.ts";
import { sleep } from "../net/sleep.ts";
import { CommandError } from "./exit.ts";
import { systemReason } from "./explain.ts";
import { FULL_PIPE_MS, unwritable } from "./output.ts";

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

/** Standard output. Throws what {@linkcode unwritable} makes of a failure. */
export const standardOutput: ByteWriter = {
  async write(from: Uint8Array): Promise<number> {
    while (true) {
      try {
        return await Deno.stdout.write(from);
      } catch (cause) {
        // A pipe that is full for the moment, as in output.ts.
        if (!(cause instanceof Deno.errors.WouldBlock)) throw unwritable(cause);
        await sleep(FULL_PIPE_MS);
      }
    }
  },
};

function reason(cause: unknown): string {
  return cause instanceof Deno.errors.IsADirectory ? "it is a directory" : systemReason(cause);
}
