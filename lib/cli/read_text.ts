import { explainFile } from "./explain.ts";
import type { Launch } from "./rerun.ts";

/**
 * Reads a text file that the command line names. `what` says what it is for.
 *
 * @throws {CommandError} With the reason, if it cannot be read.
 */
export function readText(path: string, what: string, launch: Launch): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw explainFile(error, what, path, launch);
  }
}
