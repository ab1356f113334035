/**
 * A measure of how often something may happen: a few times at once, then at a steady pace. The clock is
 * the caller's.
 */
export class TokenBucket {
  #tokens: number;
  #filledAt: number | undefined;

  /**
   * Makes a full bucket.
   *
   * @param size How often it may happen at once.
   * @param interval Milliseconds after which it may happen once more; 0: at any time.
   */
  constructor(readonly size: number, readonly interval: number) {
    this.#tokens = size;
  }

  /** Takes a token if there is one. */
  take(now: number): boolean {
    if (this.wait(now) > 0) return false;
    this.#tokens--;
    return true;
  }

  /** Milliseconds until there is a token. */
  wait(now: number): number {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : Math.max(1, Math.ceil((1 - this.#tokens) * this.interval));
  }

  #fill(now: number): void {
    // A clock that was set back fills nothing, and takes nothing away.
    const passed = Math.max(0, now - (this.#filledAt ?? now));
    this.#filledAt = now;
    const gained = this.interval === 0 ? this.size : passed / this.interval;
    this.#tokens = Math.min(this.size, this.#tokens + gained);
  }
}
