/**
 * How a file transfer ended, as an exit code and a sentence.
 *
 * @module
 */
import { LimitError, PeerClosedError, ProtocolError } from "../codec/errors.ts";
import { classifyOutcome, describeOutcome, type Outcome } from "../codec/file_outcomes.ts";
import type { Operation, TransferEvent } from "../file/events.ts";
import type { TransferLimits } from "../file/limits.ts";
import { TransferError } from "../file/transfer_error.ts";
import { CommandError, EXIT } from "./exit.ts";
import { explainAccess } from "./explain.ts";
import type { Launch } from "./rerun.ts";

/** Exit codes of the file client, beside those that every script has. */
export const TRANSFER_EXIT = {
  refused: 3,
  connectionLost: 4,
  different: 5,
  localFiles: 6,
  authentication: 7,
} as const;

/** What `--help` says of them. */
export const TRANSFER_EXIT_CODES: readonly string[] = [
  "3 a file or the whole job was refused, by the server or by a rule of this side",
  "4 the connection was lost: the same command goes on where it stopped",
  "5 content differs: verify found a difference, or what arrived is not what was sent",
  "6 a file of this machine could not be read, written or found, be it for want of permission, or changed meanwhile",
  "7 the token of the two sides is not the same",
];

/** Outcomes that are about content. */
const CONTENT: readonly Outcome[] = ["corrupt", "different"];
/** Outcomes that are about the files of the side that sends. */
const SOURCES: readonly Outcome[] = ["missing", "unreadable", "source-changed"];
/** Outcomes that are about the disk of the side that receives. */
const STORAGE: readonly Outcome[] = ["disk-full", "disk-error", "unsafe-path", "no-access"];

/**
 * The exit code for what became of one file; 0 if nothing is wrong with it.
 *
 * @param named Whether it was asked for by its own name, and not only found in a directory.
 */
export function exitCodeFor(
  event: Extract<TransferEvent, { kind: "result" | "omitted" }>,
  operation: Operation,
  named: boolean,
): number {
  const { outcome } = event;
  if (event.kind === "omitted" && outcome === "not-a-file") {
    // Links and special files are left out by design, and said so; but who asked for one did not get it.
    if (!named) return EXIT.done;
    return operation === "get" ? TRANSFER_EXIT.refused : TRANSFER_EXIT.localFiles;
  }
  if (classifyOutcome(outcome) === "fine") return EXIT.done;
  if (outcome === "corrupt") return TRANSFER_EXIT.different;
  if (operation === "verify" && [...CONTENT, "missing"].includes(outcome)) {
    return event.kind === "omitted" ? TRANSFER_EXIT.localFiles : TRANSFER_EXIT.different;
  }
  const ours = operation === "get" ? STORAGE : SOURCES;
  return ours.includes(outcome) ? TRANSFER_EXIT.localFiles : TRANSFER_EXIT.refused;
}

/** Which of two exit codes says more: ends of whole jobs, then wrong content, trouble here, refusals. */
export function graver(one: number, other: number): number {
  const order: readonly number[] = [
    EXIT.done,
    TRANSFER_EXIT.refused,
    TRANSFER_EXIT.localFiles,
    TRANSFER_EXIT.different,
    EXIT.failed,
    TRANSFER_EXIT.connectionLost,
    TRANSFER_EXIT.authentication,
  ];
  return order.indexOf(one) < order.indexOf(other) ? other : one;
}

/**
 * A failure with the exit code of those that are about files of this machine, unless it has one of its own;
 * whatever else was thrown comes back as it is.
 */
export function asLocalFailure(error: unknown): unknown {
  if (!(error instanceof CommandError) || error.exitCode !== EXIT.failed) return error;
  const { message, cause } = error;
  return ended(message, TRANSFER_EXIT.localFiles, cause);
}

/** How it shows, depending on the moment, that the server is gone. */
const LOST = [
  PeerClosedError,
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
  Deno.errors.BrokenPipe,
  Deno.errors.NotConnected,
  Deno.errors.UnexpectedEof,
  Deno.errors.TimedOut,
];

/** Ends of a conversation after which it is worth to come again. */
const RESUMABLE: readonly Outcome[] = ["busy", "too-slow", "stopping"];

/** What is known of a job that failed. */
export interface TransferContext {
  /** The server, as the user would write it. */
  readonly where: string;
  /** For the command that grants what is missing. */
  readonly launch: Launch;
  /** What this side takes. */
  readonly limits: TransferLimits;
}

/**
 * What went wrong with the job as a whole, as an error that ends the program with a sentence and its exit
 * code; mistakes of our own come back as they are.
 *
 * Limits of the protocol itself are nobody's to raise: who passes one breaks it.
 */
export function explainTransfer(
  error: unknown,
  { where, launch, limits }: TransferContext,
): unknown {
  if (LOST.some((kind) => error instanceof kind)) {
    return ended(
      `Lost the connection to ${where}; the same command goes on where it stopped`,
      TRANSFER_EXIT.connectionLost,
      error,
    );
  }
  if (error instanceof TransferError) return explainOutcome(error, where);
  if (error instanceof LimitError) {
    const flag = flagFor(error, limits);
    const message = `${error.message} (${where}); allow more with ${flag}`;
    if (flag !== undefined) return ended(message, TRANSFER_EXIT.refused, error);
  }
  if (error instanceof ProtocolError) {
    return ended(`${error.message} (${where})`, EXIT.failed, error);
  }
  if (error instanceof Deno.errors.NotCapable) return asLocalFailure(explainAccess(error, launch));
  return error;
}

function flagFor(
  { limit }: LimitError,
  { jobFiles, jobBytes, jobNames }: TransferLimits,
): string | undefined {
  if (limit === jobBytes) return "--max-job-size";
  return limit === jobFiles || limit === jobNames ? "--max-files" : undefined;
}

function explainOutcome(error: TransferError, where: string): CommandError {
  const { outcome, fromPeer, message } = error;
  if (RESUMABLE.includes(outcome)) {
    const reason = fromPeer ? describeOutcome(outcome) : message;
    return ended(
      `Stopped (${where}): ${reason}; the same command goes on where it stopped`,
      TRANSFER_EXIT.connectionLost,
      error,
    );
  }
  const code = outcome === "authentication" ? TRANSFER_EXIT.authentication : TRANSFER_EXIT.refused;
  const limit = error.limit === 0 ? "" : ` (at most ${error.limit})`;
  const said = fromPeer ? `The server refuses: ${describeOutcome(outcome)}${limit}` : message;
  return ended(`${said} (${where})`, outcome === "protocol" ? EXIT.failed : code, error);
}

function ended(message: string, exitCode: number, cause: unknown): CommandError {
  return new CommandError(message, { exitCode, cause });
}
