/** The length of a turn, in milliseconds. */
const SECOND = 1_000;

/**
 * Keeps a flood out of the log: so many lines of a kind a second, and then silence that is counted. The
 * kinds are the program's own, so that nobody can make this grow; the clock is the caller's.
 */
export class LogLimit {
  readonly #perSecond: number;
  readonly #kinds = new Map<string, { since: number; lines: number; skipped: number }>();

  /**
   * Sets the limit.
   *
   * @param perSecond Lines of one kind a second.
   */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Asks for a line.
   *
   * @returns How many were skipped since the last one, or `undefined` if this one is to be skipped as well.
   */
  ask(kind: string, now: number): number | undefined {
    let state = this.#kinds.get(kind);
    if (state === undefined) {
      state = { since: now, lines: 0, skipped: 0 };
      this.#kinds.set(kind, state);
    }
    if (now - state.since >= SECOND) {
      state.since = now;
      state.lines = 0;
    }
    if (state.lines >= this.#perSecond) {
      state.skipped++;
      return undefined;
    }
    const { skipped } = state;
    state.lines++;
    state.skipped = 0;
    return skipped;
  }
}
