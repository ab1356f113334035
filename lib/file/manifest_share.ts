import type { TransferLimits } from "./limits.ts";
import { Quota, Reservation } from "./quota.ts";
import { TransferError } from "./transfer_error.ts";

/** What a file or directory costs until its job is over, in bytes: 50,000 were measured at 150 MiB. */
const ITEM_BYTES = 3 * 1024;
/** What a character of its path costs: two bytes in it, in its parts, and in what they are compared by. */
const CHARACTER_BYTES = 6;
/**
 * What a job may have without asking, in bytes, some 600 files: those with many leave it room. All
 * connections together take 512 MiB of this.
 */
const OWN_BYTES = 2 * 2 ** 20;

function manifestBytes(items: number, characters: number): number {
  return items * ITEM_BYTES + characters * CHARACTER_BYTES;
}

/** The memory for what all jobs announce: as the limits say, but enough for one job of the largest size. */
export function manifestMemory(
  { manifests, jobFiles, jobNames }: TransferLimits,
): Quota {
  return new Quota(Math.max(manifests, manifestBytes(jobFiles, jobNames)));
}

/** The share of one job in that memory, until the end of the scope. */
export class ManifestShare implements Disposable {
  readonly #reservation: Reservation | undefined;
  #bytes = 0;

  /** Makes an empty share; without `memory` it may grow for ever. */
  constructor(memory: Quota | undefined) {
    this.#reservation = memory && new Reservation(memory);
  }

  /** Grows by files and directories and by characters of their paths. @throws {TransferError} `busy`. */
  take(items: number, characters: number): void {
    this.#bytes += manifestBytes(items, characters);
    const shared = Math.max(0, this.#bytes - OWN_BYTES);
    if (this.#reservation?.resize(shared) ?? true) return;
    const reason = "all jobs together have too many files for now; try again later";
    throw new TransferError("busy", `Cannot accept the job: ${reason}`);
  }

  /** Gives it back. */
  [Symbol.dispose](): void {
    this.#reservation?.resize(0);
  }
}
