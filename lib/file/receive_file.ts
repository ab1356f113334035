import { equalBytes } from "../codec/bytes.ts";
import { ProtocolError } from "../codec/errors.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import type { Incoming, ReceivedEntry } from "./destination.ts";
import { digestOf } from "./digest.ts";
import { assertFitting } from "./fitting_outcomes.ts";
import { type ReceiveJob, report } from "./receive_state.ts";
import { whileBusy } from "./signs_of_life.ts";
import { outcomeOf, TransferError } from "./transfer_error.ts";

/** The file whose content is coming. */
export interface CurrentFile {
  /** What it is. */
  readonly entry: ReceivedEntry;
  /** Where its content goes; `undefined` once it has failed: the rest is read and dropped. */
  incoming: Incoming | undefined;
}

/**
 * Begins with a file.
 *
 * @throws {ProtocolError} If it was not to be sent, or begins where nothing ends.
 */
export async function beginFile(
  job: ReceiveJob,
  entry: ReceivedEntry,
  offset: number,
): Promise<CurrentFile> {
  if (job.compareOnly.has(entry.index)) {
    throw new ProtocolError(`Cannot take entry ${entry.index}: it was to be compared only`);
  }
  if (offset !== 0 && offset !== job.offsets.get(entry.index)) {
    throw new ProtocolError(`Cannot take entry ${entry.index}: no content ends at ${offset}`);
  }
  // What was offered was not the beginning of the file: it starts over.
  if (offset === 0) job.offsets.delete(entry.index);
  job.emit({ kind: "start", path: entry.path, size: entry.size, offset });
  try {
    return { entry, incoming: job.destination.begin(entry, offset) };
  } catch (error) {
    await sendFailure(job, entry, outcomeOf(error, "receiving"));
    return { entry, incoming: undefined };
  }
}

/** Appends content. @throws {ProtocolError} If it is more than was announced. */
export async function appendContent(
  job: ReceiveJob,
  current: CurrentFile,
  bytes: Uint8Array,
): Promise<void> {
  const { entry, incoming } = current;
  if (incoming === undefined) return;
  const size = incoming.size + bytes.length;
  if (entry.type === "file" && size > entry.size) {
    throw new ProtocolError(`Cannot take entry ${entry.index}: more than ${entry.size} bytes`);
  }
  const writing = writeContent(job, incoming, bytes);
  // Whoever reads what is passed on may pause for long, as a pager does.
  const failure = writing instanceof Promise
    ? await whileBusy(job.channel, "syncing", writing, false)
    : writing;
  if (failure !== undefined) {
    current.incoming = undefined;
    job.destination.abandon(incoming, false);
    return await sendFailure(job, entry, failure);
  }
  incoming.hash.update(bytes);
  incoming.size = size;
  job.emit({ kind: "moved", path: entry.path, bytes: bytes.length });
}

/** Writes content; returns why that failed, or `undefined`. */
function writeContent(
  job: ReceiveJob,
  incoming: Incoming,
  bytes: Uint8Array,
): Outcome | undefined | Promise<Outcome | undefined> {
  const explain = (error: unknown): Outcome => outcomeOf(error, "receiving");
  try {
    if (incoming.entry.type === "stream") {
      admitStream(job, incoming.size + bytes.length, bytes.length);
    }
    const written = incoming.write(bytes);
    return written === undefined ? undefined : written.then(() => undefined, explain);
  } catch (error) {
    return explain(error);
  }
}

/** Streams are held against the limits as they come. @throws {TransferError} If one is passed. */
function admitStream(job: ReceiveJob, size: number, added: number): void {
  if (size > job.maxStreamBytes) throw new TransferError("too-large");
  if (added > job.streamRoom) throw new TransferError("too-many");
  job.streamRoom -= added;
}

/**
 * Holds a complete file against its trailer.
 *
 * @returns The file, if it is what was sent.
 * @throws {ProtocolError} If its length is another.
 */
export async function endFile(
  job: ReceiveJob,
  { entry, incoming }: CurrentFile,
  end: MessageOf<"end">,
): Promise<Incoming | undefined> {
  if (incoming === undefined) return undefined;
  if (end.size !== incoming.size || (entry.type === "file" && end.size !== entry.size)) {
    throw new ProtocolError(
      `Cannot take entry ${entry.index}: ${incoming.size} bytes came, not ${end.size}`,
    );
  }
  if (equalBytes(digestOf(incoming.hash), end.sha256)) return incoming;
  job.destination.abandon(incoming, false);
  await sendFailure(job, entry, "corrupt");
  return undefined;
}

/** Drops a file that its sender has given up. @throws {ProtocolError} If it says that this is fine. */
export function abortFile(
  job: ReceiveJob,
  { entry, incoming }: CurrentFile,
  message: MessageOf<"abort">,
): void {
  assertFitting(message);
  if (incoming === undefined) return;
  job.destination.abandon(incoming, false);
  report(job, entry, message.outcome);
}

/** Tells the sender at once, so that it can stop. */
async function sendFailure(
  job: ReceiveJob,
  entry: ReceivedEntry,
  outcome: Outcome,
): Promise<void> {
  await job.channel.send({ kind: "result", index: entry.index, outcome, storedAs: "" });
  await job.channel.flush();
  report(job, entry, outcome);
}
