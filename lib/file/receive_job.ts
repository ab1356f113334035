/**
 * The receiver of files: the server on put, the client on get. It judges the manifest, says what it does
 * not want or has already, takes content, verifies it and publishes it.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import type { Destination } from "./destination.ts";
import type { OnEvent } from "./events.ts";
import { receiveContent } from "./receive_content.ts";
import { ManifestShare } from "./manifest_share.ts";
import type { Quota } from "./quota.ts";
import { type ManifestRules, readManifest } from "./receive_manifest.ts";
import { sendPlan } from "./receive_plan.ts";
import { type ReceiveJob, report } from "./receive_state.ts";
import { Progress, whileBusy } from "./signs_of_life.ts";
import { countEvent, newSummary, type Summary } from "./summary.ts";

/** What a receiver can be told. */
export interface ReceiveOptions extends ManifestRules {
  /** The memory for manifests, if many jobs share it. */
  readonly memory?: Quota;
  /** Hears what happens. */
  readonly onEvent: OnEvent;
  /** Aborted to stop at the next chance. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Receives one job into `destination`, which is the caller's to dispose.
 *
 * @throws {ProtocolError} If the sender breaks the protocol, {@linkcode LimitError} if the job is too
 * large as a whole.
 * @throws {TransferError} If the sender ends the conversation with a reason.
 * @throws Whatever the connection throws when it breaks; partial files are kept to be continued.
 */
export async function receiveFiles(
  channel: Channel,
  destination: Destination,
  options: ReceiveOptions,
): Promise<Summary> {
  const { onEvent, signal, limits } = options;
  using share = new ManifestShare(options.memory);
  const summary = newSummary();
  const emit: OnEvent = (event) => {
    countEvent(summary, event);
    onEvent(event);
  };
  emit({ kind: "phase", phase: "scanning" });
  const manifest = await readManifest(channel, options, emit, share);
  const files = manifest.entries.filter(({ type }) => type !== "directory");
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  emit({ kind: "job", files: files.length, bytes });
  const job: ReceiveJob = {
    channel,
    destination,
    manifest,
    maxStreamBytes: limits.fileBytes,
    streamRoom: limits.jobBytes - bytes,
    compareOnly: new Set(),
    compared: new Set(),
    offsets: new Map(),
    checking: new Progress(channel, "checking", bytes),
    emit,
    signal,
  };
  emit({ kind: "phase", phase: "checking" });
  await sendPlan(job);
  emit({ kind: "phase", phase: "transferring" });
  await receiveContent(job);
  emit({ kind: "phase", phase: "finishing" });
  await makeDirectories(job);
  await channel.send({ kind: "finished" });
  await channel.flush();
  return summary;
}

async function makeDirectories(job: ReceiveJob): Promise<void> {
  const { channel, destination, manifest } = job;
  const wanted = manifest.entries.filter(({ type, index }) =>
    type === "directory" && !manifest.refusals.has(index)
  );
  const results = await whileBusy(channel, "syncing", destination.makeDirectories(wanted));
  for (const [at, { outcome, storedAs }] of results.entries()) {
    const entry = wanted[at];
    if (entry === undefined) continue;
    await channel.send({ kind: "result", index: entry.index, outcome, storedAs });
    report(job, entry, outcome, { storedAs });
  }
}
