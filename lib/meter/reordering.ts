/**
 * Tells which packets are reordered, as RFC 4737 (section 3.3) defines it: one whose number is smaller than
 * that of a packet which arrived before it. Neither one that overtakes others nor a gap counts; duplicates
 * and what comes after the waiting time are not to be shown to it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const order = new Reordering();
 * assertEquals([0, 1, 4, 2, 3, 5].map((sequence) => order.isReordered(sequence)), [
 *   false, false, false, true, true, false,
 * ]);
 * ```
 */
export class Reordering {
  #nextExpected = 0;

  /** Takes the next arrival, and tells whether it is reordered. */
  isReordered(sequence: number): boolean {
    if (sequence < this.#nextExpected) return true;
    this.#nextExpected = sequence + 1;
    return false;
  }
}
