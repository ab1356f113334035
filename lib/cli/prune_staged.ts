import { join } from "node:path";
import { STAGING_DIRECTORY } from "../codec/file_names.ts";
import { SafeRoot } from "../file/safe_root.ts";
import { DISK } from "../file/file_layer.ts";
import { type Partial, Staging } from "../file/staging.ts";
import { TransferError } from "../file/transfer_error.ts";
import { CommandError, EXIT } from "./exit.ts";
import { explainDirectory } from "./explain.ts";
import { printResult } from "./output.ts";
import { count } from "./plural.ts";
import type { Launch } from "./rerun.ts";
import { settleWriteAccess } from "./settle_write_access.ts";
import { pruneBefore, type TransferFlags } from "./transfer_flags.ts";

/**
 * Removes what unfinished transfers have left below a directory, says how much it was, and returns 0.
 *
 * @throws {CommandError} If the directory cannot be used, or its staging directory is none.
 */
export function pruneStaged(directory: string, flags: TransferFlags, launch: Launch): number {
  const staging = new Staging(openRoot(directory, launch));
  const removed = prune(staging, directory, flags, launch);
  staging.tidy();
  const bytes = removed.reduce((sum, { size }) => sum + size, 0);
  printResult(`Removed ${count(removed.length, "unfinished transfer")}, ${count(bytes, "byte")}`);
  return EXIT.done;
}

function openRoot(directory: string, launch: Launch): SafeRoot {
  try {
    const root = new SafeRoot(directory, DISK);
    settleWriteAccess(root.path);
    return root;
  } catch (error) {
    throw explainDirectory(error, directory, launch);
  }
}

function prune(
  staging: Staging,
  directory: string,
  flags: TransferFlags,
  launch: Launch,
): Partial[] {
  try {
    return staging.prune(pruneBefore(flags));
  } catch (error) {
    if (!(error instanceof TransferError)) {
      throw explainDirectory(error, join(directory, STAGING_DIRECTORY), launch);
    }
    const message = `Cannot use "${STAGING_DIRECTORY}" there: it is no directory of ours`;
    throw new CommandError(message, { cause: error });
  }
}
