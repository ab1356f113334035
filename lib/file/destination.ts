/**
 * Where received files go, as the receiver's state machine sees it: a directory on disk, or one stream
 * such as standard output. All calls may throw errors of the file system, which concern one file only.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import type { MessageOf } from "../codec/file_messages.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import type { ReadBytes } from "./digest.ts";

/** An entry of the manifest that passed all rules that need no look at the disk. */
export interface ReceivedEntry extends MessageOf<"entry"> {
  /** Its place in the manifest. */
  readonly index: number;
  /** The parts of the name under which it is stored. */
  readonly parts: readonly string[];
}

/** A reason not to take an entry. */
export interface Refusal {
  /** The reason. */
  readonly outcome: Outcome;
  /** The cap that was passed, 0 where there is none. */
  readonly limit: number;
}

/** Content that is there already, to be compared with the sender's. */
export interface Comparable {
  /** Its length, in bytes. */
  readonly size: number;
  /** Opens it for reading from the beginning; what cannot be opened or read is at its end at once. */
  open(): Disposable & { readonly read: ReadBytes };
  /** Unless it is the same the file is not wanted. */
  readonly final: boolean;
  /** Gets the running hash when it is known; only partial content goes on from there. */
  continueFrom?(hash: Hash): void;
}

/** What is known about an entry after a look at the destination. */
export interface Examination {
  /** Why the entry is not taken; then the rest says nothing. */
  readonly refusal?: Refusal | undefined;
  /** A file under the entry's name, of the same size. */
  readonly existing?: Comparable | undefined;
  /** What an interrupted transfer of the very same file left. */
  readonly partial?: Comparable | undefined;
}

/** A file that is being received. */
export interface Incoming {
  /** What it is. */
  readonly entry: ReceivedEntry;
  /** Bytes that are there, those of an earlier transfer included. */
  size: number;
  /** Running SHA-256 of those bytes. */
  readonly hash: Hash;
  /** Appends content; counting and hashing it is the caller's. */
  write(bytes: Uint8Array): void | Promise<void>;
}

/** What became of a complete file. */
export interface Settled {
  /** Whether it is in place, or why not. */
  readonly outcome: Outcome;
  /** The path that it got, if not its own; else `""`. */
  readonly storedAs: string;
}

/** Takes files. */
export interface Destination extends Disposable {
  /** Looks at what is there, and reserves what the entry will need. */
  examine(entry: ReceivedEntry): Examination;
  /** The entry will not come after all; `obsolete`: nor will it be wanted another time. */
  release(entry: ReceivedEntry, obsolete: boolean): void;
  /** Begins with an entry, at 0 or behind its partial content. */
  begin(entry: ReceivedEntry, offset: number): Incoming;
  /** Gives a file up. `keep`: what is there may be continued another time. */
  abandon(incoming: Incoming, keep: boolean): void;
  /** Makes complete and verified files durable and gives them their names; one result each. */
  settle(batch: readonly Incoming[]): Promise<Settled[]>;
  /** Makes the directories of a job, once all files are in place; one result each. */
  makeDirectories(entries: readonly ReceivedEntry[]): Promise<Settled[]>;
}
