/** Counts work that is under way and tells when all of it is done; a set of promises would cost far more. */
export class Crew {
  #working = 0;
  #waiting: (() => void)[] = [];

  /** One more is at work. */
  begin(): void {
    this.#working++;
  }

  /** One is done. */
  end(): void {
    this.#working--;
    if (this.#working > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /**
   * Waits until nobody is at work.
   *
   * @param milliseconds How long to wait at most; for ever by default.
   * @returns Whether nobody is.
   */
  async gone(milliseconds?: number): Promise<boolean> {
    if (this.#working === 0) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.push(() => resolve(true));
    if (milliseconds === undefined) return await promise;
    const timer = setTimeout(() => resolve(false), milliseconds);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
