/**
 * Time that stands still until a test moves it: timeouts of minutes are tested in milliseconds, and no
 * test depends on how busy the machine is.
 *
 * @module
 */

interface Timer {
  at: number;
  readonly run: () => void;
  /** Milliseconds between two runs of an interval; `undefined` for a timeout. */
  readonly every: number | undefined;
}

/** Turns of the event loop in which everything that a timer set off comes to rest. */
const TURNS = 5;

const realTime = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};

/**
 * Replaces timers and `performance.now` of this test file until it is disposed. `setImmediate`, promises
 * and sockets stay real.
 */
export class FakeClock {
  /** Milliseconds since the clock was made; what `performance.now()` says. */
  now = 0;
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;

  constructor() {
    const start = (run: () => void, delay: number, every?: number): number => {
      this.#timers.set(++this.#lastId, { at: this.now + delay, run, every });
      return this.#lastId;
    };
    const stop = (id?: number): void => void this.#timers.delete(id ?? 0);
    Object.assign(globalThis, {
      setTimeout: (run: () => void, delay = 0) => start(run, delay),
      clearTimeout: stop,
      setInterval: (run: () => void, delay = 0) => start(run, delay, delay),
      clearInterval: stop,
    });
    performance.now = () => this.now;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets so many milliseconds pass, and all that is due in them happen, in order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await settle();
    for (let due = this.#next(end); due !== undefined; due = this.#next(end)) {
      const [id, timer] = due;
      this.now = timer.at;
      if (timer.every === undefined) this.#timers.delete(id);
      else timer.at += timer.every;
      timer.run();
      await settle();
    }
    this.now = end;
    await settle();
  }

  #next(end: number): [number, Timer] | undefined {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([, a], [, b]) => a.at - b.at)[0];
  }

  /** Real time goes on. */
  [Symbol.dispose](): void {
    Object.assign(globalThis, realTime);
    // What hides the method of the prototype goes.
    Reflect.deleteProperty(performance, "now");
  }
}

/** Lets promises and immediates that are ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
