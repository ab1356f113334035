/**
 * A list of masks with who set them and when: bans, exceptions, standing invitations.
 *
 * @module
 */

import { type Effort, matchesMask } from "./masks.ts";
import { fold } from "./names.ts";

/** One mask of a list. */
export interface MaskEntry {
  /** The mask as it was set, completed to `nick!user@host`. */
  readonly mask: string;
  /** The source of who set it. */
  readonly setBy: string;
  /** When, in milliseconds since 1970. */
  readonly setAt: number;
}

/** Masks in the order in which they were set; equal ones count as one. */
export class MaskList {
  readonly #entries = new Map<string, MaskEntry>();

  /** How many masks there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether an equal mask is in the list. */
  has(mask: string): boolean {
    return this.#entries.has(fold(mask));
  }

  /** Adds a mask that is not in the list. */
  add(entry: MaskEntry): void {
    this.#entries.set(fold(entry.mask), entry);
  }

  /** Removes a mask; returns it as it was set, or null if there is none. */
  remove(mask: string): string | null {
    const key = fold(mask);
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    return entry.mask;
  }

  /** Whether any mask fits a folded source. */
  matches(foldedSource: string, effort: Effort): boolean {
    for (const mask of this.#entries.keys()) {
      if (matchesMask(mask, foldedSource, effort)) return true;
    }
    return false;
  }

  /** The entries, oldest first. */
  entries(): IterableIterator<MaskEntry> {
    return this.#entries.values();
  }
}
