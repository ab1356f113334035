import { complete } from "../irc_client/completion.ts";
import { displayText } from "../irc_client/display_text.ts";
import type { Entry } from "../irc_client/entry.ts";
import type { ClientState } from "../irc_client/state.ts";
import { entryRows } from "../irc_client/entry_rows.ts";
import type { Front } from "./front.ts";
import type { Paint } from "../irc_client/paint.ts";
import { cutWidth } from "../irc_client/cut_width.ts";
import { promptText, windowName } from "../irc_client/prompt.ts";
import { Terminal, type TerminalOwner, type TerminalPort } from "./terminal.ts";

/** What the user does, beyond editing a line. */
export type UserActions = Pick<TerminalOwner, "onLine" | "onDigit" | "onInterrupt" | "onEnd">;

/** Rows that are shown at once at most: whoever floods fills its window, and not the time of the user. */
const MAX_BURST = 200;

/** A terminal on which one window at a time is shown, and the others are counted in the prompt. */
export class TerminalFront implements Front {
  readonly #state: ClientState;
  readonly #port: TerminalPort;
  readonly #paint: Paint;
  readonly #terminal: Terminal;
  #rows: string[] = [];

  /** Takes the terminal over. */
  constructor(state: ClientState, port: TerminalPort, paint: Paint, actions: UserActions) {
    this.#state = state;
    this.#port = port;
    this.#paint = paint;
    state.windows.server.seen = true;
    this.#terminal = new Terminal(port, {
      ...actions,
      prompt: (columns) => promptText(state, columns),
      complete: (before) => this.#complete(before),
      onRepaint: () => this.resized(),
    });
  }

  /** Takes an entry; one of another window is counted in the prompt only. */
  show(entry: Entry): void {
    const { windows } = this.#state;
    const window = windows.find(entry.window) ?? windows.server;
    if (window !== windows.current) return;
    this.#rows.push(...entryRows(entry, this.#port.size().columns, this.#paint));
    if (this.#rows.length > MAX_BURST) this.#rows.splice(0, this.#rows.length - MAX_BURST);
  }

  /** Shows the window that is looked at now; a new one begins below what is there. */
  switched(): void {
    const { current } = this.#state.windows;
    if (current.seen) this.#repaint(true);
    else this.#terminal.show([...this.#rows, this.#title("name"), ...this.#lastRows()]);
    current.seen = true;
    this.#rows = [];
  }

  /** Draws everything anew, for a window of another size or a screen in disorder. */
  resized(): void {
    this.#rows = [];
    this.#repaint(false);
  }

  /** Shows what came since the last time, in one write. */
  flush(): void {
    if (this.#rows.length > 0) this.#terminal.show(this.#rows);
    else this.#terminal.draw();
    this.#rows = [];
  }

  #repaint(keep: boolean): void {
    this.#terminal.repaint([this.#title("all"), ...this.#lastRows()], keep);
  }

  /** As many of the window's last rows as the screen holds beside the title and the input. */
  #lastRows(): string[] {
    const { columns, rows } = this.#port.size();
    const room = Math.max(1, rows - 2);
    const { scrollback } = this.#state.windows.current;
    const all = scrollback.last(room).flatMap((entry) => entryRows(entry, columns, this.#paint));
    return all.slice(-room);
  }

  /** A channel that was entered just now tells topic and members itself. */
  #title(what: "name" | "all"): string {
    const { windows } = this.#state;
    const { kind, members, topic, joined } = windows.current;
    const count = members.size === 1 ? "1 member" : `${members.size} members`;
    const parts = [
      `${windows.currentIndex + 1}:${windowName(windows.current)}`,
      ...what === "all" && kind === "channel" && joined ? [count] : [],
      ...what === "all" && topic !== "" ? [topic] : [],
    ];
    const title = `--- ${displayText(parts.join(" - "))} ---`;
    return this.#paint(cutWidth(title, Math.max(10, this.#port.size().columns - 1)), "dim");
  }

  /** Candidates that Tab cannot choose from are listed. */
  #complete(before: string): { candidates: readonly string[]; word: string } {
    const completion = complete(this.#state, before);
    const { candidates, word } = completion;
    const common = commonPrefix(candidates.map((candidate) => candidate.toLowerCase()));
    if (candidates.length > 1 && common.length <= word.length) {
      const names = candidates.map((candidate) =>
        displayText(candidate.trimEnd().replace(/:$/, ""))
      );
      this.#terminal.show([this.#paint(names.join("  "), "dim")]);
    }
    return completion;
  }

  /** Gives the terminal back. */
  [Symbol.dispose](): void {
    this.flush();
    this.#terminal[Symbol.dispose]();
  }
}

function commonPrefix([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}
