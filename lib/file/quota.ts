/** What a disk gives to a file at a time: an empty file costs something as well, and so do many. */
const BLOCK_BYTES = 4096;

/** The space that a file of `bytes` bytes is counted with: whole blocks, at least one. */
export function storedBytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES;
}

/** A cap on bytes that are taken and given back, such as those stored; shared by all connections. */
export class Quota {
  /** Bytes in use. */
  used: number;

  /**
   * Makes an account.
   *
   * @param limit The cap, in bytes; `Infinity` for none.
   * @param used What is in use already; what is stored, as `measureUsage` counts it.
   */
  constructor(readonly limit: number, used: number = 0) {
    this.used = used;
  }
}

/** The share of one file, or of one job, in a {@linkcode Quota}. */
export class Reservation {
  /**
   * Makes a share.
   *
   * @param held Bytes that the quota counts for it already.
   */
  constructor(readonly quota: Quota, public held: number = 0) {}

  /** Changes the share to `bytes`, in whole blocks of a disk. Returns `false` if the cap forbids it. */
  resize(bytes: number): boolean {
    const used = this.quota.used - this.held + bytes;
    if (bytes > this.held && used > this.quota.limit) return false;
    this.settle(bytes);
    return true;
  }

  /** Changes the share to what is there already, whatever the cap says. */
  settle(bytes: number): void {
    this.quota.used += bytes - this.held;
    this.held = bytes;
  }
}
