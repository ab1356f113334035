import { PeerClosedError, ProtocolError } from "../codec/errors.ts";
import type { FileEvent } from "../codec/file_decoder.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import { admit } from "./channel.ts";
import type { Incoming, ReceivedEntry } from "./destination.ts";
import { assertFitting } from "./fitting_outcomes.ts";
import { abortFile, appendContent, beginFile, type CurrentFile, endFile } from "./receive_file.ts";
import { type ReceiveJob, report } from "./receive_state.ts";
import { whileBusy } from "./signs_of_life.ts";
import { untilAborted } from "./until_aborted.ts";

/** Files that are complete but not published are open; more of them than this are not gathered. */
const MAX_BATCH = 32;

/**
 * Receives content until the sender is done. Complete files are published in batches: when nothing more
 * has arrived, so that nobody waits for the next file, or when there are many of them.
 *
 * @throws {PeerClosedError} If the sender leaves before it is done; what came of a file is kept.
 */
export async function receiveContent(job: ReceiveJob): Promise<void> {
  const { channel, signal } = job;
  using reception = new Reception(job);
  for (;;) {
    signal?.throwIfAborted();
    if (channel.turns.due) await channel.turns.yieldIfDue();
    let event = channel.poll();
    if (event === undefined) {
      await reception.settle();
      event = await untilAborted(channel.receive(), signal);
    }
    if (event === undefined) throw new PeerClosedError("Cannot go on: the peer closed", 0);
    if (event.kind === "done") break;
    await reception.take(event);
  }
  reception.finish();
  await reception.settle();
}

/** The order of files, and those on their way to their names. */
class Reception {
  /** Place in the manifest of the next file to come. */
  #next = 0;
  #current: CurrentFile | undefined;
  #batch: Incoming[] = [];

  constructor(readonly job: ReceiveJob) {}

  /** Takes one event. @throws {ProtocolError} If it does not belong here. */
  async take(event: FileEvent): Promise<void> {
    const current = this.#current;
    if (current === undefined) {
      const message = admit(event, ["file", "skip"]);
      const entry = this.#take(message.index);
      if (message.kind === "skip") this.#skip(entry, message);
      else this.#current = await beginFile(this.job, entry, message.offset);
    } else if (event.kind === "content") {
      await appendContent(this.job, current, event.bytes);
    } else {
      const message = admit(event, ["end", "abort"]);
      if (message.kind === "abort") abortFile(this.job, current, message);
      else await this.#end(current, message);
      this.#current = undefined;
    }
    if (this.#batch.length >= MAX_BATCH) await this.settle();
  }

  /** Publishes what is complete and sends the results. */
  async settle(): Promise<void> {
    const { destination, channel } = this.job;
    if (this.#batch.length > 0) {
      const batch = this.#batch;
      this.#batch = [];
      const results = await whileBusy(channel, "syncing", destination.settle(batch));
      for (const [at, { outcome, storedAs }] of results.entries()) {
        const incoming = batch[at];
        if (incoming === undefined) continue;
        const { entry, size } = incoming;
        await channel.send({ kind: "result", index: entry.index, outcome, storedAs });
        const resumed = outcome === "published" ? this.job.offsets.get(entry.index) ?? 0 : 0;
        report(this.job, entry, outcome, { size, resumed, storedAs });
      }
    }
    await channel.flush();
  }

  /** Ends the content. @throws {ProtocolError} If files are missing. */
  finish(): void {
    if (this.#current !== undefined || this.#expected() !== undefined) {
      throw new ProtocolError("Cannot finish: the peer has not sent all files");
    }
  }

  /** Gives up what is not published, for the connection or the job is over. */
  [Symbol.dispose](): void {
    const { destination } = this.job;
    if (this.#current?.incoming !== undefined) destination.abandon(this.#current.incoming, true);
    for (const incoming of this.#batch) destination.abandon(incoming, true);
  }

  /** The entry whose turn it is; `undefined` behind the last. */
  #expected(): ReceivedEntry | undefined {
    const { entries, refusals } = this.job.manifest;
    for (;; this.#next++) {
      const entry = entries[this.#next];
      if (entry === undefined) return undefined;
      if (entry.type !== "directory" && !refusals.has(entry.index)) return entry;
    }
  }

  /** The entry that a message is about. @throws {ProtocolError} Unless it is the one expected. */
  #take(index: number): ReceivedEntry {
    const entry = this.#expected();
    if (entry?.index !== index) {
      throw new ProtocolError(
        `Cannot go on: the peer is at entry ${index}, not at ${entry?.index ?? "the end"}`,
      );
    }
    this.#next++;
    return entry;
  }

  #skip(entry: ReceivedEntry, message: MessageOf<"skip">): void {
    const { outcome } = message;
    // The sender finds out what is the same, but only of what we told it the digest of.
    if (outcome !== "unchanged" || !this.job.compared.has(entry.index)) assertFitting(message);
    this.job.destination.release(entry, outcome === "unchanged");
    report(this.job, entry, outcome);
  }

  async #end(current: CurrentFile, message: MessageOf<"end">): Promise<void> {
    const incoming = await endFile(this.job, current, message);
    if (incoming === undefined) return;
    current.incoming = undefined;
    this.#batch.push(incoming);
  }
}
