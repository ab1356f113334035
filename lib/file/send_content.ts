import type { Hash } from "node:crypto";
import type { Outcome } from "../codec/file_outcomes.ts";
import { MAX_RUN_BYTES } from "../codec/file_layouts.ts";
import type { Channel } from "./channel.ts";
import { digestOf, newHash } from "./digest.ts";
import { type SendJob, settle, sourceAt } from "./send_state.ts";
import { whileBusy } from "./signs_of_life.ts";
import type { OpenSource, Source } from "./source.ts";
import { TransferError } from "./transfer_error.ts";

/**
 * Goes through the manifest in order and sends each file that the receiver wants; then `done`.
 *
 * @throws Whatever the connection throws. A source that cannot be read is told to the receiver instead.
 */
export async function sendContent(job: SendJob): Promise<void> {
  for (let index = 0; index < job.items.length; index++) {
    if (job.states[index] !== "waiting") continue;
    const source = sourceAt(job, index);
    // Directories have no content: the receiver makes them at the end.
    if (source.entry.type === "directory") job.states[index] = "sent";
    else await sendOrSkip(job, index, source);
  }
  await job.channel.send({ kind: "done" });
  await job.channel.flush();
}

async function sendOrSkip(job: SendJob, index: number, source: Source): Promise<void> {
  const existing = job.plans.get(index)?.existing;
  if (existing?.same) return await skip(job, index, "unchanged");
  if (existing?.final) return await skip(job, index, "different");
  let open: OpenSource;
  try {
    open = source.open();
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    return await skip(job, index, error.outcome);
  }
  try {
    await sendFile(job, index, open);
  } finally {
    open.close();
  }
}

async function skip(job: SendJob, index: number, outcome: Outcome): Promise<void> {
  await job.channel.send({ kind: "skip", index, outcome });
  settle(job, index, outcome);
}

async function sendFile(job: SendJob, index: number, open: OpenSource): Promise<void> {
  const { channel, emit } = job;
  const { entry } = sourceAt(job, index);
  const { size: offset, hash } = job.plans.get(index)?.partial ?? { size: 0, hash: newHash() };
  await channel.send({ kind: "file", index, offset });
  job.states[index] = "sent";
  emit({ kind: "start", path: entry.path, size: entry.size, offset });
  let size: number | Outcome;
  try {
    if (offset > 0) open.seek(offset);
    size = await sendBytes(job, index, open, offset, hash);
  } catch (error) {
    // The end of a conversation is not about this file: the receiver keeps what it has, to go on there.
    if (!(error instanceof TransferError) || error.endsAll) throw error;
    size = error.outcome;
  }
  if (typeof size === "number") {
    if (entry.type === "stream") job.streamSizes.set(index, size);
    await channel.send({ kind: "end", size, sha256: digestOf(hash) });
    return;
  }
  await channel.send({ kind: "abort", outcome: size });
  // The receiver gives no result for what we gave up ourselves, but may have given up before us.
  if (job.states[index] !== "sent") return;
  job.givenUp.add(index);
  settle(job, index, size);
}

/** Sends the content from `offset` on and returns its whole length, or why it is worthless. */
async function sendBytes(
  job: SendJob,
  index: number,
  open: OpenSource,
  offset: number,
  hash: Hash,
): Promise<number | Outcome> {
  const { channel, emit, signal } = job;
  const { entry } = sourceAt(job, index);
  const end = entry.type === "stream" ? Infinity : entry.size;
  const spare = entry.type === "stream" ? new Uint8Array(MAX_RUN_BYTES) : undefined;
  let size = offset;
  while (size < end) {
    signal?.throwIfAborted();
    if (job.broken) throw new Deno.errors.Interrupted("Cannot send: the connection is closed");
    if (job.states[index] !== "sent") return "stopping";
    const run = spare === undefined
      ? await readRun(channel, open, end - size)
      : await readPaused(channel, open, spare);
    if (run === undefined) break;
    hash.update(run);
    channel.sendRun(run.length);
    size += run.length;
    emit({ kind: "moved", path: entry.path, bytes: run.length });
  }
  const complete = entry.type === "stream" || size === end;
  return complete && !open.changed() ? size : "source-changed";
}

/** Reads the next run to where it is sent from; `undefined` at the end. */
async function readRun(
  channel: Channel,
  open: OpenSource,
  left: number,
): Promise<Uint8Array | undefined> {
  const room = await channel.runRoom(Math.min(left, MAX_RUN_BYTES));
  const count = await open.read(room);
  return count === null ? undefined : room.subarray(0, count);
}

/**
 * The same for a stream, which may pause for long: what it gave does not wait for what comes next, and
 * meanwhile the receiver hears that this goes on.
 */
async function readPaused(
  channel: Channel,
  open: OpenSource,
  spare: Uint8Array,
): Promise<Uint8Array | undefined> {
  await channel.flush();
  const reading = Promise.resolve(open.read(spare));
  const count = await whileBusy(channel, "scanning", reading, false);
  if (count === null) return undefined;
  const room = await channel.runRoom(count);
  room.set(spare.subarray(0, count));
  return room.subarray(0, count);
}
