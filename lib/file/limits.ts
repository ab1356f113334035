const GIBIBYTE = 2 ** 30;

/** What one side takes from the other; each is a decision of the receiving side's owner. */
export interface TransferLimits {
  /** Largest file, in bytes. */
  readonly fileBytes: number;
  /** Most files and directories in one job, those included that only occur in paths of others. */
  readonly jobFiles: number;
  /** Most characters in all paths of one job: they are in memory until it is over. */
  readonly jobNames: number;
  /** Most bytes in one job. */
  readonly jobBytes: number;
  /** Most paths asked for in one `get`. */
  readonly wantedPaths: number;
  /** Memory for what all jobs of a server have announced, in bytes. */
  readonly manifests: number;
}

/**
 * Limits that no ordinary job meets: a disk image passes, an endless file does not. A job of 50,000 files
 * takes 150 MiB of memory while it runs.
 */
export const DEFAULT_LIMITS: TransferLimits = {
  fileBytes: 256 * GIBIBYTE,
  jobFiles: 100_000,
  jobNames: 16 * 2 ** 20,
  jobBytes: 1024 * GIBIBYTE,
  wantedPaths: 1000,
  // Five jobs of the largest size, and half of the heap that V8 takes on a machine with 16 GiB.
  manifests: 2 * GIBIBYTE,
};
