import type { Hash } from "node:crypto";
import { newHash } from "./digest.ts";
import { type FileLayer, lookAt, type OpenFile } from "./file_layer.ts";
import { outcomeOf } from "./transfer_error.ts";

/** A file that is not complete yet, open and locked. */
export interface StagedFile {
  /** Where it is staged. */
  readonly path: string;
  /** Its handle, which holds the lock. */
  readonly file: OpenFile;
  /** Bytes in it. */
  size: number;
  /** Running SHA-256 of those bytes. */
  hash: Hash;
}

/** Creates a file where none may be, for its owner only, and locks it. */
export function createStaged(files: FileLayer, path: string): StagedFile {
  const file = files.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 });
  lock(file);
  return { path, file, size: 0, hash: newHash() };
}

/** Opens and locks a partial file; `undefined` if it is in use, published already, or not a file. */
export function openPartial(files: FileLayer, path: string): StagedFile | undefined {
  if (!lookAt(files, path)?.isFile) return undefined;
  let file: OpenFile;
  try {
    file = files.openSync(path, { read: true, write: true });
  } catch (error) {
    // Gone in the meantime, or not ours to write: either way it is not to be continued.
    outcomeOf(error, "receiving");
    return undefined;
  }
  try {
    // Looked at again behind the lock: until then its owner may have published it.
    const facts = lock(file) ? lookAt(files, path) : undefined;
    if (facts !== undefined && facts.ino === file.statSync().ino) {
      if ((facts.nlink ?? 1) === 1) return { path, file, size: facts.size, hash: newHash() };
      // A crash came between publishing the file and removing this name: what we would append to is
      // published.
      files.removeSync(path);
    }
  } catch (error) {
    // A disk that fails here fails to spare us work, and no more.
    outcomeOf(error, "receiving");
  }
  file.close();
  return undefined;
}

/** Locks a file; `false` if another has the lock, or the file system knows no locks. */
function lock(file: OpenFile): boolean {
  try {
    return file.tryLockSync(true);
  } catch (error) {
    outcomeOf(error, "receiving");
    return false;
  }
}
