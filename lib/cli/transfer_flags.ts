/**
 * Flags that both sides of a file transfer have: what they take, and how fast they go.
 *
 * @module
 */
import { DEFAULT_LIMITS, type TransferLimits } from "../file/limits.ts";
import { UsageError } from "./exit.ts";
import type { FlagTable, FlagValues } from "./flags.ts";
import { MAX_SECONDS } from "./seconds.ts";
import { sizeText } from "./sizes.ts";

/** Bytes a second below which a peer is given up: slower than a bad telephone line. */
const MINIMUM_RATE = 1024;
/** A rate that this side keeps up to: by how much it must be above the least that is demanded of it. */
const RATE_MARGIN = 2;
/** Characters of names that one more file may cost, as in the default limits. */
const NAME_CHARACTERS = Math.floor(DEFAULT_LIMITS.jobNames / DEFAULT_LIMITS.jobFiles);
/** Days that an unfinished transfer is kept. */
const STAGING_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The table. */
export const TRANSFER_FLAGS = {
  "token-file": {
    kind: "text",
    value: "FILE",
    help: "the secret that both sides must know; nobody else may be able to read the file",
  },
  "max-file-size": {
    kind: "size",
    value: "BYTES",
    min: 0,
    default: DEFAULT_LIMITS.fileBytes,
    help: "largest file to receive",
  },
  "max-files": {
    kind: "integer",
    value: "FILES",
    min: 1,
    max: 10_000_000,
    default: DEFAULT_LIMITS.jobFiles,
    help: "most files and directories in one job",
  },
  "max-job-size": {
    kind: "size",
    value: "BYTES",
    min: 0,
    default: DEFAULT_LIMITS.jobBytes,
    help: "most bytes to receive in one job",
  },
  rate: {
    kind: "size",
    value: "BYTES",
    min: 1,
    help: `move at most so many bytes a second; most peers want ${sizeText(MINIMUM_RATE)} at least`,
  },
  "minimum-rate": {
    kind: "size",
    value: "BYTES",
    min: 0,
    default: MINIMUM_RATE,
    help: "give up a peer that moves fewer bytes a second, 0 for any",
  },
  "no-sync": {
    kind: "switch",
    help: "do not wait until received files are on the disk: faster, lost if the power fails",
  },
  prune: { kind: "switch", help: "remove what unfinished transfers have left here, and end" },
  "staging-age": {
    kind: "number",
    needs: "prune",
    value: "DAYS",
    min: 0,
    max: Math.floor(MAX_SECONDS / 100),
    default: STAGING_DAYS,
    help: "with --prune: how long it was left alone",
  },
} as const satisfies FlagTable;

/** What those flags came out as. */
export type TransferFlags = FlagValues<typeof TRANSFER_FLAGS>;

/**
 * Makes sure that this side does not give up its peer for a rate that it has chosen itself.
 *
 * @throws {UsageError} If `--rate` is too close to `--minimum-rate`.
 */
export function assertRates({ rate, "minimum-rate": minimum }: TransferFlags): void {
  if (rate === undefined || rate >= minimum * RATE_MARGIN) return;
  const wanted = `at least twice --minimum-rate (${sizeText(minimum)})`;
  throw new UsageError(`Option --rate got ${rate}: expected ${wanted}`);
}

/** What this side takes. */
export function transferLimits(flags: TransferFlags): TransferLimits {
  return {
    ...DEFAULT_LIMITS,
    fileBytes: flags["max-file-size"],
    jobFiles: flags["max-files"],
    jobNames: Math.max(DEFAULT_LIMITS.jobNames, flags["max-files"] * NAME_CHARACTERS),
    jobBytes: flags["max-job-size"],
  };
}

/** What is older than this, in milliseconds since 1970, is pruned. */
export function pruneBefore(flags: TransferFlags): number {
  return Date.now() - flags["staging-age"] * DAY_MS;
}
