/**
 * The password prompt: a local stand-in for the module of the same name in `@std/cli`, with its
 * signature and its documented behaviour.
 *
 * @module
 */

const CR = 0x0d;
const LF = 0x0a;
const BACKSPACE = 0x08;
const DELETE = 0x7f;
/** To the start of the line, then erase to its end (ECMA-48, EL). */
const CLEAR_LINE = "\r\x1b[K";

/** How the prompt looks. */
export interface PromptSecretOptions {
  /** What is shown for each character typed, `*` by default; nothing is shown if it is empty. */
  mask?: string;
  /** Whether the prompt is erased afterwards; by default it stays. */
  clear?: boolean;
}

/**
 * Shows `message` on standard output and reads one line from the terminal without echoing it; blocks
 * until Enter or the end of the input. Returns null if standard input is not a terminal.
 */
export function promptSecret(
  message: string = "Secret",
  options: PromptSecretOptions = {},
): string | null {
  if (!Deno.stdin.isTerminal()) return null;
  const { mask = "*", clear = false } = options;
  const prompt = `${message} `;
  // With cbreak Ctrl-C still ends the program; Windows has no such mode. Only then is anything asked: who
  // types at once would be echoed.
  Deno.stdin.setRaw(true, Deno.build.os === "windows" ? undefined : { cbreak: true });
  write(prompt);
  try {
    return readSecret((length) => {
      if (mask !== "") write(CLEAR_LINE + prompt + mask.repeat(fitting(length, prompt)));
    });
  } finally {
    write(clear ? CLEAR_LINE : "\n");
    Deno.stdin.setRaw(false);
  }
}

/** Reads byte by byte: what follows the line must stay in the terminal for whoever reads next. */
function readSecret(show: (length: number) => void): string {
  const decoder = new TextDecoder();
  const byte = new Uint8Array(1);
  const bytes: number[] = [];
  while (Deno.stdin.readSync(byte)) {
    const value = byte[0]!;
    if (value === CR || value === LF) break;
    if (value === BACKSPACE || value === DELETE) dropCharacter(bytes);
    else bytes.push(value);
    show(bytes.filter(startsCharacter).length);
  }
  return decoder.decode(Uint8Array.from(bytes));
}

/** Takes away the last character, which in UTF-8 (RFC 3629 section 3) has up to four bytes. */
function dropCharacter(bytes: number[]): void {
  let last = bytes.pop();
  while (last !== undefined && !startsCharacter(last)) last = bytes.pop();
}

function startsCharacter(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}

/** How many marks fit behind the prompt: a line that wraps could not be erased. */
function fitting(length: number, prompt: string): number {
  const { columns } = Deno.consoleSize();
  // Terminals that do not tell their size report 0.
  return columns === 0 ? length : Math.min(length, Math.max(0, columns - prompt.length - 1));
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
}
