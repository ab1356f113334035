/**
 * Where files live until they are complete and verified: `.transfer-staging/` below the root, for the
 * owner only. A name there is `KEY-RANDOM.part`: the key is made of path, size and time of the file, so
 * that only a job for the very same file is offered it again; the random part cannot be guessed.
 *
 * The lock on an open partial file tells the dead ones from those in use, and vanishes with its process.
 *
 * @module
 */

import { createHash, type Hash } from "node:crypto";
import { STAGING_DIRECTORY } from "../codec/file_names.ts";
import { newHash } from "./digest.ts";
import { changeTime, lookAt, type OpenFile } from "./file_layer.ts";
import type { SafeRoot } from "./safe_root.ts";
import { outcomeOf, TransferError } from "./transfer_error.ts";

const OWNER_ONLY = 0o700;
const SUFFIX = ".part";
const KEY_LENGTH = 32;

/** What identifies the file that a partial belongs to, beside its content. */
export interface StagedIdentity {
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
}

/** A file that is not complete yet, open and locked. */
export interface StagedFile {
  readonly path: string;
  readonly file: OpenFile;
  /** Bytes in it. */
  size: number;
  /** Running SHA-256 of those bytes. */
  hash: Hash;
}

/** A partial file on disk, for lists and for pruning. */
export interface Partial {
  readonly name: string;
  readonly size: number;
  /** Time of the last change, in milliseconds since 1970. */
  readonly mtime: number;
}

/** The first half of a partial file's name. */
export function stagingKey({ path, size, mtime }: StagedIdentity): string {
  return createHash("sha256").update(`${path}\0${size}\0${mtime}`).digest("hex")
    .slice(0, KEY_LENGTH);
}

/** The staging directory of one root, as one job uses it. */
export class Staging {
  readonly #root: SafeRoot;
  readonly #directory: string[] = [STAGING_DIRECTORY];
  /** Partial files by key, as they were when the job began. */
  #found: Map<string, string[]> | undefined;
  #prepared = false;

  /** Makes a view of a root's staging directory, which need not exist. */
  constructor(root: SafeRoot) {
    this.#root = root;
  }

  /**
   * Creates a file that nobody else can have opened before.
   *
   * @param key A key of {@linkcode stagingKey}; without one it can never be continued.
   */
  create(key: string = random()): StagedFile {
    const { files } = this.#root;
    const path = this.#root.resolve([STAGING_DIRECTORY, `${key}-${random()}${SUFFIX}`]);
    const options = { read: true, write: true, createNew: true, mode: 0o600 };
    if (!this.#prepared) this.#prepare();
    let file: OpenFile;
    try {
      this.#root.assertPlain(this.#directory);
      file = files.openSync(path, options);
    } catch (error) {
      const gone = error instanceof Deno.errors.NotFound || error instanceof TransferError;
      if (!gone) throw error;
      // Another job has just removed the directory, which it saw empty.
      this.#prepare();
      file = files.openSync(path, options);
    }
    lock(file);
    return { path, file, size: 0, hash: newHash() };
  }

  /** Opens a partial file with this key that nobody uses; `undefined` if there is none. */
  claim(key: string): StagedFile | undefined {
    this.#found ??= this.#index();
    for (const name of this.#found.get(key) ?? []) {
      const staged = this.#open(this.#root.resolve([STAGING_DIRECTORY, name]));
      if (staged !== undefined) return staged;
    }
    return undefined;
  }

  /** Closes a partial file and removes it. */
  discard(staged: StagedFile): void {
    try {
      this.#root.files.removeSync(staged.path);
    } finally {
      staged.file.close();
    }
  }

  /** All partial files, oldest first. */
  list(): Partial[] {
    const partials: Partial[] = [];
    for (const name of this.#names()) {
      const facts = lookAt(this.#root.files, this.#root.resolve([STAGING_DIRECTORY, name]));
      if (facts?.isFile) partials.push({ name, size: facts.size, mtime: changeTime(facts) });
    }
    return partials.sort((a, b) => a.mtime - b.mtime);
  }

  /** Removes partial files that were last changed before a time and are not in use; returns them. */
  prune(before: number): Partial[] {
    return this.list().filter(({ name, mtime }) => {
      if (mtime >= before) return false;
      const staged = this.#open(this.#root.resolve([STAGING_DIRECTORY, name]));
      if (staged !== undefined) this.discard(staged);
      return staged !== undefined;
    });
  }

  /** Removes the directory if nothing is left in it. */
  tidy(): void {
    try {
      this.#root.assertPlain(this.#directory);
      this.#root.files.removeSync(this.#root.resolve(this.#directory));
    } catch {
      // Somebody's partial file is in it, or it never existed: both are fine.
    }
  }

  #prepare(): void {
    this.#root.makeDirectory(this.#directory, OWNER_ONLY);
    // Fails if it belongs to somebody else, who could plant files in it.
    if (Deno.build.os !== "windows") {
      this.#root.files.chmodSync(this.#root.resolve(this.#directory), OWNER_ONLY);
    }
    this.#prepared = true;
  }

  #names(): string[] {
    if (this.#root.look(this.#directory) === undefined) return [];
    this.#prepare();
    const names: string[] = [];
    for (const { name } of this.#root.files.readDirSync(this.#root.resolve(this.#directory))) {
      if (name.endsWith(SUFFIX)) names.push(name);
    }
    return names;
  }

  #index(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const name of this.#names()) {
      const key = name.slice(0, KEY_LENGTH);
      found.set(key, [...found.get(key) ?? [], name]);
    }
    return found;
  }

  /** Opens and locks a partial file, unless it is in use, published already, or not a file. */
  #open(path: string): StagedFile | undefined {
    const { files } = this.#root;
    if (!lookAt(files, path)?.isFile) return undefined;
    let file: OpenFile;
    try {
      file = files.openSync(path, { read: true, write: true });
    } catch {
      // Gone in the meantime, or not ours to write: either way it is not to be continued.
      return undefined;
    }
    try {
      // Looked at again behind the lock: until then its owner may have published it.
      const facts = lock(file) ? lookAt(files, path) : undefined;
      if (facts !== undefined && facts.ino === file.statSync().ino) {
        if ((facts.nlink ?? 1) === 1) return { path, file, size: facts.size, hash: newHash() };
        // A crash came between publishing the file and removing this name: what we would append to
        // is published.
        files.removeSync(path);
      }
    } catch (error) {
      // A disk that fails here fails to spare us work, and no more.
      outcomeOf(error, "receiving");
    }
    file.close();
    return undefined;
  }
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

function random(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
