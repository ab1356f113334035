/**
 * A terminal for programs that want one: tmux gives it a screen, keys go in, and what it shows is read back,
 * and what was written to it, control sequences included.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { needsCommand, runCommand, startProgram } from "./commands.ts";
import { PATIENCE_MS } from "./journal.ts";
import { commandWords, type Program, type StartOptions } from "./process.ts";
import { ROOT } from "./project.ts";
import { ScratchDirectory } from "./scratch.ts";

/** What is needed for it. */
export const NEEDS_TMUX = needsCommand("tmux", ["-V"]);

/** How a program is started on a screen. */
export interface ScreenOptions extends Pick<StartOptions, "grants" | "cwd"> {
  readonly columns?: number;
  readonly rows?: number;
  /** Whether colours are wanted; without them, NO_COLOR is set. */
  readonly colours?: boolean;
  /** Whether Deno asks for each permission that is not among the grants: the task's own are not given. */
  readonly prompts?: boolean;
}

/** A program on a terminal, both gone at the end of the scope. */
export class Screen implements AsyncDisposable {
  readonly #scratch = new ScratchDirectory();
  /** A second client of tmux, which hears of every change of the screen. */
  #watcher: Program | undefined;
  /** Reads a pipe that all processes of the screen hold open, and so ends when the last of them has. */
  #life: Program | undefined;
  #begun = false;

  /** Starts a task's program; when it has ended, the screen says `exit code N`. */
  static async start(
    task: string,
    args: readonly string[],
    options: ScreenOptions = {},
  ): Promise<Screen> {
    const { prompts = false } = options;
    const words = commandWords(task, args, { ...options, bare: prompts })
      .filter((word) => !prompts || word !== "--no-prompt");
    return await Screen.run([Deno.execPath(), ...words], options);
  }

  /** Starts any program. */
  static async run(words: readonly string[], options: ScreenOptions = {}): Promise<Screen> {
    const { columns = 80, rows = 24, colours = false } = options;
    const environment = colours ? "env -u NO_COLOR" : "env NO_COLOR=1";
    const directory = quoted(options.cwd ?? fileURLToPath(ROOT));
    const screen = new Screen();
    const life = screen.#scratch.file("life");
    const line = [
      `exec 9>${life}; echo begun >&9`,
      // Nothing is written before somebody reads, and Ctrl-C is for the program and not for its shell.
      `tmux -S ${screen.#socket} wait-for begin; trap : INT; cd ${directory}`,
      `${environment} ${words.map(quoted).join(" ")}; echo "exit code $?"; exec cat`,
    ].join("; ");
    try {
      await screen.#awaitLife(life);
      const size = ["-x", String(columns), "-y", String(rows)];
      await screen.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "sh", "-c", line);
      await screen.#life!.stdout.find((line) => line === "begun", "the shell");
      screen.#begun = true;
      await screen.#watch();
      await screen.#tmux("wait-for", "-S", "begin");
      return screen;
    } catch (error) {
      await screen[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
  }

  /** Presses keys by their names in tmux: `Enter`, `Left`, `C-c`, `M-2`. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Types a line. */
  async enter(line: string): Promise<void> {
    if (line !== "") await this.type(line);
    await this.press("Enter");
  }

  /** Makes the window another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** The rows that are shown, without the empty ones below. */
  async rows(): Promise<string[]> {
    return (await this.#tmux("capture-pane", "-p")).trimEnd().split("\n");
  }

  /** The same with colours, as SGR sequences. */
  async paintedRows(): Promise<string[]> {
    return (await this.#tmux("capture-pane", "-p", "-e")).trimEnd().split("\n");
  }

  /** The column that the cursor is in, from 0. */
  async cursor(): Promise<number> {
    return Number(await this.#tmux("display-message", "-p", "#{cursor_x}"));
  }

  /** Everything that was written so far. */
  get written(): string {
    return this.#changes.map((line) => /^%output %\d+ (.*)$/.exec(line)?.[1] ?? "").join("")
      .replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
  }

  /** Waits until this was written, and returns all that was written so far. */
  async shows(pattern: RegExp): Promise<string> {
    return await this.#until(() => this.written, (text) => pattern.test(text), `${pattern}`);
  }

  /** Waits until this was written so many times. */
  async showsTimes(text: string, times: number): Promise<void> {
    const fits = (all: string): boolean => all.split(text).length > times;
    await this.#until(() => this.written, fits, `${times} times "${text}"`);
  }

  /** Waits for the program's end and returns its exit code, and all that was written. */
  async end(): Promise<{ code: number; written: string }> {
    const written = await this.shows(/exit code \d+\r?\n/);
    return { code: Number(/exit code (\d+)\r?\n/.exec(written)?.[1]), written };
  }

  /** Waits until the screen looks as it should; fails with what it looks like instead. */
  async until(fits: (rows: string[]) => boolean, what: string): Promise<string[]> {
    return await this.#until(() => this.rows(), fits, what);
  }

  /** Waits for a row. */
  async row(pattern: RegExp): Promise<string> {
    const rows = await this.until((rows) => rows.some((row) => pattern.test(row)), `${pattern}`);
    return rows.find((row) => pattern.test(row))!;
  }

  /** Waits until the last row is this one: the input. */
  async input(expected: string): Promise<string[]> {
    return await this.until((rows) => rows.at(-1) === expected, `"${expected}" as the last row`);
  }

  /** Looks again with every change of the screen. */
  async #until<T extends string | string[]>(
    look: () => T | Promise<T>,
    fits: (seen: T) => boolean,
    what: string,
  ): Promise<T> {
    for (;;) {
      const { length } = this.#changes;
      const seen = await look();
      if (fits(seen)) return seen;
      try {
        await this.#watcher!.stdout.findAll(() => true, length + 1, "a change of the screen");
      } catch {
        const shown = typeof seen === "string" ? seen : seen.join("\n");
        throw new Error(`Cannot see ${what}: ${PATIENCE_MS} ms without a change of\n${shown}`);
      }
    }
  }

  get #changes(): readonly string[] {
    return this.#watcher?.stdout.entries ?? [];
  }

  /** Relative, like the current directory of all that talks to it: the path of a socket must be short. */
  get #socket(): string {
    return this.#scratch.file("tmux");
  }

  async #awaitLife(pipe: string): Promise<void> {
    await runCommand("sh", ["-c", 'mkfifo "$0"', pipe]);
    this.#life = startProgram("cat", [pipe]);
  }

  async #watch(): Promise<void> {
    const args = ["-u", "-S", this.#socket, "-C", "attach", "-f", "ignore-size"];
    this.#watcher = startProgram("tmux", args);
    await this.#watcher.stdout.find((line) => line.startsWith("%session-changed"), "a watcher");
  }

  async #tmux(...args: string[]): Promise<string> {
    const all = ["-u", "-S", this.#socket, ...args];
    const { code, stdout, stderr } = await runCommand("tmux", all);
    if (code !== 0) throw new Error(`Cannot run tmux ${args[0]}: ${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
    // They have lost their terminal, and may still be writing files.
    if (this.#begun) await this.#life?.end();
    await this.#life?.[Symbol.asyncDispose]();
    await this.#watcher?.[Symbol.asyncDispose]();
    this.#scratch[Symbol.dispose]();
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
