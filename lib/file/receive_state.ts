import type { Outcome } from "../codec/file_outcomes.ts";
import type { Channel } from "./channel.ts";
import type { Destination, ReceivedEntry } from "./destination.ts";
import type { OnEvent } from "./events.ts";
import type { ReceivedManifest } from "./receive_manifest.ts";
import type { Progress } from "./signs_of_life.ts";

/** A job as the parts of the receiver see it. */
export interface ReceiveJob {
  /** The connection to the sender. */
  readonly channel: Channel;
  /** Where files go. */
  readonly destination: Destination;
  /** What the sender announced. */
  readonly manifest: ReceivedManifest;
  /** Largest size of a file that does not say its size before, in bytes. */
  readonly maxStreamBytes: number;
  /** What such files may still bring before the job is too large, in bytes. */
  streamRoom: number;
  /** Entries that must not be sent, because what was compared is all there is to say. */
  readonly compareOnly: Set<number>;
  /** Entries of which there is a file under their name whose digest the sender got. */
  readonly compared: Set<number>;
  /** Where entries may begin instead of 0. */
  readonly offsets: Map<number, number>;
  /** Tells the sender how far the plan is: one for all files, as each may be too small to be told of. */
  readonly checking: Progress;
  /** Hears what happens. */
  readonly emit: OnEvent;
  /** Aborted to stop at the next chance. */
  readonly signal: AbortSignal | undefined;
}

/** Reports what became of an entry. */
export function report(
  job: ReceiveJob,
  entry: ReceivedEntry,
  outcome: Outcome,
  details: { size?: number; resumed?: number; storedAs?: string; limit?: number } = {},
): void {
  job.emit({
    kind: "result",
    type: entry.type,
    path: entry.path,
    outcome,
    size: details.size ?? entry.size,
    resumed: details.resumed ?? 0,
    storedAs: details.storedAs || undefined,
    limit: details.limit || undefined,
  });
}
