import type { ByteWriter } from "../net/byte_stream.ts";

/**
 * A file that appears under its name when it is complete, and not before: until then its bytes are in
 * `NAME.part` beside it, which disposing removes. A file that had the name is replaced in one step.
 *
 * Needs permission to write both, and to read `NAME.part`, which renaming asks for.
 */
export class OutputFile implements ByteWriter, Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #open = true;

  /**
   * Makes the `.part` file, empty.
   *
   * @throws {Deno.errors.AlreadyExists} If it is there: somebody else writes it, or was broken off.
   * @throws {Deno.errors.NotCapable} If a permission is missing, for renaming as well.
   * @throws {Deno.errors.IsADirectory} If a directory has the name.
   */
  constructor(path: string) {
    this.#path = path;
    requirePermission({ name: "write", path });
    requirePermission({ name: "read", path: partOf(path) });
    this.#file = Deno.openSync(partOf(path), { write: true, createNew: true });
  }

  /** Writes as a file does: a part of the bytes, perhaps. */
  write(from: Uint8Array): Promise<number> {
    return this.#file.write(from);
  }

  /** Gives the file its name, once its bytes are on the disk. */
  publish(): void {
    this.#file.syncDataSync();
    Deno.renameSync(partOf(this.#path), this.#path);
    this.#close();
  }

  /** Removes what was not published. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#close();
    Deno.removeSync(partOf(this.#path));
  }

  #close(): void {
    this.#open = false;
    this.#file.close();
  }
}

/** Where the bytes of a file are kept until it is complete. */
export function partOf(path: string): string {
  return `${path}.part`;
}

function requirePermission(
  descriptor: Deno.ReadPermissionDescriptor | Deno.WritePermissionDescriptor,
): void {
  if (Deno.permissions.querySync(descriptor).state === "granted") return;
  throw new Deno.errors.NotCapable(`Requires ${descriptor.name} access to "${descriptor.path}"`);
}
