/** How much of each new difference goes into the mean (RFC 3550, section 6.4.1). */
const GAIN = 1 / 16;

/**
 * The interarrival jitter of RFC 3550 (section 6.4.1 and appendix A.8): the smoothed mean of how much the
 * transit time differs from one arrival to the next. Transit here is the round trip, since both ends of it
 * are read from one clock.
 *
 * ```text
 * J := J + (|D(i - 1, i)| - J) / 16
 * ```
 */
export class Jitter {
  #last: number | undefined;
  #mean = 0;

  /** Takes the round trip of the next arrival, in any unit. */
  add(roundTrip: number): void {
    if (this.#last !== undefined) {
      this.#mean += (Math.abs(roundTrip - this.#last) - this.#mean) * GAIN;
    }
    this.#last = roundTrip;
  }

  /** The jitter so far, in the unit of the round trips; 0 before the second one. */
  get value(): number {
    return this.#mean;
  }
}
