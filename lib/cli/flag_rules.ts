import { UsageError } from "./exit.ts";
import type { FlagTable } from "./flags.ts";

/**
 * Flags that make no sense together, or alone: what is ignored would not be noticed.
 *
 * @param isGiven Whether a flag is on the command line, whatever its default is.
 * @throws {UsageError} Naming both flags.
 */
export function checkRules(table: FlagTable, isGiven: (name: string) => boolean): void {
  for (const [name, { insteadOf = [], needs }] of Object.entries(table)) {
    if (!isGiven(name)) continue;
    const other = insteadOf.find(isGiven);
    if (other !== undefined) throw new UsageError(`Option --${name} cannot go with --${other}`);
    if (needs !== undefined && !isGiven(needs)) {
      throw new UsageError(`Option --${name} needs --${needs} as well`);
    }
  }
}
