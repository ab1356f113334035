import type { Hash } from "node:crypto";
import { ProtocolError } from "../codec/errors.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import type { Channel } from "./channel.ts";
import type { OnEvent } from "./events.ts";
import type { Progress } from "./signs_of_life.ts";
import type { Source } from "./source.ts";
import { type Found, isSource } from "./walk.ts";

/** What the receiver has of one item. */
export interface Plan {
  /** What lies under the file's name has the same size; whether it is the same, once that is known. */
  existing?: {
    readonly same: boolean;
    readonly final: boolean;
    /** Why it could not be compared, if so. */
    readonly problem: Outcome | undefined;
  };
  /** The beginning that both sides have, and the running hash behind it. */
  partial?: { readonly size: number; readonly hash: Hash };
}

/** How far an item of the manifest is: nothing sent, the receiver owes a result, finished with. */
export type ItemState = "waiting" | "sent" | "settled";

/** A job as its parts see it. */
export interface SendJob {
  /** The connection to the receiver. */
  readonly channel: Channel;
  /** Everything that is announced, by index. */
  readonly items: readonly Found[];
  /** What the receiver said about items, by index; most have nothing. */
  readonly plans: Map<number, Plan>;
  /** How far each item is. */
  readonly states: ItemState[];
  /** Bytes of streams, known when they have ended, by index. */
  readonly streamSizes: Map<number, number>;
  /** Items that were begun and aborted: the receiver owes no result for them, but may have sent one. */
  readonly givenUp: Set<number>;
  /** Tells the receiver how far comparing is: one for all files, as each may be too small to be told of. */
  readonly checking: Progress;
  /** Whether the receiver may leave alone, without a word about content, what exists. */
  readonly maySkip: boolean;
  /** Whether it may only compare. */
  readonly verify: boolean;
  /** Hears what happens. */
  readonly emit: OnEvent;
  /** Aborted to stop at the next chance. */
  readonly signal: AbortSignal | undefined;
  /** Called when an item, or all, is finished with: its content need not be waited for any longer. */
  onSettled: () => void;
  /** Set when the other half of the job, reading results, has failed: there is no use in going on. */
  broken: boolean;
}

/** Finishes with an item, once. */
export function settle(
  job: SendJob,
  index: number,
  outcome: Outcome,
  details: { storedAs?: string; limit?: number } = {},
): void {
  const { entry } = sourceAt(job, index);
  const plan = job.plans.get(index);
  job.states[index] = "settled";
  job.plans.delete(index);
  job.emit({
    kind: "result",
    type: entry.type,
    path: entry.path,
    outcome,
    size: job.streamSizes.get(index) ?? entry.size,
    resumed: outcome === "published" ? plan?.partial?.size ?? 0 : 0,
    storedAs: details.storedAs || undefined,
    limit: details.limit || undefined,
  });
  job.onSettled();
}

/** The source with this index. @throws {ProtocolError} If the receiver means one that does not exist. */
export function sourceAt({ items }: SendJob, index: number): Source {
  const item = items[index];
  if (item !== undefined && isSource(item)) return item;
  throw new ProtocolError(`Cannot go on: the peer means entry ${index} of ${items.length}`);
}
