/**
 * The programs that make load and the ones to compare with, in C where there is a compiler.
 *
 * @module
 */
import { Program } from "../support/process.ts";

/** Where compiled tools go; ignored by git. */
const FOLDER = ".test/bench";
const SOURCES = "tests/bench";

/** Tools that could be compiled, and those that could not. */
const compiled = new Map<string, boolean>();

/** Whether a command is there. */
export async function isInstalled(command: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", 'command -v "$0"', command],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/** Compiles `SOURCE.c` once; the path of the product, or `undefined` without a compiler. */
export async function compileTool(source: string): Promise<string | undefined> {
  const path = `${FOLDER}/${source.replace(/^.*\//, "")}`;
  if (!compiled.has(source)) {
    Deno.mkdirSync(FOLDER, { recursive: true });
    const here = Deno.build.os === "linux" && await isInstalled("cc");
    compiled.set(source, here && await compile(`${SOURCES}/${source}.c`, path));
  }
  return compiled.get(source) ? path : undefined;
}

async function compile(source: string, path: string): Promise<boolean> {
  const args = ["-O2", "-Wall", "-Wextra", "-o", path, source];
  const { success, stderr } = await new Deno.Command("cc", { args }).output();
  if (!success) throw new Error(`Cannot compile ${source}: ${new TextDecoder().decode(stderr)}`);
  return true;
}

/** A load tool that has verified its server, and waits. */
export class LoadTool implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /**
   * Starts a tool, and waits until it is ready to measure.
   *
   * @throws {Error} If what came back was not what was sent.
   */
  static async start(tool: string, args: readonly (string | number)[]): Promise<LoadTool> {
    const [command, ...before] = await toolCommand(tool);
    const program = new Program(tool, piped(command!, [...before, ...args.map(String)]));
    try {
      await program.stdout.find((line) => line === "ready", "the word that it is ready");
      return new LoadTool(program);
    } catch (error) {
      const reason = program.stderr.text;
      await program[Symbol.asyncDispose]();
      throw reason === "" ? error : new Error(reason, { cause: error });
    }
  }

  /** Lets it measure, and returns its figures. */
  async go(): Promise<Record<string, number>> {
    await this.release();
    return JSON.parse(this.#program.stdout.entries.at(-1) ?? "{}");
  }

  /** Lets it come to its end, where there is nothing to measure but what it held. */
  async release(): Promise<void> {
    await this.#program.type("\n");
    const { code } = await this.#program.end();
    if (code !== 0) throw new Error(this.#program.stderr.text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}

/** The tool in C, or the slower one that runs where there is no compiler. */
async function toolCommand(tool: string): Promise<string[]> {
  const path = await compileTool(`tools/${tool}`);
  if (path !== undefined) return [path];
  const flags = ["run", "--no-prompt", "--quiet", "--allow-net=127.0.0.1"];
  return [Deno.execPath(), ...flags, `${SOURCES}/tools/${tool}.ts`];
}

/** A command with all three streams piped. */
export function piped(command: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(command, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}
