import { characters, textWidth } from "../codec/text_width.ts";
import { printNote, printPrompt } from "./output.ts";

/** How often the line is drawn anew, in milliseconds. */
const INTERVAL_MS = 200;
/** What is assumed of a terminal that does not tell its width. */
const USUAL_COLUMNS = 80;
/** Back to the first column, and erase what stands there. */
const ERASE = "\r\x1b[K";

/**
 * One line at the bottom of a terminal that changes while something goes on; other lines appear above it.
 * Where standard error is no terminal, or the line is not wanted, it never shows.
 */
export class LiveLine implements Disposable {
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #shown = false;

  /**
   * Shows the line from now on.
   *
   * @param text What it says at the moment in so many columns, escaped already; `""` shows none.
   * @param wanted `false` to never show it.
   */
  constructor(private readonly text: (columns: number) => string, wanted: boolean) {
    if (!wanted || !Deno.stderr.isTerminal()) return;
    this.#timer = setInterval(() => this.#draw(), INTERVAL_MS);
    Deno.unrefTimer(this.#timer);
  }

  /** Prints a line above this one. */
  note(line: string): void {
    this.hide();
    printNote(line);
  }

  /** Takes the line away until it is drawn again. */
  hide(): void {
    if (this.#shown) printPrompt(ERASE);
    this.#shown = false;
  }

  /** Takes the line away for good. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.hide();
  }

  #draw(): void {
    // In the last column some terminals begin a new line.
    const width = columns() - 1;
    const text = this.text(width);
    if (text === "") return this.hide();
    printPrompt(`${ERASE}${cutToWidth(text, width)}`);
    this.#shown = true;
  }
}

/** The beginning of a text that fits into so many columns. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const character of characters(text)) {
    used += textWidth(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || USUAL_COLUMNS;
  } catch {
    // Standard error may be a terminal where the stream that is asked is none.
    return USUAL_COLUMNS;
  }
}
