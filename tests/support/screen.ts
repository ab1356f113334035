/**
 * A terminal for programs that want one: tmux gives it a screen, keys go in, and what it shows is read back.
 *
 * @module
 */
import { needsCommand, runCommand } from "./commands.ts";
import { PATIENCE_MS } from "./journal.ts";
import { commandWords, Program, type StartOptions } from "./process.ts";
import { ScratchDirectory } from "./scratch.ts";

/** What is needed for it. */
export const NEEDS_TMUX = needsCommand("tmux", ["-V"]);

/** How a program is started on a screen. */
export interface ScreenOptions extends Pick<StartOptions, "grants"> {
  readonly columns?: number;
  readonly rows?: number;
  /** Whether colours are wanted; without them, NO_COLOR is set. */
  readonly colours?: boolean;
  /** Whether Deno asks for each permission, because none was given. */
  readonly prompts?: boolean;
}

/** A program on a terminal, both gone at the end of the scope. */
export class Screen implements AsyncDisposable {
  readonly #scratch = new ScratchDirectory();
  /** A second client of tmux, which hears of every change of the screen. */
  #watcher: Program | undefined;

  /** Starts a task's program; when it has ended, the screen says `exit code N`. */
  static async start(
    task: string,
    args: readonly string[],
    { grants = [], columns = 80, rows = 24, colours = false, prompts = false }: ScreenOptions = {},
  ): Promise<Screen> {
    const words = [Deno.execPath(), ...commandWords(task, args, { grants })].filter((word) => {
      return !prompts || !/^--(no-prompt|allow-)/.test(word);
    }).map(quoted);
    const environment = colours ? "env -u NO_COLOR" : "env NO_COLOR=1";
    const line = `${environment} ${words.join(" ")}; echo "exit code $?"; exec cat`;
    const screen = new Screen();
    try {
      const size = ["-x", String(columns), "-y", String(rows)];
      await screen.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "sh", "-c", line);
      screen.#watch();
      return screen;
    } catch (error) {
      await screen[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", text);
  }

  /** Presses keys by their names in tmux: `Enter`, `Left`, `C-c`, `M-2`. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Types a line. */
  async enter(line: string): Promise<void> {
    await this.type(line);
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

  /** Waits until the screen looks as it should; fails with what it looks like instead. */
  async until(fits: (rows: string[]) => boolean, what: string): Promise<string[]> {
    const changes = this.#watcher!.stdout;
    for (;;) {
      const seen = changes.entries.length;
      const rows = await this.rows();
      if (fits(rows)) return rows;
      try {
        await changes.findAll(() => true, seen + 1, "a change of the screen");
      } catch {
        throw new Error(
          `Cannot see ${what}: ${PATIENCE_MS} ms without a change of\n${rows.join("\n")}`,
        );
      }
    }
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

  #watch(): void {
    const args = ["-u", "-S", this.#scratch.file("tmux"), "-C", "attach", "-f", "ignore-size"];
    const streams = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    this.#watcher = new Program("tmux", new Deno.Command("tmux", { args, ...streams }));
  }

  async #tmux(...args: string[]): Promise<string> {
    const all = ["-u", "-S", this.#scratch.file("tmux"), ...args];
    const { code, stdout, stderr } = await runCommand("tmux", all);
    if (code !== 0) throw new Error(`Cannot run tmux ${args[0]}: ${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
    await this.#watcher?.[Symbol.asyncDispose]();
    this.#scratch[Symbol.dispose]();
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
