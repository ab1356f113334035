/**
 * A program on a terminal, which tmux provides: it sees a terminal on all three streams, and a test sees
 * what it writes there, control sequences included.
 *
 * @module
 */
import { needsCommand, runCommand } from "./commands.ts";
import { Journal } from "./journal.ts";
import type { Requirement } from "./machine.ts";
import { commandWords, type StartOptions } from "./process.ts";
import { ROOT } from "./project.ts";
import { ScratchDirectory } from "./scratch.ts";

/** What a test on a terminal needs. */
export const NEEDS_TERMINAL: Requirement = needsCommand("tmux", ["-V"]);

/** The program's exit code stands behind this. */
const ENDED = "exit code";

/** A terminal of 100 columns and 30 lines. */
export class Terminal implements AsyncDisposable {
  /** Everything written so far, once for each time that more has come. */
  readonly #written = new Journal<string>("the terminal");
  readonly #scratch = new ScratchDirectory();
  readonly #following: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  private constructor() {
    Deno.writeTextFileSync(this.#scratch.file("out"), "");
    this.#following = new Deno.Command("sh", {
      args: ["-c", 'exec tail -c +1 -f "$0"', this.#scratch.file("out")],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#reading = this.#read();
  }

  /** Starts a task's program on a terminal. */
  static async start(
    task: string,
    args: readonly string[],
    options: StartOptions = {},
  ): Promise<Terminal> {
    const terminal = new Terminal();
    const words = [Deno.execPath(), ...commandWords(task, args, options)].map(quote).join(" ");
    const directory = quote(options.cwd ?? new URL(".", ROOT).pathname);
    // Nothing is written before somebody reads; Ctrl-C is for the program and not for its shell.
    const line =
      `read _; trap : INT; cd ${directory}; NO_COLOR=1 ${words}; echo "${ENDED} $?"; read _`;
    await terminal.#tmux("new-session", "-d", "-x", "100", "-y", "30", "sh", "-c", line);
    await terminal.#tmux("pipe-pane", `cat >> ${terminal.#scratch.absolute("out")}`);
    await terminal.press("Enter");
    return terminal;
  }

  /** Types a line, and Enter. */
  async type(text: string): Promise<void> {
    if (text !== "") await this.#tmux("send-keys", "-l", "--", text);
    await this.press("Enter");
  }

  /** Presses a key by its name in tmux: `Enter`, `C-c`. */
  async press(key: string): Promise<void> {
    await this.#tmux("send-keys", key);
  }

  /** Waits until this was written, and returns all that was written so far. */
  async shows(pattern: RegExp): Promise<string> {
    return await this.#written.find((text) => pattern.test(text), `${pattern}`);
  }

  /** Waits until what was written shows this so many times. */
  async showsTimes(text: string, times: number): Promise<void> {
    await this.#written.find((all) => all.split(text).length > times, `${times} times "${text}"`);
  }

  /** Waits for the program's end and returns its exit code, and all that it wrote. */
  async end(): Promise<{ code: number; written: string }> {
    const written = await this.shows(new RegExp(`${ENDED} \\d+\\r?\\n`));
    return { code: Number(new RegExp(`${ENDED} (\\d+)`).exec(written)?.[1]), written };
  }

  async #read(): Promise<void> {
    let all = "";
    for await (const part of this.#following.stdout.pipeThrough(new TextDecoderStream())) {
      all += part;
      this.#written.add(all);
    }
  }

  async #tmux(...args: string[]): Promise<void> {
    const socket = this.#scratch.file("tmux");
    const { code, stderr } = await runCommand("tmux", ["-S", socket, "-f", "/dev/null", ...args]);
    if (code !== 0) throw new Error(`Cannot run tmux ${args[0]}: ${stderr}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
    this.#following.kill("SIGKILL");
    await this.#following.status;
    await this.#reading;
    this.#scratch[Symbol.dispose]();
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
