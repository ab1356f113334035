import { digestOf, hashBytes } from "./digest.ts";
import type { Comparable, Examination, ReceivedEntry, Refusal } from "./destination.ts";
import { type ReceiveJob, report } from "./receive_state.ts";
import { outcomeOf } from "./transfer_error.ts";
import { Turns } from "./turns.ts";

/** Stands where a digest belongs and there is none. */
const NO_DIGEST = new Uint8Array(32);

/**
 * Tells the sender what not to send and what is there already, in the order of the manifest. Hashing what
 * is there is the only part that takes long; the sender does the same at the same time.
 *
 * @throws Whatever the connection throws. An error of the disk concerns one entry, which is refused.
 */
export async function sendPlan(job: ReceiveJob): Promise<void> {
  const turns = new Turns();
  let planned = 0;
  for (const entry of job.manifest.entries) {
    await planEntry(job, entry);
    planned += entry.size;
    await job.checking.reach(planned);
    await turns.yieldIfDue();
    job.signal?.throwIfAborted();
  }
  await job.channel.send({ kind: "planned" });
  await job.channel.flush();
}

async function planEntry(job: ReceiveJob, entry: ReceivedEntry): Promise<void> {
  const { index } = entry;
  const known = job.manifest.refusals.get(index);
  const { refusal, existing, partial } = known ? { refusal: known } : examine(job, entry);
  if (refusal !== undefined) return await refuse(job, entry, refusal);
  if (existing !== undefined) {
    if (existing.final) job.compareOnly.add(index);
    if (await compare(job, entry, existing, false)) job.compared.add(index);
  }
  if (partial !== undefined && await compare(job, entry, partial, true)) {
    job.offsets.set(index, partial.size);
  }
}

function examine({ destination }: ReceiveJob, entry: ReceivedEntry): Examination {
  try {
    return destination.examine(entry);
  } catch (error) {
    return { refusal: { outcome: outcomeOf(error, "receiving"), limit: 0 } };
  }
}

async function refuse(job: ReceiveJob, entry: ReceivedEntry, refusal: Refusal): Promise<void> {
  const { outcome, limit } = refusal;
  job.manifest.refusals.set(entry.index, refusal);
  await job.channel.send({ kind: "refuse", index: entry.index, outcome, limit });
  report(job, entry, outcome, { limit });
}

/** Announces content, hashes it and sends its digest; returns whether it could be read. */
async function compare(
  job: ReceiveJob,
  { index, path }: ReceivedEntry,
  content: Comparable,
  partial: boolean,
): Promise<boolean> {
  const { channel, checking, emit, signal } = job;
  const { size, final } = content;
  await channel.send({ kind: "check", index, partial, final, size });
  await channel.flush();
  const onBytes = (count: number): Promise<void> => {
    emit({ kind: "checked", path, bytes: count });
    return checking.advance(count);
  };
  using opened = content.open();
  const hash = await hashBytes((into) => opened.read(into), size, { onBytes, signal });
  if (hash !== undefined) content.continueFrom?.(hash);
  const sha256 = hash === undefined ? NO_DIGEST : digestOf(hash);
  await channel.send({ kind: "digest", index, unreadable: hash === undefined, sha256 });
  return hash !== undefined;
}
