/**
 * Turns: how jobs share the one thread of a process.
 *
 * Awaiting is not enough. A read or write that can be served at once resumes its caller without a look at
 * timers or at anybody else, up to 128 times in a row (the budget of the runtime's scheduler), and
 * `setImmediate` lets timers in but does not renew that budget: with three transfers at full speed, a
 * fourth client that asked for a list waited 0.7 s, and 2 s at worst. A timer does renew it: 0.08 s and
 * 0.16 s, at the same speed of all three together. But nobody else uses the millisecond that a timer
 * takes while one transfer is alone, which then loses a fifth of its speed. Hence both.
 *
 * @module
 */

/** How long one job may keep the thread without a look at the others, in milliseconds. */
const SLICE_MS = 8;

/** Connections of this process that have jobs. */
let sharing = 0;

/** Counts one more connection among those that share the thread, until it is disposed. */
export function shareThread(): Disposable {
  sharing++;
  let counted = true;
  return {
    [Symbol.dispose]: () => {
      if (counted) sharing--;
      counted = false;
    },
  };
}

/** Keeps one loop from starving everybody else. */
export class Turns {
  #since = performance.now();

  /** Whether it is time to let others in; asking this first spares loops an `await` per round. */
  get due(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  /** Lets others in if it is time. */
  async yieldIfDue(): Promise<void> {
    if (!this.due) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (sharing > 1) setTimeout(resolve, 0);
    else setImmediate(resolve);
    await promise;
    this.#since = performance.now();
  }
}
