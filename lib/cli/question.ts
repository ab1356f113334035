import { printNote, printPrompt } from "./output.ts";

/**
 * What stands in front of each line that is typed, and is no part of a pipe. What is said next does not
 * stand behind a question that nobody answered: disposing ends its line.
 */
export class Question implements Disposable {
  readonly #wanted: boolean;
  #open = false;

  /**
   * Asks nothing yet.
   *
   * @param text With the blank behind it.
   */
  constructor(private readonly text: string) {
    this.#wanted = Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  }

  /** Asks, where a person could answer. */
  ask(): void {
    if (!this.#wanted) return;
    printPrompt(this.text);
    this.#open = true;
  }

  /** A line was typed, and its end is on the screen. */
  answered(): void {
    this.#open = false;
  }

  /** Ends the line of a question without an answer. */
  [Symbol.dispose](): void {
    if (this.#open) printNote("");
    this.#open = false;
  }
}
