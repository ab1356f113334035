import { basename, dirname } from "node:path";
import { type FileLayer, lookAt } from "./file_layer.ts";
import { SafeRoot } from "./safe_root.ts";
import { outcomeOf } from "./transfer_error.ts";
import { type Found, walk } from "./walk.ts";

/**
 * Collects what a path on the command line means. A file or directory is sent under its last part,
 * wherever it lies; `.`, `..` and the root of the disk have no name, so what is in them is sent. Links on
 * the way to it are the user's own and are followed, a link that is named itself is not.
 *
 * @throws {LimitError} If it is more than `limit` files and directories.
 */
export async function findArgument(
  path: string,
  files: FileLayer,
  limit: number,
): Promise<Found[]> {
  const name = basename(path);
  const nameless = name === "" || name === "." || name === "..";
  let root: SafeRoot;
  try {
    root = new SafeRoot(nameless ? path : dirname(path), files);
  } catch (error) {
    // A file on the way is found by us and not by the system, and has no code of it.
    const outcome = error instanceof Deno.errors.NotADirectory
      ? "missing"
      : outcomeOf(error, "sending");
    return [{ path: name, outcome }];
  }
  // What the shell found, and is no UTF-8, comes here with U+FFFD, and under that name nothing is.
  if (name.includes("\ufffd") && lookAt(files, root.resolve([name])) === undefined) {
    return [{ path: name, outcome: "bad-name" }];
  }
  return nameless
    ? await walk(root, { parts: [], path: "", limit })
    : await walk(root, { parts: [name], path: name, limit });
}
