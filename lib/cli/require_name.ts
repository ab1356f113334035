import { findNameProblem } from "../codec/file_names.ts";
import { escapeForDisplay } from "../codec/text.ts";
import { UsageError } from "./exit.ts";

/**
 * Makes sure that a name from the command line can be the name of a file there.
 *
 * @param what What the name is, for the error.
 * @throws {UsageError} If it cannot.
 */
export function requireName(what: string, name: string): void {
  const problem = findNameProblem(name);
  if (problem === undefined) return;
  throw new UsageError(`Cannot use ${what} "${escapeForDisplay(name)}": ${problem}`);
}
