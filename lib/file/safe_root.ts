/**
 * One directory, and everything that may be touched: whatever lies below it without a link on the way.
 *
 * The test is `realPath(directory) === directory`. It holds only if no part of the path is a link, it
 * leaves no question of prefixes, and it costs 2 µs, so it stands directly in front of every call and
 * behind those that open or create. Without `openat` a program of the same machine that may write below
 * the root could still swap a directory between two calls; peers cannot, because nothing here ever makes
 * a link or moves a directory.
 *
 * @module
 */

import { type FileLayer, lookAt } from "./file_layer.ts";
import { outcomeOf, TransferError } from "./transfer_error.ts";

const SEPARATOR = Deno.build.os === "windows" ? "\\" : "/";

/** What a `mkdir` asks for; the process's umask takes away from it. */
const PARENT_MODE = 0o777;

/**
 * The mode of a directory that gets its own at the end of the job: for nobody but its owner, as that mode
 * may be, too. The sticky bit means nothing there, so that no other directory has it: it is how the next
 * job knows what one that was killed has left.
 */
const UNFINISHED_MODE = 0o1700;

/** A directory whose inside may be touched. */
export class SafeRoot {
  /** Its real path. */
  readonly path: string;
  readonly #prefix: string;
  readonly #onMade: ((path: string) => void) | undefined;

  /**
   * Opens a directory that exists; links on the way *to* it are the user's own and are followed.
   *
   * @param directory Its path, or a root that is open.
   * @param onMade Hears the path of each directory that is made below it.
   * @throws {Deno.errors.NotADirectory} If it is something else.
   */
  constructor(
    directory: string | SafeRoot,
    readonly files: FileLayer,
    onMade?: (path: string) => void,
  ) {
    this.#onMade = onMade;
    const isOpen = directory instanceof SafeRoot;
    this.path = isOpen ? directory.path : files.realPathSync(directory);
    if (!isOpen && !files.lstatSync(this.path).isDirectory) {
      throw new Deno.errors.NotADirectory(`Cannot use "${directory}": it is not a directory`);
    }
    this.#prefix = this.path.endsWith(SEPARATOR) ? this.path : this.path + SEPARATOR;
  }

  /** The path of a name below the root, whose parts the rules of `file_names.ts` have passed. */
  resolve(parts: readonly string[]): string {
    return parts.length === 0 ? this.path : this.#prefix + parts.join(SEPARATOR);
  }

  /**
   * What lies under a name; `undefined` if nothing does. The name itself may be a link, which is then
   * what lies there.
   *
   * @throws {TransferError} `not-a-file` if the way to it leads through a link or a file.
   */
  look(parts: readonly string[]): Deno.FileInfo | undefined {
    if (parts.length > 1 && !this.hasDirectory(parts.slice(0, -1))) return undefined;
    return lookAt(this.files, this.resolve(parts));
  }

  /**
   * Makes sure that the way to a name is made of directories only, and creates those that are missing.
   *
   * @param announced Paths of directories that get a mode of their own later.
   * @returns The directories that are new, by their parts.
   * @throws {TransferError} `not-a-file` or `unsafe-path` if a link or a file is on the way.
   */
  makeParents(parts: readonly string[], announced?: ReadonlySet<string>): (readonly string[])[] {
    const created: (readonly string[])[] = [];
    if (parts.length === 1) {
      this.assertPlain([]);
    } else if (!this.hasDirectory(parts.slice(0, -1))) {
      for (let depth = 1; depth < parts.length; depth++) {
        const directory = parts.slice(0, depth);
        const unfinished = announced?.has(this.resolve(directory)) ?? false;
        if (unfinished ? this.beginDirectory(directory) : this.makeDirectory(directory)) {
          created.push(directory);
        }
      }
    }
    return created;
  }

  /**
   * Makes a directory whose parent exists.
   *
   * @returns Whether it is new.
   * @throws {TransferError} `not-a-file` if something else has its name.
   */
  makeDirectory(parts: readonly string[], mode: number = PARENT_MODE): boolean {
    if (this.hasDirectory(parts)) return false;
    this.assertPlain(parts.slice(0, -1));
    try {
      this.files.mkdirSync(this.resolve(parts), { mode });
    } catch (error) {
      // Another job may have made it just now.
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      if (!this.hasDirectory(parts)) throw error;
      return false;
    }
    this.#onMade?.(this.resolve(parts));
    this.assertPlain(parts);
    return true;
  }

  /** Makes a directory that gets its mode later, as `makeDirectory` does. */
  beginDirectory(parts: readonly string[]): boolean {
    const isNew = this.makeDirectory(parts, UNFINISHED_MODE);
    if (isNew && Deno.build.os !== "windows") {
      try {
        // Making a directory sets no sticky bit.
        this.files.chmodSync(this.resolve(parts), UNFINISHED_MODE);
      } catch (error) {
        // A disk without that bit (FAT): no job to come will know, but this one can go on.
        outcomeOf(error, "receiving");
      }
    }
    return isNew;
  }

  /** Whether a directory is one that never got its mode. */
  isUnfinished(parts: readonly string[]): boolean {
    const facts = lookAt(this.files, this.resolve(parts));
    // A directory may inherit the bit for its group.
    return facts?.isDirectory === true && ((facts.mode ?? 0) & 0o1777) === UNFINISHED_MODE;
  }

  /**
   * Makes sure that there is something, with no link on the way to it and none itself.
   *
   * @throws {TransferError} `unsafe-path` if not.
   */
  assertPlain(parts: readonly string[]): void {
    const path = this.resolve(parts);
    let real: string | undefined;
    try {
      real = this.files.realPathSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    if (real !== path) throw new TransferError("unsafe-path");
  }

  /**
   * Whether a directory is there; `false` means that nothing is.
   *
   * @throws {TransferError} `not-a-file` if it is something else, or a link is on the way.
   */
  hasDirectory(parts: readonly string[]): boolean {
    const path = this.resolve(parts);
    try {
      if (this.files.realPathSync(path) === path && this.files.lstatSync(path).isDirectory) {
        return true;
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        // A dangling link on the way is "not found", too, and must not be taken for nothing.
        this.#assertNoLink(parts);
        return false;
      }
      if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    }
    throw new TransferError("not-a-file");
  }

  #assertNoLink(parts: readonly string[]): void {
    for (let depth = 1; depth <= parts.length; depth++) {
      const facts = lookAt(this.files, this.resolve(parts.slice(0, depth)));
      if (facts === undefined) return;
      if (!facts.isDirectory) throw new TransferError("not-a-file");
    }
  }
}
