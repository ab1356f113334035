import type { SafeRoot } from "../file/safe_root.ts";
import { Staging } from "../file/staging.ts";
import { EXIT } from "./exit.ts";
import { printResult } from "./output.ts";
import { count } from "./plural.ts";
import { pruneBefore, type TransferFlags } from "./transfer_flags.ts";

/** Removes what unfinished transfers have left below a directory, says how much it was, and returns 0. */
export function pruneStaged(root: SafeRoot, flags: TransferFlags): number {
  const staging = new Staging(root);
  const removed = staging.prune(pruneBefore(flags));
  staging.tidy();
  const bytes = removed.reduce((sum, { size }) => sum + size, 0);
  printResult(`Removed ${count(removed.length, "unfinished transfer")}, ${count(bytes, "byte")}`);
  return EXIT.done;
}
