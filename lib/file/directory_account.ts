import { type Quota, Reservation, storedBytes } from "./quota.ts";
import { SafeRoot } from "./safe_root.ts";

/** What a directory is counted with. */
const DIRECTORY_BYTES = storedBytes(0);

/**
 * The directories of one job in the quota. Those that are missing are reserved when the job is planned;
 * at its end those count that it made, however it ended.
 */
export class DirectoryAccount implements Disposable {
  /** The root for whatever makes directories in this job. */
  readonly root: SafeRoot;
  readonly #reservation: Reservation;
  /** Paths that were looked at: each is reserved at most once. */
  readonly #planned = new Set<string>();
  readonly #made = new Set<string>();

  /** Opens an account. */
  constructor(root: SafeRoot, quota: Quota) {
    this.root = new SafeRoot(root, root.files, (path) => this.#made.add(path));
    this.#reservation = new Reservation(quota);
  }

  /** Reserves what is missing of a directory and the way to it. Returns `false` if the cap forbids it. */
  plan(parts: readonly string[]): boolean {
    const missing: string[] = [];
    for (let depth = parts.length; depth > 0; depth--) {
      const directory = parts.slice(0, depth);
      const path = this.root.resolve(directory);
      if (this.#planned.has(path)) break;
      this.#planned.add(path);
      if (this.root.hasDirectory(directory)) break;
      missing.push(path);
    }
    const needed = this.#reservation.held + missing.length * DIRECTORY_BYTES;
    if (this.#reservation.resize(needed)) return true;
    for (const path of missing) this.#planned.delete(path);
    return false;
  }

  /** Counts what is there now, even beyond the cap. */
  [Symbol.dispose](): void {
    this.#reservation.settle(this.#made.size * DIRECTORY_BYTES);
  }
}
