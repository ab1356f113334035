/**
 * Programs that nobody here wrote, as the other end: what works with them works with the world.
 *
 * @module
 */
import type { Requirement } from "./machine.ts";
import { type Ended, Program, runToEnd } from "./process.ts";

/** A test that needs this command: left out, with the reason in its name, where that is absent. */
export function needsCommand(name: string, probe: readonly string[] = ["--version"]): Requirement {
  const met = isPresent(name, probe);
  return { ignore: !met, reason: met ? "" : ` (left out: ${name} is not installed)` };
}

function isPresent(name: string, probe: readonly string[]): boolean {
  try {
    const options = { stdin: "null", stdout: "null", stderr: "null" } as const;
    new Deno.Command(name, { args: [...probe], ...options }).outputSync();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return false;
    }
    throw error;
  }
}

/** A shell command that runs the program behind it where `directory` is a file system of its own. */
export function withDisk(directory: string, options: string, then = "true"): string {
  const mount = `mount -t tmpfs -o ${options} disk ${directory} && ${then} && exec "$0" "$@"`;
  return `exec unshare --user --map-root-user --mount sh -c '${mount}' "$0" "$@"`;
}

/** A system on which anybody may have small disks, to fill them. */
export function needsOwnDisks(): Requirement {
  const met = isPresent("sh", ["-c", "true"]) && new Deno.Command("sh", {
    args: ["-c", withDisk(".", "size=1m"), "true"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
  return {
    ignore: !met,
    reason: met ? "" : " (left out: needs mounts in a namespace of one's own)",
  };
}

/** Starts somebody else's program, all three streams piped. */
export function startProgram(name: string, args: readonly string[]): Program {
  const streams = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  return new Program(name, new Deno.Command(name, { args: [...args], ...streams }));
}

/** Runs a command to its end with this on its standard input. */
export function runCommand(
  name: string,
  args: readonly string[],
  stdin: string | Uint8Array = "",
): Promise<Ended> {
  const piped = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  return runToEnd(name, new Deno.Command(name, { args: [...args], ...piped }), stdin);
}
