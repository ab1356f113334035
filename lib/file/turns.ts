/** How long one job may keep the thread without a look at the others, in milliseconds. */
const SLICE_MS = 8;

/** Keeps long loops of synchronous calls from starving everybody else in the process. */
export class Turns {
  #since = performance.now();

  /** Waits for one turn of the event loop if the last wait is {@linkcode SLICE_MS} ago. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.#since < SLICE_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}
