/**
 * Reads that the runtime serves in one go. Its event loop works on a budget of 128 operations a turn
 * (tokio's cooperative budget); what is ready beyond that is put off, *and the latest to be put off comes
 * first*. A connection that is read again at once therefore overtakes those that still wait: with 1,000
 * busy clients the same 128 are served over and over while others wait for seconds.
 */
const READS_PER_TURN = 128;

/** Reads that a turn is asked for: half of what it can serve, so that it never looks full by our doing. */
const SLICE = READS_PER_TURN / 2;

/** A full turn that nothing follows for so long, in milliseconds, was the last of its round. */
const ROUND_PAUSE_MS = 4;

/**
 * Makes many busy connections take turns. Once a turn of the loop is full, there may be more to hand out:
 * from then on, whoever has been served waits until a turn comes that is not full, when everybody who was
 * ready has been served as well. With few connections, or few busy ones, nobody ever waits.
 */
export class FairTurns {
  #connections = 0;
  #reads = 0;
  /** Those who may read on in this round, and how many of them have been told. */
  #round: (() => void)[] = [];
  #resumed = 0;
  /** Those who have read in this round already. */
  #waiting: (() => void)[] = [];
  #immediate = false;
  #roundWasLong = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** Whether to ask for a {@linkcode turn} before reading on. */
  busy = false;

  /** A connection joins; the caller owes one {@linkcode leave}. */
  join(): void {
    this.#connections++;
  }

  /** A connection is gone. */
  leave(): void {
    this.#connections--;
  }

  /** A read has brought bytes. */
  served(): void {
    this.#reads++;
    if (this.#connections > READS_PER_TURN) this.#awaitEndOfTurn();
  }

  /** Resolves when a connection that has been served may read on. */
  turn(): Promise<void> {
    // Even if all others have left in the meantime, somebody must end this turn.
    this.#awaitEndOfTurn();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #awaitEndOfTurn(): void {
    if (this.#immediate) return;
    this.#immediate = true;
    // Immediates run when every promise of this turn is settled: the turn's end.
    setImmediate(() => this.#endTurn());
  }

  #endTurn(): void {
    const full = this.#reads >= READS_PER_TURN;
    this.#immediate = false;
    this.#reads = 0;
    clearTimeout(this.#pause);
    if (full) {
      this.busy = true;
      this.#roundWasLong = true;
      this.#pause = setTimeout(() => this.#resume(), ROUND_PAUSE_MS);
    } else {
      this.#resume();
    }
  }

  /**
   * Lets those of this round read on, no more at once than a turn can serve: reads beyond that would be
   * put off again and again, and each time looked at for nothing. When all have, a new round begins.
   */
  #resume(): void {
    if (this.#resumed === this.#round.length) {
      this.#round = this.#waiting;
      this.#waiting = [];
      this.#resumed = 0;
      this.busy = this.#roundWasLong || this.#round.length > READS_PER_TURN;
      this.#roundWasLong = false;
    }
    const end = Math.min(this.#resumed + SLICE, this.#round.length);
    while (this.#resumed < end) this.#round[this.#resumed++]!();
    // Somebody must begin the next turn for those who are left, even if nobody reads any more.
    if (end < this.#round.length || this.#waiting.length > 0) this.#awaitEndOfTurn();
  }
}
