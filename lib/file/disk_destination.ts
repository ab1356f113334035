/**
 * A directory as the destination of received files: looks, stages, publishes, and keeps the accounts.
 *
 * @module
 */

import { comparableFile, comparablePartial } from "./comparable.ts";
import type { Destination, Examination, Incoming, ReceivedEntry, Settled } from "./destination.ts";
import { type ExistsRules, findRefusal } from "./exists_rules.ts";
import { DirectoryAccount } from "./directory_account.ts";
import { lookAt } from "./file_layer.ts";
import { makeDirectories } from "./make_directories.ts";
import { type Quota, Reservation, storedBytes } from "./quota.ts";
import type { SafeRoot } from "./safe_root.ts";
import { type FileSettled, settleFiles } from "./settle_files.ts";
import type { StagedFile } from "./staged_file.ts";
import { Staging, stagingKey } from "./staging.ts";
import { syncDirectories } from "./sync_directories.ts";
import { incomingFile, type StagedIncoming } from "./staged_incoming.ts";
import { outcomeOf } from "./transfer_error.ts";

/** Less than this is not worth keeping: what is offered again must save more than it costs. */
export const MIN_KEPT_BYTES: number = 256 * 1024;

/** Partial files that one job may have open to be continued; a crash leaves one behind. */
const MAX_CLAIMED = 16;

/** How received files are stored. */
export interface StoreOptions extends ExistsRules {
  /** Whether files and directories are synced to the disk before they are reported as stored. */
  readonly sync: boolean;
  /** The account of all that is stored below the root. */
  readonly quota: Quota;
}

/** What is set aside for an entry that is still to come. */
interface Slot {
  readonly reservation: Reservation;
  readonly partial: StagedFile | undefined;
}

/** Stores files below a root; one for each job. */
export class DiskDestination implements Destination {
  readonly #root: SafeRoot;
  readonly #options: StoreOptions;
  readonly #staging: Staging;
  readonly #directories: DirectoryAccount;
  readonly #slots = new Map<number, Slot>();
  /** Paths of directories that this job has made. */
  readonly #created = new Set<string>();
  /** Paths of directories that have entries of their own. */
  readonly #announced = new Set<string>();
  /** Paths of directories that did not exist when the job was planned. */
  readonly #missing = new Set<string>();
  #claimed = 0;

  /** Makes a destination; nothing is touched before the first entry is examined. */
  constructor(root: SafeRoot, options: StoreOptions) {
    this.#root = root;
    this.#options = options;
    this.#staging = new Staging(root);
    this.#directories = new DirectoryAccount(root, options.quota);
  }

  /** Looks at what is there, and reserves space. */
  examine(entry: ReceivedEntry): Examination {
    const { verify, ifExists, blind, quota } = this.#options;
    const there = this.#look(entry.parts);
    const outcome = findRefusal(entry, there, this.#options);
    if (outcome !== undefined) return { refusal: { outcome, limit: 0 } };
    const final = verify || ifExists === "refuse";
    const same = !blind && entry.type === "file" && there?.size === entry.size;
    const existing = same ? comparableFile(this.#root, entry, final) : undefined;
    if (verify) return { existing };
    const partial = this.#claim(entry);
    const reservation = new Reservation(quota, partial ? storedBytes(partial.size) : 0);
    const isDirectory = entry.type === "directory";
    const directory = isDirectory ? entry.parts : entry.parts.slice(0, -1);
    const needed = isDirectory ? 0 : storedBytes(entry.size);
    if (!this.#directories.plan(directory) || !reservation.resize(needed)) {
      partial?.file.close();
      return { refusal: { outcome: "quota", limit: quota.limit } };
    }
    if (entry.type === "directory") this.#announced.add(this.#root.resolve(entry.parts));
    this.#slots.set(entry.index, { reservation, partial });
    return { existing, partial: partial && comparablePartial(partial) };
  }

  /** Gives space back, and the partial file if it is obsolete. */
  release({ index }: ReceivedEntry, obsolete: boolean): void {
    const slot = this.#slots.get(index);
    if (slot === undefined) return;
    this.#slots.delete(index);
    const { partial, reservation } = slot;
    reservation.resize(partial && !obsolete ? storedBytes(partial.size) : 0);
    if (partial !== undefined) this.#close(partial, !obsolete);
  }

  /** Opens a staged file, or goes on with a partial one. */
  begin(entry: ReceivedEntry, offset: number): StagedIncoming {
    const slot = this.#slots.get(entry.index);
    this.#slots.delete(entry.index);
    const reservation = slot?.reservation ?? new Reservation(this.#options.quota);
    let staged = slot?.partial;
    if (staged !== undefined && offset !== staged.size) {
      // What is there is not the beginning of what comes: start over, never mix.
      this.#close(staged, false);
      staged = undefined;
    }
    try {
      staged ??= this.#staging.create(entry.type === "file" ? stagingKey(entry) : undefined);
    } catch (error) {
      reservation.resize(0);
      throw error;
    }
    return incomingFile(entry, staged, reservation);
  }

  /** Closes a staged file, and removes it unless it is to be kept and worth it. */
  abandon(incoming: Incoming, keep: boolean): void {
    const { entry, staged, reservation, size } = incoming as StagedIncoming;
    const kept = keep && entry.type === "file" && size >= MIN_KEPT_BYTES;
    reservation.resize(kept ? storedBytes(size) : 0);
    this.#close(staged, kept);
  }

  /** Makes files durable and publishes them. */
  async settle(batch: readonly Incoming[]): Promise<Settled[]> {
    const files = batch as readonly StagedIncoming[];
    let settled: FileSettled[];
    try {
      settled = await settleFiles(this.#directories.root, files, {
        ...this.#options,
        announced: this.#announced,
      });
    } catch (error) {
      for (const incoming of files) this.abandon(incoming, true);
      throw error;
    }
    const changed = new Set<string>();
    for (const [at, incoming] of files.entries()) {
      const { published, keep = false } = settled[at] ?? {};
      if (published === undefined) {
        this.abandon(incoming, keep);
        continue;
      }
      incoming.staged.file.close();
      incoming.reservation.resize(storedBytes(incoming.size));
      if (published.replacedBytes !== undefined) {
        this.#options.quota.used -= storedBytes(published.replacedBytes);
      }
      for (const parts of [...published.created, published.parts]) {
        changed.add(this.#root.resolve(parts.slice(0, -1)));
      }
      for (const parts of published.created) this.#created.add(this.#root.resolve(parts));
    }
    if (!this.#options.sync || await syncDirectories(this.#root.files, changed)) return settled;
    return settled.map(({ outcome }) => ({
      outcome: outcome === "published" ? "disk-error" : outcome,
      storedAs: "",
    }));
  }

  /** Makes the directories of the job. */
  async makeDirectories(entries: readonly ReceivedEntry[]): Promise<Settled[]> {
    const { verify, sync } = this.#options;
    for (const { index } of entries) this.#slots.delete(index);
    if (verify) return entries.map(() => ({ outcome: "unchanged", storedAs: "" }));
    return await makeDirectories(this.#directories.root, entries, this.#created, sync);
  }

  /** Closes what is open; partial files stay. */
  [Symbol.dispose](): void {
    for (const { reservation, partial } of this.#slots.values()) {
      reservation.resize(partial ? storedBytes(partial.size) : 0);
      if (partial !== undefined) this.#close(partial, true);
    }
    this.#slots.clear();
    this.#directories[Symbol.dispose]();
    if (!this.#options.verify) this.#staging.tidy();
  }

  /**
   * Looks at what lies under a name. In a directory that was missing a moment ago nothing does: that
   * spares a new tree of many files half of its plan, and what comes there meanwhile is found by the link
   * that fails.
   */
  #look(parts: readonly string[]): Deno.FileInfo | undefined {
    const parent = parts.slice(0, -1);
    const path = this.#root.resolve(parent);
    if (this.#missing.has(path)) return undefined;
    if (parent.length === 0 || this.#root.hasDirectory(parent)) {
      return lookAt(this.#root.files, this.#root.resolve(parts));
    }
    this.#missing.add(path);
    return undefined;
  }

  #claim(entry: ReceivedEntry): StagedFile | undefined {
    if (entry.type !== "file" || entry.size === 0 || this.#claimed >= MAX_CLAIMED) return undefined;
    const partial = this.#staging.claim(entry);
    if (partial === undefined) return undefined;
    if (partial.size > 0 && partial.size <= entry.size) {
      this.#claimed++;
      return partial;
    }
    this.#close(partial, false);
    return undefined;
  }

  #close(staged: StagedFile, keep: boolean): void {
    try {
      if (keep) staged.file.close();
      else this.#staging.discard(staged);
    } catch (error) {
      // It cannot even be removed: pruning will try again, and the reason is reported elsewhere.
      outcomeOf(error, "receiving");
    }
  }
}
