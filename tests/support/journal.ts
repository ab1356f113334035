/**
 * Waiting without sleeping: what happens is added, and a test waits for the entry that it needs.
 *
 * @module
 */

/** How long a test waits for something that normally takes milliseconds; the machine may be busy. */
export const PATIENCE_MS = 15_000;

/** Entries in order, all kept, with a way to wait for one. */
export class Journal<T> {
  /** All entries so far. */
  readonly entries: T[] = [];
  readonly #name: string;
  readonly #show: (entry: T) => string;
  #waiting: (() => void)[] = [];
  #ended = false;

  /** @param name What failure messages call this journal. */
  constructor(name: string, show: (entry: T) => string = String) {
    this.#name = name;
    this.#show = show;
  }

  /** Adds an entry and wakes who waits for it. A field, so that it can be handed on as a function. */
  readonly add = (entry: T): void => {
    this.entries.push(entry);
    this.#wake();
  };

  /** No entry will follow: whoever still waits for one fails at once. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Resolves with the first entry that fits, past or future; fails with all entries in the message. */
  async find(fits: (entry: T) => boolean, what: string): Promise<T> {
    const [entry] = await this.findAll(fits, 1, what);
    return entry!;
  }

  /** Resolves with the first `count` entries that fit. */
  async findAll(fits: (entry: T) => boolean, count: number, what: string): Promise<T[]> {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      this.#wake();
    }, PATIENCE_MS);
    const found: T[] = [];
    let looked = 0;
    try {
      for (;;) {
        // Each is looked at once: there may be a hundred thousand of them, a few more at a time.
        while (looked < this.entries.length && found.length < count) {
          const entry = this.entries[looked++]!;
          if (fits(entry)) found.push(entry);
        }
        if (found.length === count) return found;
        if (this.#ended || expired) {
          throw new Error(this.#missing(what, found.length, count));
        }
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** All entries as text, a line each. */
  get text(): string {
    return this.entries.map(this.#show).join("\n");
  }

  #missing(what: string, found: number, count: number): string {
    const why = this.#ended ? "it ended" : `${PATIENCE_MS} ms passed`;
    return `Cannot find ${what} in ${this.#name}: ${why} with ${found} of ${count}; it has:\n` +
      this.text;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/**
 * Waits for something that a test cannot do without.
 *
 * @throws {Error} Naming it, if it does not come within {@linkcode PATIENCE_MS}.
 */
export async function soon<T>(work: Promise<T>, what: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`Cannot go on: ${PATIENCE_MS} ms without ${what}`)),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
