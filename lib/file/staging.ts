/**
 * Where files live until they are complete and verified: `.transfer-staging/` below the root, for the
 * owner only. A name there is `KEY-RANDOM.part`: the key is made of path, size and time of the file, so
 * that only a job for the very same file is offered it again; the random part cannot be guessed.
 *
 * The lock on an open partial file tells the dead ones from those in use, and vanishes with its process.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { STAGING_DIRECTORY } from "../codec/file_names.ts";
import { changeTime, lookAt } from "./file_layer.ts";
import type { SafeRoot } from "./safe_root.ts";
import { createStaged, openPartial, type StagedFile } from "./staged_file.ts";
import { TransferError } from "./transfer_error.ts";

const OWNER_ONLY = 0o700;
const SUFFIX = ".part";
const KEY_LENGTH = 32;

/** What identifies the file that a partial belongs to, beside its content. */
export interface StagedIdentity {
  /** The name under which it will be published. */
  readonly path: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Time of its last change, in milliseconds since 1970. */
  readonly mtime: number;
}

/** A partial file on disk, for lists and for pruning. */
export interface Partial {
  /** Its name in the staging directory. */
  readonly name: string;
  /** Bytes in it. */
  readonly size: number;
  /** When it was last touched here, in milliseconds since 1970; the sender's time does not count. */
  readonly changed: number;
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
    const path = this.#path(`${key}-${random()}${SUFFIX}`);
    if (!this.#prepared) this.#prepare();
    try {
      this.#root.assertPlain(this.#directory);
      return createStaged(this.#root.files, path);
    } catch (error) {
      const gone = error instanceof Deno.errors.NotFound || error instanceof TransferError;
      if (!gone) throw error;
      // Another job has just removed the directory, which it saw empty.
      this.#prepare();
      return createStaged(this.#root.files, path);
    }
  }

  /** Opens a partial file of this one that nobody uses; `undefined` if there is none. */
  claim(identity: StagedIdentity): StagedFile | undefined {
    this.#found ??= this.#index();
    // The usual case, which spares every file its key.
    if (this.#found.size === 0) return undefined;
    for (const name of this.#found.get(stagingKey(identity)) ?? []) {
      const staged = openPartial(this.#root.files, this.#path(name));
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
      const facts = lookAt(this.#root.files, this.#path(name));
      if (facts?.isFile) partials.push({ name, size: facts.size, changed: touchTime(facts) });
    }
    return partials.sort((a, b) => a.changed - b.changed);
  }

  /** Removes partial files that were last touched before a time and are not in use; returns them. */
  prune(before: number): Partial[] {
    return this.list().filter(({ name, changed }) => {
      if (changed >= before) return false;
      const staged = openPartial(this.#root.files, this.#path(name));
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

  #path(name: string): string {
    return this.#root.resolve([STAGING_DIRECTORY, name]);
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
}

/** A complete file has the time of its source already; when that was set, only the system's own time says. */
function touchTime(facts: Deno.FileInfo): number {
  return facts.ctime?.getTime() || changeTime(facts);
}

function random(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
