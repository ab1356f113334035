/**
 * The sender of files: the client on put, the server on get. It announces everything, hears what the
 * receiver does not want or has already, and then sends one file after the other without waiting for
 * answers, which come while it sends.
 *
 * @module
 */

import { ProtocolError } from "../codec/errors.ts";
import type { ExistsPolicy } from "../codec/file_messages.ts";
import type { Channel } from "./channel.ts";
import type { OnEvent } from "./events.ts";
import { assertFitting } from "./fitting_outcomes.ts";
import { announceable, sendManifest, totalBytes } from "./send_manifest.ts";
import { readPlan } from "./send_plan.ts";
import { sendContent } from "./send_content.ts";
import { Progress } from "./signs_of_life.ts";
import { type ItemState, type SendJob, settle, sourceAt } from "./send_state.ts";
import { countEvent, newSummary, type Summary } from "./summary.ts";
import { type Found, isSource } from "./walk.ts";

/** What every job can be told. */
export interface JobOptions {
  /** Hears what happens. */
  readonly onEvent: OnEvent;
  /** Aborted to stop at the next chance. */
  readonly signal?: AbortSignal | undefined;
}

/** What a sender can be told. */
export interface SendOptions extends JobOptions {
  /** What the receiver was told to do with names that exist; without it, it decides itself. */
  readonly ifExists?: ExistsPolicy;
  /** Whether it was told to compare only. */
  readonly verify?: boolean;
}

/**
 * Sends files and resolves when each has its result.
 *
 * @throws {TransferError} If the receiver ends the conversation with a reason.
 * @throws {ProtocolError} If it breaks the protocol.
 * @throws Whatever the connection throws when it breaks; the receiver keeps what it has.
 */
export async function sendFiles(
  channel: Channel,
  found: readonly Found[],
  { onEvent, signal, ifExists = "skip", verify = false }: SendOptions,
): Promise<Summary> {
  const summary = newSummary();
  const items = announceable(found);
  const emit: OnEvent = (event) => {
    countEvent(summary, event);
    onEvent(event);
  };
  const states = items.map((): ItemState => "waiting");
  const job: SendJob = {
    channel,
    items,
    plans: new Map(),
    states,
    streamSizes: new Map(),
    givenUp: new Set(),
    checking: new Progress(channel, "checking", totalBytes(items)),
    maySkip: ifExists === "skip" && !verify,
    verify,
    emit,
    signal,
    onSettled: () => {},
    broken: false,
  };
  await announce(job);
  emit({ kind: "phase", phase: "checking" });
  await readPlan(job);
  emit({ kind: "phase", phase: "transferring" });
  await inParallel(job, sendContent(job), collectResults(job));
  return summary;
}

async function announce({ channel, items, states, emit }: SendJob): Promise<void> {
  const files = items.filter((item) => isSource(item) && item.entry.type !== "directory").length;
  emit({ kind: "job", files, bytes: totalBytes(items) });
  for (const [index, item] of items.entries()) {
    if (isSource(item)) continue;
    states[index] = "settled";
    emit({ ...item, kind: "omitted" });
  }
  await sendManifest(channel, items);
}

/** Reads what becomes of what was sent, until the receiver has no more to say. */
async function collectResults(job: SendJob): Promise<void> {
  for (;;) {
    const message = await job.channel.expect("result", "finished");
    if (message.kind === "finished") break;
    const { index, outcome, storedAs } = message;
    sourceAt(job, index);
    assertFitting(message);
    // Both sides may have given the same file up, each before it heard of the other.
    if (job.givenUp.delete(index)) continue;
    if (job.states[index] !== "sent") {
      throw new ProtocolError(`Cannot go on: the peer sent a result for entry ${index} unasked`);
    }
    if (job.verify && outcome === "published") {
      throw new ProtocolError(`Cannot compare entry ${index}: the peer says that it has stored it`);
    }
    settle(job, index, outcome, { storedAs });
  }
  const owed = job.states.filter((state) => state !== "settled").length;
  if (owed > 0) throw new ProtocolError(`Cannot finish: the peer owes ${owed} results`);
}

/**
 * Runs both halves to their ends. When one fails the other cannot go on; but if it was our write that
 * failed, the reason may lie among what we have not read yet, so the reader comes to its own end. What
 * fails for a reason of ours ends the job at once: the caller tells the peer, and closes the connection.
 */
async function inParallel(
  job: SendJob,
  writing: Promise<void>,
  reading: Promise<void>,
): Promise<void> {
  const writer = writing.catch((error) => {
    if (isConnectionLoss(error)) return;
    job.broken = true;
    throw error;
  });
  const reader = reading.catch(async (error) => {
    if (!job.broken) job.channel.stream[Symbol.dispose]();
    job.broken = true;
    job.onSettled();
    await writer.catch(() => {});
    throw error;
  });
  await Promise.all([writer, reader]);
  // It was lost, although the reader had all it waited for.
  await writing;
}

function isConnectionLoss(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.TimedOut;
}
