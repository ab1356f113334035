import type { Hash } from "node:crypto";
import { equalBytes } from "../codec/bytes.ts";
import { ProtocolError } from "../codec/errors.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import { digestOf, hashBytes } from "./digest.ts";
import { type SendJob, settle, sourceAt } from "./send_state.ts";
import { Progress } from "./signs_of_life.ts";
import type { OpenSource, Source } from "./source.ts";
import { TransferError } from "./transfer_error.ts";

/**
 * Reads what the receiver does not want or has already. Whatever it has is hashed here at the same time
 * as there: `check` comes when it begins, `digest` when it is done.
 *
 * @throws {ProtocolError} If it means entries or sizes that do not exist.
 */
export async function readPlan(job: SendJob): Promise<void> {
  for (;;) {
    const message = await job.channel.expect("refuse", "check", "planned");
    if (message.kind === "planned") return;
    const { index } = message;
    const source = sourceAt(job, index);
    if (job.states[index] !== "waiting") {
      throw new ProtocolError(`Cannot go on: the peer plans entry ${index} again`);
    }
    if (message.kind === "refuse") {
      settle(job, index, message.outcome, { limit: message.limit });
    } else {
      await compare(job, source, message);
    }
  }
}

async function compare(job: SendJob, source: Source, check: MessageOf<"check">): Promise<void> {
  const { index, partial, final, size } = check;
  assertComparable(source, check);
  let hash: Hash | undefined;
  try {
    hash = await hashPrefix(job, source, size);
  } catch (error) {
    // The source cannot be read or has changed, which sending it will find out again and report.
    if (!(error instanceof TransferError) || error.endsAll) throw error;
  }
  const digest = await job.channel.expect("digest");
  if (digest.index !== index) {
    throw new ProtocolError(`Cannot go on: the peer sent the digest of entry ${digest.index}`);
  }
  const same = hash !== undefined && !digest.unreadable &&
    equalBytes(digestOf(hash), digest.sha256);
  const plan = job.plans.get(index) ?? {};
  if (!partial) plan.existing = { same, final };
  else if (same && hash !== undefined) plan.partial = { size, hash };
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

async function hashPrefix(
  { channel, emit, signal }: SendJob,
  source: Source,
  size: number,
): Promise<Hash | undefined> {
  const open: OpenSource = source.open();
  try {
    const progress = new Progress(channel, "checking", size);
    const hash = await hashBytes((into) => open.read(into), size, {
      onBytes(count): Promise<void> {
        emit({ kind: "checked", path: source.entry.path, bytes: count });
        return progress.advance(count);
      },
      signal,
    });
    return open.changed() ? undefined : hash;
  } finally {
    open.close();
  }
}
