/** Ticks in one timeout: the precision of "silent", against the cost of looking. */
const TICKS_PER_TIMEOUT = 8;

/**
 * Ends something that has made no progress for a while. {@linkcode Watchdog.feed} costs next to nothing,
 * so that it can be called for every message where setting a timer anew could not.
 */
export class Watchdog {
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #ticks = 0;
  /** Whether the time ran out. */
  expired = false;

  /**
   * Starts the watch.
   *
   * @param milliseconds How long it may stay silent, an eighth more at the most; 0: for ever.
   * @param onExpire Called once when the time is up; closes the connection as a rule.
   * @param isWaiting Says whether anything is expected; while nothing is, silence is no failure.
   */
  constructor(milliseconds: number, onExpire: () => void, isWaiting = (): boolean => true) {
    if (milliseconds === 0) return;
    this.#timer = setInterval(() => {
      this.#ticks = isWaiting() ? this.#ticks + 1 : 0;
      if (this.#ticks <= TICKS_PER_TIMEOUT) return;
      this.expired = true;
      this.stop();
      onExpire();
    }, milliseconds / TICKS_PER_TIMEOUT);
  }

  /** There was progress. */
  feed(): void {
    this.#ticks = 0;
  }

  /** The watch is over. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** The same as {@linkcode stop}, for `using`. */
  [Symbol.dispose](): void {
    this.stop();
  }
}
