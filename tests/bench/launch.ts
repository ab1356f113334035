/**
 * Servers that take part, each started anew for a measurement: ours as its task starts it, the others as
 * their users do.
 *
 * @module
 */
import { unusedPort } from "../support/peer.ts";
import { commandFor, Program, type StartOptions } from "../support/process.ts";
import { isInstalled, piped } from "./tools.ts";
import { killFamily } from "../support/usage.ts";

/** How long a server may take until it answers, in milliseconds. */
const START_MS = 10_000;
/** Between two attempts to reach it, in milliseconds. */
const ATTEMPT_MS = 1;

/** Starts a server's process for a port of 127.0.0.1. */
export type Spawn = (port: number) => Program;

/** A server that answers, ended with the scope. */
export interface Running extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** One of our servers, with its task's permissions. */
export function ours(
  task: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Spawn {
  return (port) => {
    const words = ["--quiet", "--port", String(port), ...args];
    return new Program(task, commandFor(task, words, options));
  };
}

/** Somebody else's server, by its command line. */
export function peer(words: (port: number) => readonly string[]): Spawn {
  return (port) => startPeer(words(port));
}

/** Starts a server on a free port and waits until it answers. */
export async function launch(
  spawn: Spawn,
  answers: (port: number) => Promise<void> = untilItAccepts,
): Promise<Running> {
  const port = unusedPort();
  const program = spawn(port);
  const stop = async (): Promise<void> => {
    await killFamily(program.pid);
    await program[Symbol.asyncDispose]();
  };
  try {
    await answers(port);
  } catch (error) {
    const reason = program.stderr.text;
    await stop();
    throw new Error(`Cannot start ${program.name}: ${reason || error}`, { cause: error });
  }
  return { port, pid: program.pid, [Symbol.asyncDispose]: stop };
}

/** Starts a command; through the shell if it is a path, which no permission names. */
function startPeer([command = "", ...args]: readonly string[]): Program {
  const isTool = command.startsWith(".test/");
  if (isTool || !command.includes("/")) return new Program(command, piped(command, args));
  return new Program(command, piped("sh", ["-c", 'exec "$0" "$@"', command, ...args]));
}

/** Resolves as soon as somebody accepts connections on a port of 127.0.0.1. */
async function untilItAccepts(port: number): Promise<void> {
  await withConnection(port, () => Promise.resolve());
}

/** Tries until there is a connection, and uses it. */
export async function withConnection(
  port: number,
  use: (conn: Deno.Conn) => Promise<void>,
): Promise<void> {
  const end = performance.now() + START_MS;
  for (;;) {
    try {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      return await use(conn);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused) || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS));
    }
  }
}

/** `undefined` if a command is there, otherwise why there is nothing to measure. */
export async function absence(command: string): Promise<string | undefined> {
  return await isInstalled(command) ? undefined : `${command} is not installed`;
}

/** The interpreter itself: what is called `python3` may be a script that looks for it every time. */
export async function pythonPath(): Promise<string> {
  const args = ["-c", "import sys; print(sys.executable)"];
  try {
    const { stdout } = await new Deno.Command("python3", { args, stderr: "null" }).output();
    return new TextDecoder().decode(stdout).trim();
  } catch {
    return "python3";
  }
}
