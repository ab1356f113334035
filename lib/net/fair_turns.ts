/**
 * Reads that the runtime serves in one go. Its event loop works on a budget of 128 operations a turn
 * (tokio's cooperative budget); what is ready beyond that is put off, *and the latest to be put off comes
 * first*. A connection that is read again at once therefore overtakes those that still wait: with 1,000
 * busy clients the same 128 are served over and over while others wait for seconds.
 */
const READS_PER_TURN = 128;

/** A full turn that nothing follows for so long, in milliseconds, was the last of its round. */
const ROUND_PAUSE_MS = 4;

/**
 * Makes many busy connections take turns. Whoever has been served waits until everybody who was ready has
 * been, too: as long as turns are full, the loop has more to hand out, and nobody reads again. With at
 * most {@linkcode READS_PER_TURN} connections the loop is fair by itself and nobody waits.
 */
export class FairTurns {
  #connections = 0;
  #reads = 0;
  #waiting: (() => void)[] = [];
  #immediate = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** A connection joins; the caller owes one {@linkcode leave}. */
  join(): void {
    this.#connections++;
  }

  /** A connection is gone. */
  leave(): void {
    this.#connections--;
  }

  /** Whether to ask for a {@linkcode turn} before the next read. */
  get crowded(): boolean {
    return this.#connections > READS_PER_TURN;
  }

  /** A read has brought bytes: resolves when this connection may read again. */
  turn(): Promise<void> {
    this.#reads++;
    if (!this.#immediate) {
      this.#immediate = true;
      // Immediates run when every promise of this turn is settled: the turn's end.
      setImmediate(() => this.#endTurn());
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  #endTurn(): void {
    this.#immediate = false;
    const full = this.#reads >= READS_PER_TURN;
    this.#reads = 0;
    clearTimeout(this.#pause);
    if (full) this.#pause = setTimeout(() => this.#endRound(), ROUND_PAUSE_MS);
    else this.#endRound();
  }

  #endRound(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
