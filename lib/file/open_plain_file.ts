import { lookAt, type OpenFile } from "./file_layer.ts";
import type { SafeRoot } from "./safe_root.ts";
import { TransferError } from "./transfer_error.ts";

/**
 * Opens a file below a root for reading, and nothing but a file.
 *
 * @returns The file, and what is known of it through its handle.
 * @throws {TransferError} `missing`; `not-a-file` for a link, a directory or a special file, there or on
 * the way; `source-changed` or `unsafe-path` if something else came there meanwhile.
 */
export function openPlainFile(
  root: SafeRoot,
  parts: readonly string[],
): { readonly file: OpenFile; readonly facts: Deno.FileInfo } {
  const path = root.resolve(parts);
  // Opening a FIFO would wait for its writer, opening a device may do anything: look first.
  const before = lookAt(root.files, path);
  if (before === undefined) throw new TransferError("missing");
  if (!before.isFile) throw new TransferError("not-a-file");
  // The way is made sure of between the look and the opening: a link that comes before it is seen here,
  // one that comes behind it leads to another file than the one that was looked at.
  root.assertPlain(parts.slice(0, -1));
  const file = root.files.openSync(path, { read: true });
  try {
    const facts = file.statSync();
    if (!isSameFile(facts, before)) throw new TransferError("source-changed");
    return { file, facts };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** What tells one file from another. */
export type FileIdentity = Pick<Deno.FileInfo, "dev" | "ino">;

/** Whether two looks found one and the same file, whatever its content. */
export function isSameFile(a: FileIdentity, b: FileIdentity | undefined): boolean {
  return b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
