import { classifyOutcome, describeOutcome, type Outcome } from "../codec/file_outcomes.ts";

/** A file, or a whole conversation, came to an end that is one of the protocol's outcomes. */
export class TransferError extends Error {
  /** The class name, as error output shows it. */
  override readonly name = "TransferError";
  /** Whether the other side said so. */
  readonly fromPeer: boolean;
  /** The cap that was passed, in bytes or files; 0 where there is none. */
  readonly limit: number;

  /**
   * Makes the error; without a message of its own it says what the outcome means.
   *
   * @param outcome What the other side is told, and what an exit code can be chosen by.
   * @param options `fromPeer`: it was the other side that said so. `limit`: the cap that was passed.
   */
  constructor(
    readonly outcome: Outcome,
    message?: string,
    options?: ErrorOptions & { fromPeer?: boolean; limit?: number },
  ) {
    super(message ?? `Cannot transfer: ${describeOutcome(outcome)}`, options);
    this.fromPeer = options?.fromPeer ?? false;
    this.limit = options?.limit ?? 0;
  }

  /** Whether it is about the whole conversation, and not about one file. */
  get endsAll(): boolean {
    return classifyOutcome(this.outcome) === "ended";
  }
}

/** What a failed call on a file that is being received means. */
const RECEIVING: Readonly<Record<string, Outcome>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EACCES: "no-access",
  EFBIG: "too-large",
  ENAMETOOLONG: "bad-name",
  ENOTDIR: "not-a-file",
  EISDIR: "not-a-file",
  ELOOP: "not-a-file",
};

/** What a failed call on a file that is being sent means. */
const SENDING: Readonly<Record<string, Outcome>> = {
  ENOENT: "missing",
  ENOTDIR: "missing",
  ENAMETOOLONG: "missing",
  EISDIR: "not-a-file",
  ELOOP: "not-a-file",
};

/**
 * The outcome that stands for an error of the file system.
 *
 * @throws The error itself if it is none: a missing permission (`NotCapable`) or a mistake of ours.
 */
export function outcomeOf(error: unknown, side: "receiving" | "sending"): Outcome {
  if (error instanceof TransferError) return error.outcome;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string") throw error;
  return side === "receiving" ? RECEIVING[code] ?? "disk-error" : SENDING[code] ?? "unreadable";
}
