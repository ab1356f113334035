import type { Hash } from "node:crypto";
import { equalBytes } from "../codec/bytes.ts";
import { ProtocolError } from "../codec/errors.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import { digestOf, hashBytes } from "./digest.ts";
import { assertFitting } from "./fitting_outcomes.ts";
import { type SendJob, settle, sourceAt } from "./send_state.ts";
import type { OpenSource, Source } from "./source.ts";
import { TransferError } from "./transfer_error.ts";
import { untilAborted } from "./until_aborted.ts";
import { isSource } from "./walk.ts";

/**
 * Reads what the receiver does not want or has already. Whatever it has is hashed here at the same time
 * as there: `check` comes when it begins, `digest` when it is done.
 *
 * @throws {ProtocolError} If it means entries or sizes that do not exist.
 */
export async function readPlan(job: SendJob): Promise<void> {
  // Each step is behind the one before: to hash costs us far more than it costs the peer to ask for it.
  for (let last = -1;;) {
    const waiting = job.channel.expect("refuse", "check", "planned");
    const message = await untilAborted(waiting, job.signal);
    if (message.kind === "planned") return assertCompared(job);
    const { index } = message;
    const source = sourceAt(job, index);
    const step = message.kind === "check" && message.partial ? 2 * index + 1 : 2 * index;
    if (step <= last || job.states[index] !== "waiting") {
      throw new ProtocolError(`Cannot go on: the peer plans entry ${index} again`);
    }
    last = step;
    if (message.kind === "refuse") {
      if (message.outcome !== "skipped" || !job.maySkip) assertFitting(message);
      settle(job, index, message.outcome, { limit: message.limit });
    } else {
      await compare(job, source, message);
    }
  }
}

/** @throws {ProtocolError} If the receiver was to compare only, and wants to be sent something. */
function assertCompared({ verify, items, states, plans }: SendJob): void {
  if (!verify) return;
  for (const [index, item] of items.entries()) {
    if (states[index] !== "waiting" || !isSource(item) || item.entry.type === "directory") continue;
    if (plans.get(index)?.existing?.final) continue;
    throw new ProtocolError(`Cannot compare entry ${index}: the peer has not done so`);
  }
}

async function compare(job: SendJob, source: Source, check: MessageOf<"check">): Promise<void> {
  const { index, partial, final, size } = check;
  assertComparable(source, check);
  const hash = await hashPrefix(job, source, size);
  const digest = await untilAborted(job.channel.expect("digest"), job.signal);
  if (digest.index !== index) {
    throw new ProtocolError(`Cannot go on: the peer sent the digest of entry ${digest.index}`);
  }
  const problem = typeof hash === "string" ? hash : digest.unreadable ? "disk-error" : undefined;
  const same = typeof hash !== "string" && problem === undefined &&
    equalBytes(digestOf(hash), digest.sha256);
  const plan = job.plans.get(index) ?? {};
  if (!partial) plan.existing = { same, final, problem };
  else if (same) plan.partial = { size, hash };
  job.plans.set(index, plan);
}

/** @throws {ProtocolError} If the receiver claims to have more of a file than there is. */
function assertComparable({ entry }: Source, { index, partial, size }: MessageOf<"check">): void {
  const possible = partial ? size > 0 && size <= entry.size : size === entry.size;
  if (entry.type === "file" && possible) return;
  throw new ProtocolError(
    `Cannot compare entry ${index}: the peer has ${size} bytes of a ${entry.type} of ${entry.size}`,
  );
}

/** Hashes the beginning of a source; else says why that cannot be compared. */
async function hashPrefix(job: SendJob, source: Source, size: number): Promise<Hash | Outcome> {
  try {
    return await hashOpen(job, source, size) ?? "source-changed";
  } catch (error) {
    if (!(error instanceof TransferError) || error.endsAll) throw error;
    return error.outcome;
  }
}

async function hashOpen(
  { checking, emit, signal }: SendJob,
  source: Source,
  size: number,
): Promise<Hash | undefined> {
  const open: OpenSource = source.open();
  try {
    const hash = await hashBytes((into) => open.read(into), size, {
      onBytes(count): Promise<void> {
        emit({ kind: "checked", path: source.entry.path, bytes: count });
        return checking.advance(count);
      },
      signal,
    });
    return open.changed() ? undefined : hash;
  } finally {
    open.close();
  }
}
