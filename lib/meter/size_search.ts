/** What became of a datagram of some size. */
export type SizeOutcome =
  /** It came back whole. */
  | "returned"
  /** Only a part of it came back. */
  | "truncated"
  /** Nothing came back. */
  | "silent"
  /** This machine's own socket does not take it. */
  | "refused";

/**
 * Finds the largest size that comes back, by halving: the smallest first, since without it there is nothing
 * to find, then the largest, and then the middle of what is still open.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const search = new SizeSearch(20, 65_507);
 * for (let size; (size = search.next()) !== undefined;) {
 *   search.report(size, size <= 1_472 ? "returned" : "silent");
 * }
 * assertEquals([search.largest, search.limit?.size], [1_472, 1_473]);
 * ```
 */
export class SizeSearch {
  readonly #smallest: number;
  readonly #largest: number;
  #returned: number | undefined;
  #failed: { size: number; outcome: SizeOutcome } | undefined;

  /**
   * Sets the bounds.
   *
   * @param smallest Included, as the largest is.
   */
  constructor(smallest: number, largest: number) {
    this.#smallest = smallest;
    this.#largest = largest;
  }

  /** The largest size that is known to come back. */
  get largest(): number | undefined {
    return this.#returned;
  }

  /** The smallest size that is known not to come back, and what became of it. */
  get limit(): { size: number; outcome: SizeOutcome } | undefined {
    return this.#failed;
  }

  /** The size to try next, or `undefined` if all is known. */
  next(): number | undefined {
    const [good, bad] = [this.#returned, this.#failed?.size];
    if (good === undefined) return bad === undefined ? this.#smallest : undefined;
    if (bad === undefined) return good === this.#largest ? undefined : this.#largest;
    return bad - good > 1 ? good + ((bad - good) >> 1) : undefined;
  }

  /** Takes what became of that size. */
  report(size: number, outcome: SizeOutcome): void {
    if (outcome === "returned") this.#returned = size;
    else this.#failed = { size, outcome };
  }
}
