import { equalBytes } from "../codec/bytes.ts";
import { PeerClosedError, ProtocolError } from "../codec/errors.ts";
import type { FileEvent } from "../codec/file_decoder.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import { admit } from "./channel.ts";
import { digestOf } from "./digest.ts";
import type { Incoming, ReceivedEntry } from "./destination.ts";
import { type ReceiveJob, report } from "./receive_state.ts";
import { whileBusy } from "./signs_of_life.ts";
import { outcomeOf, TransferError } from "./transfer_error.ts";

/** Files that are complete but not published are open; more of them than this are not gathered. */
const MAX_BATCH = 32;

/** The file whose content is coming. */
interface Current {
  readonly entry: ReceivedEntry;
  /** `undefined` once it has failed: the rest of its content is read and dropped. */
  incoming: Incoming | undefined;
}

/** What happens while content comes. */
class Reception {
  /** Place in the manifest of the next file to come. */
  #next = 0;
  #current: Current | undefined;
  #batch: Incoming[] = [];

  constructor(readonly job: ReceiveJob) {}

  /** Takes one event. @throws {ProtocolError} If it does not belong here. */
  async take(event: FileEvent): Promise<void> {
    if (this.#current === undefined) {
      const message = admit(event, ["file", "skip"]);
      if (message.kind === "file") await this.#begin(message);
      else this.#skip(message);
    } else if (event.kind === "content") {
      await this.#append(this.#current, event.bytes);
    } else {
      const message = admit(event, ["end", "abort"]);
      if (message.kind === "end") await this.#end(this.#current, message);
      else this.#abort(this.#current, message);
      this.#current = undefined;
    }
    if (this.#batch.length >= MAX_BATCH) await this.settle();
  }

  /** Publishes what is complete and sends the results. */
  async settle(): Promise<void> {
    if (this.#batch.length > 0) {
      const batch = this.#batch;
      this.#batch = [];
      const settling = this.job.destination.settle(batch);
      const results = await whileBusy(this.job.channel, "syncing", settling);
      for (const [at, { outcome, storedAs }] of results.entries()) {
        const incoming = batch[at];
        if (incoming !== undefined) await this.#result(incoming, outcome, storedAs);
      }
    }
    await this.job.channel.flush();
  }

  /** Ends the content. @throws {ProtocolError} If files are missing. */
  finish(): void {
    const { entry } = this.#current ?? {};
    if (entry !== undefined || this.#expected() !== undefined) {
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

  async #begin({ index, offset }: MessageOf<"file">): Promise<void> {
    const { job } = this;
    const entry = this.#take(index);
    if (job.compareOnly.has(index)) {
      throw new ProtocolError(`Cannot take entry ${index}: it was to be compared only`);
    }
    if (offset !== 0 && offset !== job.offsets.get(index)) {
      throw new ProtocolError(`Cannot take entry ${index}: no content ends at ${offset}`);
    }
    job.emit({ kind: "start", path: entry.path, size: entry.size, offset });
    this.#current = { entry, incoming: undefined };
    try {
      this.#current.incoming = job.destination.begin(entry, offset);
    } catch (error) {
      await this.#failed(entry, outcomeOf(error, "receiving"));
    }
  }

  #skip({ index, outcome }: MessageOf<"skip">): void {
    const entry = this.#take(index);
    this.job.destination.release(entry, outcome === "unchanged");
    report(this.job, entry, outcome);
  }

  async #append(current: Current, bytes: Uint8Array): Promise<void> {
    const { entry, incoming } = current;
    if (incoming === undefined) return;
    const size = incoming.size + bytes.length;
    if (entry.type === "file" && size > entry.size) {
      throw new ProtocolError(`Cannot take entry ${entry.index}: more than ${entry.size} bytes`);
    }
    try {
      if (size > this.job.maxStreamBytes) throw new TransferError("too-large");
      const written = incoming.write(bytes);
      if (written !== undefined) await written;
    } catch (error) {
      const outcome = outcomeOf(error, "receiving");
      current.incoming = undefined;
      this.job.destination.abandon(incoming, false);
      return await this.#failed(entry, outcome);
    }
    incoming.hash.update(bytes);
    incoming.size = size;
    this.job.emit({ kind: "moved", path: entry.path, bytes: bytes.length });
  }

  async #end({ entry, incoming }: Current, end: MessageOf<"end">): Promise<void> {
    if (incoming === undefined) return;
    if (end.size !== incoming.size || (entry.type === "file" && end.size !== entry.size)) {
      throw new ProtocolError(
        `Cannot take entry ${entry.index}: ${incoming.size} bytes came, not ${end.size}`,
      );
    }
    if (equalBytes(digestOf(incoming.hash), end.sha256)) {
      this.#batch.push(incoming);
      return;
    }
    this.job.destination.abandon(incoming, false);
    await this.#failed(entry, "corrupt");
  }

  #abort({ entry, incoming }: Current, { outcome }: MessageOf<"abort">): void {
    if (incoming === undefined) return;
    this.job.destination.abandon(incoming, false);
    report(this.job, entry, outcome);
  }

  /** Reports a file that did not get as far as {@linkcode settle}. */
  async #failed(entry: ReceivedEntry, outcome: Outcome): Promise<void> {
    await this.job.channel.send({ kind: "result", index: entry.index, outcome, storedAs: "" });
    await this.job.channel.flush();
    report(this.job, entry, outcome);
  }

  async #result({ entry, size }: Incoming, outcome: Outcome, storedAs: string): Promise<void> {
    const { index } = entry;
    await this.job.channel.send({ kind: "result", index, outcome, storedAs });
    const resumed = outcome === "published" ? this.job.offsets.get(index) ?? 0 : 0;
    report(this.job, entry, outcome, { size, resumed, storedAs });
  }
}

/**
 * Receives content until the sender is done. Complete files are published in batches: when nothing more
 * has arrived, so that nobody waits for the next file, or when there are many of them.
 *
 * @throws {PeerClosedError} If the sender leaves before it is done; what came of a file is kept.
 */
export async function receiveContent(job: ReceiveJob): Promise<void> {
  using reception = new Reception(job);
  for (;;) {
    job.signal?.throwIfAborted();
    if (job.channel.turns.due) await job.channel.turns.yieldIfDue();
    let event = job.channel.poll();
    if (event === undefined) {
      await reception.settle();
      event = await job.channel.receive();
    }
    if (event === undefined) throw new PeerClosedError("Cannot go on: the peer closed", 0);
    if (event.kind === "done") break;
    await reception.take(event);
  }
  reception.finish();
  await reception.settle();
}
