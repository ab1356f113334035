import { sleep } from "../net/sleep.ts";

/**
 * A timer may be a millisecond late or more. So it is set to wake up this much early, in milliseconds,
 * and the rest is spent turning in the event loop, where incoming bytes are still served.
 */
const WAKE_EARLY_MS = 1.5;

/** A schedule that follows the clock: event number `i` is due at `start + i / rate`, whatever happened before. */
export class Pace {
  readonly #start: number;
  readonly #interval: number;

  /**
   * Sets the clock of a schedule.
   *
   * @param perSecond Events a second.
   * @param start When event 0 is due, by `performance.now()`.
   */
  constructor(perSecond: number, start: number = performance.now()) {
    this.#interval = 1_000 / perSecond;
    this.#start = start;
  }

  /** When event `index` is due, by `performance.now()`, in milliseconds. */
  due(index: number): number {
    return this.#start + index * this.#interval;
  }

  /** Resolves when event `index` is due, at once if that is past, or early if the signal is aborted. */
  async wait(index: number, signal: AbortSignal): Promise<void> {
    const due = this.due(index);
    const early = due - performance.now() - WAKE_EARLY_MS;
    if (early > 0) await sleep(early, signal);
    while (performance.now() < due && !signal.aborted) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}
