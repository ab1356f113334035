/**
 * The calls on files that this folder makes, as an interface: `Deno` itself has them all, and a test
 * hands in a layer that fails at a call of its choice.
 *
 * Why the synchronous calls: on a cached file one asynchronous call costs a hop to a thread and back,
 * 45-60 µs, against 3-25 µs for the call itself. 5,000 small files take 0.1 s instead of 1 s, and 256 KiB
 * are written at 5,000 instead of 2,900 MB/s. No call here moves more than 256 KiB, and a transfer awaits
 * its connection after each, so that others get their turn. The exception is `sync`, which waits for the
 * disk and for everything in its queue: it is asynchronous.
 *
 * @module
 */

/** An open file, as `Deno.FsFile` has it. */
export type OpenFile = Pick<
  Deno.FsFile,
  | "readSync"
  | "writeSync"
  | "seekSync"
  | "statSync"
  | "utimeSync"
  | "tryLockSync"
  | "sync"
  | "close"
>;

/** The calls on paths, as `Deno` has them. */
export interface FileLayer extends
  Pick<
    typeof Deno,
    | "lstatSync"
    | "realPathSync"
    | "linkSync"
    | "renameSync"
    | "removeSync"
    | "mkdirSync"
    | "chmodSync"
    | "utimeSync"
    | "readDirSync"
  > {
  /** Opens a file. */
  openSync(path: string, options?: Deno.OpenOptions): OpenFile;
}

/** The file system itself. */
export const DISK: FileLayer = Deno;

/** What lies at a path, without following a link there; `undefined` if nothing does. */
export function lookAt(files: FileLayer, path: string): Deno.FileInfo | undefined {
  try {
    return files.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Writes all of `bytes` at the file's position. */
export function writeFully(file: OpenFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(written === 0 ? bytes : bytes.subarray(written));
  }
}

/**
 * Time of the last change in milliseconds since 1970, as messages have it: never negative, and 0 for one
 * that no date can express.
 */
export function changeTime({ mtime }: Pick<Deno.FileInfo, "mtime">): number {
  return Math.max(0, mtime?.getTime() || 0);
}
