/**
 * The programs as their users run them: real processes, with the permission flags of their tasks.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { TextLineStream } from "@std/streams/text-line-stream";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { Journal, soon } from "./journal.ts";
import { ROOT, TASKS } from "./project.ts";

/** How to start a program, beside its own arguments. */
export interface StartOptions {
  /** Further flags of `deno run`, before the script: permissions that a user would add. */
  readonly grants?: readonly string[];
  /** Takes the task's own permissions away: only {@linkcode StartOptions.grants} are left. */
  readonly bare?: boolean;
  /** A shell command to run first, such as `ulimit -n 64`; not on Windows. */
  readonly shell?: string;
  /** The directory to run in, the project's own if it is not given. */
  readonly cwd?: string;
  /** Environment variables to add. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a process ended, and all that it said. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The same as `stdout`, byte for byte. */
  readonly bytes: Uint8Array;
}

/** A running program, killed at the end of the scope if it still runs. */
export class Program implements AsyncDisposable {
  /** Lines of standard output. */
  readonly stdout: Journal<string>;
  /** Lines of standard error. */
  readonly stderr: Journal<string>;
  /** Whether it is gone, and how it went. */
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: Promise<unknown>;
  #running = true;

  constructor(readonly name: string, command: Deno.Command) {
    this.stdout = new Journal(`the standard output of ${name}`);
    this.stderr = new Journal(`the standard error of ${name}`);
    this.#child = command.spawn();
    this.#input = this.#child.stdin.getWriter();
    this.status = this.#child.status.finally(() => this.#running = false);
    this.#output = Promise.all([
      collectLines(this.#child.stdout, this.stdout),
      collectLines(this.#child.stderr, this.stderr),
    ]);
  }

  /** The process's number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Writes to its standard input. */
  async type(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  /** Ends its standard input. */
  async endInput(): Promise<void> {
    await this.#input.close();
  }

  /** Sends it a signal, if it still runs. */
  kill(signal: Deno.Signal): void {
    if (this.#running) this.#child.kill(signal);
  }

  /** Waits for its end, and for all that it still has to say. */
  async end(): Promise<Deno.CommandStatus> {
    const status = await soon(this.status, `the end of ${this.name}`);
    await soon(this.#output, `the end of ${this.name}'s output`);
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nobody may be reading what was typed last, and that is no failure here.
    this.#input.abort().catch(() => {});
    this.kill("SIGKILL");
    await this.status;
    await this.#output;
  }
}

/** A server that has announced itself. */
export class Server extends Program {
  /** As announced: `127.0.0.1:65432`, or a path. */
  address = "";
  /** As announced: `tcp`, `tls`, `udp` or `unix`. */
  kind = "";
  /** The port of {@linkcode address}. */
  port = 0;

  /** Waits for the announce line and takes it apart. */
  async listening(): Promise<this> {
    const line = await this.stdout.find(() => true, "the announce line").catch((error) => {
      throw new Error(`${error.message}\n${this.stderr.text}`);
    });
    const [, address, kind] = /^Listening on (.+) \((tcp|tls|udp|unix)\)$/.exec(line) ?? [];
    if (address === undefined || kind === undefined) {
      throw new Error(`Cannot read the announce line "${line}"`);
    }
    this.address = address;
    this.kind = kind;
    this.port = Number(/:(\d+)$/.exec(address)?.[1] ?? 0);
    return this;
  }

  /** Resolves with the first log line that fits. */
  logged(pattern: RegExp): Promise<string> {
    return this.stderr.find((line) => pattern.test(line), `a line like ${pattern}`);
  }

  /** Stops it as a service manager does and returns its exit code. */
  async stop(): Promise<number> {
    this.kill(Deno.build.os === "windows" ? "SIGINT" : "SIGTERM");
    return (await this.end()).code;
  }
}

/** Starts a server's task on a free port, unless the arguments say where, and waits until it listens. */
export async function startServer(
  task: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<Server> {
  const placed = args.some((arg) => arg === "--port" || arg === "--unix");
  const all = placed ? args : ["--port", "0", ...args];
  const server = new Server(task, commandFor(task, all, options));
  try {
    return await server.listening();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** Starts a client's task, to converse with. */
export function startClient(
  task: string,
  args: readonly string[],
  options: StartOptions = {},
): Program {
  return new Program(task, commandFor(task, args, options));
}

/** What a client gets on its standard input; nothing by default. */
export interface RunOptions extends StartOptions {
  readonly stdin?: string | Uint8Array;
}

/** Runs any task's program to its end. */
export async function runClient(
  task: string,
  args: readonly string[],
  { stdin = "", ...options }: RunOptions = {},
): Promise<Ended> {
  return await runToEnd(task, commandFor(task, args, options), stdin);
}

/** Runs a command, all three streams piped, to its end. */
export async function runToEnd(
  name: string,
  command: Deno.Command,
  stdin: string | Uint8Array = "",
): Promise<Ended> {
  const child = command.spawn();
  const [status, bytes, stderr] = await Promise.all([
    endOf(child, name),
    collect(child.stdout),
    collect(child.stderr),
    feed(child.stdin, typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin),
  ]);
  const decoder = new TextDecoder();
  const { code, signal } = status;
  return { code, signal, stdout: decoder.decode(bytes), stderr: decoder.decode(stderr), bytes };
}

/** The command of a task with further arguments, all three streams piped. */
export function commandFor(
  task: string,
  args: readonly string[],
  options: StartOptions,
): Deno.Command {
  const { shell, cwd, env = {} } = options;
  const words = commandWords(task, args, options);
  const process = {
    cwd: cwd ?? ROOT,
    // As if the task was called from there, wherever the tests were called from.
    env: { NO_COLOR: "1", INIT_CWD: cwd ?? fileURLToPath(ROOT), ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  } as const;
  if (shell === undefined) return new Deno.Command(Deno.execPath(), { args: words, ...process });
  const line = ["-c", `${shell}; exec "$0" "$@"`, Deno.execPath(), ...words];
  return new Deno.Command("sh", { args: line, ...process });
}

/** The words of that command, behind `deno`. */
export function commandWords(
  task: string,
  args: readonly string[],
  { grants = [], bare = false, cwd }: StartOptions = {},
): string[] {
  const { flags, script: path } = splitCommand(task);
  const script = cwd === undefined ? path : fileURLToPath(new URL(path, ROOT));
  const own = bare ? ["--no-prompt"] : flags;
  return ["run", ...joinGrants([...own, ...grants]), script, ...args];
}

/** A task's command from deno.json, so that tests run exactly what users run. */
function splitCommand(task: string): { flags: string[]; script: string } {
  const words = TASKS.find(({ name }) => name === task)?.command.split(" ") ?? [];
  const at = words.findIndex((word, i) => i > 1 && !word.startsWith("-"));
  if (words[0] !== "deno" || words[1] !== "run" || at !== words.length - 1) {
    throw new Error(`Cannot run task "${task}": expected "deno run FLAGS SCRIPT" in deno.json`);
  }
  return { flags: words.slice(2, at), script: words[at]! };
}

/** Deno takes each permission flag once: values for the same one are joined, and a flag without any wins. */
export function joinGrants(flags: readonly string[]): string[] {
  const joined = new Map<string, string[] | "all">();
  for (const flag of flags) {
    const [name = "", value] = flag.split(/=(.*)/s);
    const before = joined.get(name) ?? [];
    joined.set(name, value === undefined || before === "all" ? "all" : [...before, value]);
  }
  return [...joined].map(([name, values]) => {
    return values === "all" ? name : `${name}=${values.join(",")}`;
  });
}

async function collectLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  journal: Journal<string>,
): Promise<void> {
  const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) journal.add(line);
  journal.end();
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return concatBytes(await Array.fromAsync(stream));
}

async function feed(stream: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    // A program may end before it has read everything.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

async function endOf(child: Deno.ChildProcess, task: string): Promise<Deno.CommandStatus> {
  try {
    return await soon(child.status, `the end of ${task}`);
  } catch (error) {
    child.kill("SIGKILL");
    await child.status;
    throw error;
  }
}
