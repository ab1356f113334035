/**
 * The two streams: results on standard output, everything else on standard error.
 *
 * @module
 */

/** How long to wait for a full pipe before the next try, in milliseconds. */
const FULL_PIPE_MS = 5;

const encoder = new TextEncoder();

/** Prints a line of results on standard output. */
export function printResult(line: string): void {
  writeText(Deno.stdout, `${line}\n`);
}

/** Prints a line of anything else (prompts, notes, errors) on standard error. */
export function printNote(line: string): void {
  writeText(Deno.stderr, `${line}\n`);
}

/** Prints a question on standard error and leaves the cursor behind it; for terminals only. */
export function printPrompt(question: string): void {
  writeText(Deno.stderr, question);
}

/** Writes text on standard output as it is: for a screen that is drawn, not for lines. */
export function printText(text: string): void {
  writeText(Deno.stdout, text);
}

function writeText(stream: typeof Deno.stdout, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      // A pipe that is full for the moment: somebody set it non-blocking, and it must not lose lines.
      if (error instanceof Deno.errors.WouldBlock) pause();
      // Nobody reads any more (`| head`): what is left to say has no listener.
      else if (error instanceof Deno.errors.BrokenPipe) return;
      else throw error;
    }
  }
}

/** Waits as a blocking write would, without keeping the processor busy. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS);
}
