/**
 * The two streams: results on standard output, everything else on standard error.
 *
 * A result that cannot be written is a failure. Where nobody reads results any more (`| head -1`), a client
 * has nothing left to do and leaves; a server goes on serving.
 *
 * @module
 */
import { CommandError, EXIT } from "./exit.ts";
import { systemReason } from "./explain.ts";

/** How long to wait for a full pipe before the next try, in milliseconds. */
export const FULL_PIPE_MS = 5;

const encoder = new TextEncoder();

/**
 * Prints a line of results on standard output.
 *
 * @throws What {@linkcode unwritable} makes of a failure.
 */
export function printResult(line: string): void {
  printText(`${line}\n`);
}

/**
 * Prints a line of a server on standard output, which nobody need read.
 *
 * @throws {CommandError} If it cannot be written, to a full disk for example.
 */
export function printServed(line: string): void {
  try {
    writeText(Deno.stdout, `${line}\n`);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw unwritable(error);
  }
}

/**
 * Writes text on standard output as it is: for a screen that is drawn, not for lines.
 *
 * @throws What {@linkcode unwritable} makes of a failure.
 */
export function printText(text: string): void {
  try {
    writeText(Deno.stdout, text);
  } catch (error) {
    throw unwritable(error);
  }
}

/** Prints a line of anything else (prompts, notes, errors) on standard error. */
export function printNote(line: string): void {
  printPrompt(`${line}\n`);
}

/** Prints a question on standard error and leaves the cursor behind it; for terminals only. */
export function printPrompt(question: string): void {
  try {
    writeText(Deno.stderr, question);
  } catch {
    // There is no other place to say it, and no job depends on it.
  }
}

/**
 * What it means that standard output cannot be written: an error with the reason to end with. But if its
 * reader has gone, the program ends here, with {@linkcode EXIT.unread} and without a word.
 */
export function unwritable(cause: unknown): CommandError {
  if (cause instanceof Deno.errors.BrokenPipe) Deno.exit(EXIT.unread);
  return new CommandError(`Cannot write standard output: ${systemReason(cause)}`, { cause });
}

function writeText(stream: typeof Deno.stdout, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      // A pipe that is full for the moment: somebody set it non-blocking, and it must not lose lines.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      pause();
    }
  }
}

/** Waits as a blocking write would, without keeping the processor busy. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS);
}
