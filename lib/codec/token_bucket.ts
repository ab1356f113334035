/** How often something may happen. */
export interface Pace {
  /** Times at once. */
  readonly burst: number;
  /** Times a second in the long run; 0: without a limit. */
  readonly perSecond: number;
}

/**
 * Flood control: a bucket that holds `burst` tokens and is filled at a steady rate; each command or line
 * takes one. Who talks now and then never waits, who floods goes at the rate of the filling.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { TokenBucket } from "./token_bucket.ts";
 *
 * const bucket = new TokenBucket({ burst: 2, perSecond: 4 }, 0);
 * bucket.take();
 * bucket.take();
 * assertEquals(bucket.wait(0), 250);
 * assertEquals(bucket.wait(250), 0);
 * ```
 */
export class TokenBucket {
  readonly #pace: Pace;
  #tokens: number;
  #filledAt: number;

  /** Makes a full bucket at the time `now`, in milliseconds of any clock. */
  constructor(pace: Pace, now: number) {
    this.#pace = pace;
    this.#tokens = pace.burst;
    this.#filledAt = now;
  }

  /** Milliseconds until there is a token; 0 if there is one. */
  wait(now: number): number {
    const { burst, perSecond } = this.#pace;
    if (perSecond === 0) return 0;
    // A clock that was set back fills nothing, and takes nothing away.
    const passed = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(burst, this.#tokens + passed * perSecond / 1000);
    this.#filledAt = now;
    return this.#tokens >= 1 ? 0 : (1 - this.#tokens) * 1000 / perSecond;
  }

  /** Takes a token if there is one. Returns whether there was. */
  tryTake(now: number): boolean {
    const isThere = this.wait(now) === 0;
    if (isThere) this.take();
    return isThere;
  }

  /** Takes tokens; those that are not there yet are owed, and filled in first. */
  take(count: number = 1): void {
    this.#tokens -= count;
  }
}
