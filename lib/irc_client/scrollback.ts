import { detached } from "./detached.ts";
import type { Entry } from "./entry.ts";

/** Entries that a window keeps. */
export const MAX_ENTRIES = 1_000;
/** Characters that a window keeps: a server can make every line as long as its tags may be. */
export const MAX_CHARACTERS = 256 * 1024;

/** The last entries of a window. */
export class Scrollback {
  #entries: Entry[] = [];
  #start = 0;
  #characters = 0;

  /** Adds an entry, without what only programs read of it, and forgets the oldest beyond the caps. */
  add(entry: Entry): void {
    this.#entries.push(slim(entry));
    this.#characters += size(entry);
    while (this.length > MAX_ENTRIES || this.#characters > MAX_CHARACTERS) {
      const oldest = this.#entries[this.#start++];
      if (oldest !== undefined) this.#characters -= size(oldest);
    }
    // Moving the rest down once in a while costs less than doing it for every entry.
    if (this.#start > MAX_ENTRIES) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Entries that are kept. */
  get length(): number {
    return this.#entries.length - this.#start;
  }

  /** The last entries, oldest first. */
  last(count: number): Entry[] {
    return this.#entries.slice(Math.max(this.#start, this.#entries.length - count));
  }
}

function size({ from, text, data: { target } }: Entry): number {
  return from.length + text.length + (typeof target === "string" ? target.length : 0);
}

function slim(entry: Entry): Entry {
  const { target } = entry.data;
  return {
    ...entry,
    from: detached(entry.from),
    text: detached(entry.text),
    data: typeof target === "string" ? { target: detached(target) } : {},
  };
}
