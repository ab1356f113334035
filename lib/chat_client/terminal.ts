/**
 * One row of input at the bottom of a terminal, and everything else above it. `node:readline` edits the
 * line (history, cursor keys, words, completion) and draws nothing: what it holds is drawn here, in one
 * row that is written anew as a whole, so that a row that arrives in between tears nothing.
 *
 * @module
 */
import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { inputView } from "../irc_client/prompt.ts";
import { textWidth } from "../codec/text_width.ts";

/** Lines that Up brings back. */
const HISTORY = 500;

/** To the start of the row, and erase it (ECMA-48: CR, EL). */
const CLEAR_ROW = "\r\x1b[K";
/** Save and restore the cursor (DECSC, DECRC): the terminal knows best how wide a text came out. */
const SAVE = "\x1b7";
const RESTORE = "\x1b8";
/** To the top, and erase everything (ECMA-48: CUP, ED). */
const CLEAR_SCREEN = "\x1b[H\x1b[2J";

/** The machine's side of a terminal. */
export interface TerminalPort {
  /** Where keys come from. */
  readonly input: NodeJS.ReadableStream;
  /** Writes text and control sequences. */
  write(text: string): void;
  /** The size of the window. */
  size(): { columns: number; rows: number };
  /** Calls back whenever the size changes, until the result is called. */
  onResize(act: () => void): () => void;
}

/** What the terminal's owner is asked and told. */
export interface TerminalOwner {
  /** What stands before the input. */
  prompt(columns: number): string;
  /** A line was typed. */
  onLine(line: string): void;
  /** Alt and a digit. */
  onDigit(digit: number): void;
  /** Everything must be drawn anew: Ctrl-L, or another size. */
  onRepaint(): void;
  /** Ctrl-C. */
  onInterrupt(): void;
  /** Ctrl-D on an empty line, or the terminal is gone. */
  onEnd(): void;
  /** What the word before the cursor could become. */
  complete(before: string): { candidates: readonly string[]; word: string };
}

interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

/** The input row and the rows above it. */
export class Terminal implements Disposable {
  readonly #port: TerminalPort;
  readonly #owner: TerminalOwner;
  readonly #editor: Interface;
  readonly #ignoreSize: () => void;
  readonly #pressed = (_text: string, key: Key): void => this.#press(key);
  #closed = false;
  #drawing = false;

  /** Takes the terminal over: keys are no longer echoed by the system. */
  constructor(port: TerminalPort, owner: TerminalOwner) {
    this.#port = port;
    this.#owner = owner;
    this.#editor = createInterface({
      input: port.input,
      output: nowhere(),
      terminal: true,
      historySize: HISTORY,
      removeHistoryDuplicates: true,
      completer: (before: string): [string[], string] => {
        const { candidates, word } = owner.complete(before);
        return [[...candidates], word];
      },
    });
    this.#editor.on("line", (line: string) => owner.onLine(line));
    this.#editor.on("SIGINT", () => owner.onInterrupt());
    // A program that has stopped cannot answer the server's PING, and would come back to a lost connection.
    this.#editor.on("SIGTSTP", () => {});
    this.#editor.on("close", () => this.#closed || owner.onEnd());
    port.input.on("keypress", this.#pressed);
    this.#ignoreSize = port.onResize(() => owner.onRepaint());
    this.draw();
  }

  #press(key: Key): void {
    if (key.meta && /^\d$/.test(key.name ?? "")) this.#owner.onDigit(Number(key.name));
    if (key.ctrl && key.name === "l") this.#owner.onRepaint();
    this.#drawSoon();
  }

  /** Completion comes a little later than its key, and a paste has many keys: one drawing for all. */
  #drawSoon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    setImmediate(() => {
      this.#drawing = false;
      this.draw();
    });
  }

  /** Draws the input row. */
  draw(): void {
    if (!this.#closed) this.#port.write(this.#inputRow());
  }

  /** Shows rows above the input. */
  show(rows: readonly string[]): void {
    const above = rows.map((row) => `${row}\r\n`).join("");
    this.#port.write(CLEAR_ROW + above + (this.#closed ? "" : this.#inputRow()));
  }

  /**
   * Clears the screen and shows rows from its top.
   *
   * @param keep Moves what is there into the terminal's own scrollback first.
   */
  repaint(rows: readonly string[], keep: boolean): void {
    const push = keep ? "\r\n".repeat(this.#port.size().rows) : "";
    this.#port.write(CLEAR_ROW + push + CLEAR_SCREEN);
    this.show(rows);
  }

  #inputRow(): string {
    const { columns } = this.#port.size();
    const prompt = this.#owner.prompt(Math.max(20, columns - 10));
    const { line, cursor } = this.#editor;
    const view = inputView(line, cursor, columns - 1 - textWidth(prompt));
    return CLEAR_ROW + prompt + view.before + SAVE + view.after + RESTORE;
  }

  /** Gives the terminal back. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ignoreSize();
    this.#port.input.off("keypress", this.#pressed);
    this.#editor.close();
    this.#port.write(CLEAR_ROW);
  }
}

/** Where the editor draws: it thinks of an endless row. */
function nowhere(): Writable {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  return Object.assign(sink, { columns: Number.MAX_SAFE_INTEGER, rows: 1 });
}
