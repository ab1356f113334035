import { concatBytes } from "../codec/bytes.ts";

/**
 * Queues that are flushed in one turn. The runtime's event loop does 128 operations a turn at once (tokio's
 * cooperative budget); each one beyond that takes the long way round, and keeps reads waiting.
 */
const FLUSHES_PER_TURN = 100;

/** Forms in which the same lines go out in one round: with and without the time, with and without tags. */
const FORMS = 4;

/** Parts that were joined, and what they came to. */
interface Joint {
  readonly parts: readonly Uint8Array[];
  readonly bytes: Uint8Array;
}

/** What takes part: something with bytes to send at the end of the turn. */
export interface Flushable {
  /** Sends what has come together; `now` is the time by `performance.now()`. */
  flush(now: number): void;
}

/**
 * The end of each turn of the event loop, when everything that was said in it is sent: one flush a queue,
 * however many lines a burst brought. One of these a server.
 */
export class FlushRound {
  #waiting: Flushable[] = [];
  #joints: Joint[] = [];
  #nextJoint = 0;

  /** Has `queue` flushed once at the end of this turn; it must not be waiting for that already. */
  add(queue: Flushable): void {
    if (this.#waiting.push(queue) === 1) this.#runLater();
  }

  /**
   * Joins parts into one array. In a round, one queue after the other has the same parts as a rule, since
   * all members of a channel hear the same: they share the bytes, which must not be changed.
   */
  join(parts: readonly Uint8Array[]): Uint8Array {
    if (parts.length === 1) return parts[0]!;
    const known = this.#joints.find((joint) => sameParts(parts, joint.parts));
    if (known !== undefined) return known.bytes;
    const bytes = concatBytes(parts);
    this.#joints[this.#nextJoint] = { parts, bytes };
    this.#nextJoint = (this.#nextJoint + 1) % FORMS;
    return bytes;
  }

  #runLater(): void {
    // Immediates run when every promise of this turn is settled.
    setImmediate(() => this.#run());
  }

  #run(): void {
    const now = performance.now();
    const queues = this.#waiting;
    this.#waiting = queues.splice(FLUSHES_PER_TURN);
    for (const queue of queues) queue.flush(now);
    if (this.#waiting.length > 0) return this.#runLater();
    this.#joints = [];
    this.#nextJoint = 0;
  }
}

function sameParts(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}
