import process from "node:process";
import { printText } from "./output.ts";

/** What is assumed of a terminal that does not tell its size. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/** Whether both ends of the program are a terminal. */
export function isOnTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/** The terminal that the program was started on; nothing changes there until somebody reads keys. */
export function systemTerminal(): {
  /** Where keys come from. */
  input: NodeJS.ReadableStream;
  /** Writes text and control sequences. */
  write(text: string): void;
  /** The size of the window. */
  size(): { columns: number; rows: number };
  /** Calls back whenever the size changes, until the result is called. */
  onResize(act: () => void): () => void;
} {
  return {
    input: process.stdin,
    write: printText,
    size: terminalSize,
    onResize: (act) => {
      Deno.addSignalListener("SIGWINCH", act);
      return () => Deno.removeSignalListener("SIGWINCH", act);
    },
  };
}

function terminalSize(): { columns: number; rows: number } {
  const { columns, rows } = Deno.consoleSize();
  return columns > 0 && rows > 0 ? { columns, rows } : USUAL_SIZE;
}
