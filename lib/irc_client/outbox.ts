import { TokenBucket } from "../codec/token_bucket.ts";
import { InFlight, type Unproven } from "./in_flight.ts";

/** Lines that may be sent at once before the pace counts (RFC 1459 section 8.10: five in ten seconds). */
const BURST = 4;
/** Lines that may wait: nobody types so much, and a pipe is read no faster than it is sent. */
export const MAX_WAITING = 500;
/** Urgent lines that may wait: a server that asks and asks, and takes no answer, gets no more of them. */
export const MAX_URGENT = 100;

/** A line without its tags: a label means something to one connection only. */
export function withoutTags(line: string): string {
  return line.replace(/^@\S+ /, "");
}

/** What can be sent now, and when to ask again. */
export interface Due {
  /** Lines in order, without line ends. */
  readonly lines: readonly string[];
  /** Milliseconds until the next one may go; 0 if none waits for its time. */
  readonly wait: number;
}

/** Lines on their way to the server, paced so that it does not take the client for a flood. */
export class Outbox {
  readonly #urgent: string[] = [];
  #waiting: string[] = [];
  readonly #bucket: TokenBucket;
  readonly #inFlight = new InFlight();
  /** Whether only urgent lines may go: there is no connection, or the server has not let the client in. */
  held = true;

  /**
   * Makes an empty one.
   *
   * @param interval Milliseconds between two lines, after a burst of four; 0: no pause.
   */
  constructor(interval: number) {
    const perSecond = interval === 0 ? 0 : 1000 / interval;
    this.#bucket = new TokenBucket({ burst: BURST, perSecond }, 0);
  }

  /** Lines that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Messages of the user that went out, and wait no longer. */
  get said(): number {
    return this.#inFlight.said;
  }

  /** Messages of the user that have not gone out. */
  get unsaid(): number {
    return this.#waiting.filter((line) => /^(?:@\S+ )?(?:PRIVMSG|NOTICE) /.test(line)).length;
  }

  /** Adds a line; an urgent one goes before the others. Returns false if too many wait already. */
  push(line: string, urgent: boolean): boolean {
    const [queue, most] = urgent ? [this.#urgent, MAX_URGENT] : [this.#waiting, MAX_WAITING];
    if (queue.length >= most) return false;
    queue.push(line);
    return true;
  }

  /** Takes what may go now; among it a question, if it is time to know what the server has read. */
  take(now: number): Due {
    const lines = this.#urgent.splice(0);
    for (const line of lines) this.#inFlight.sent(line, now);
    while (!this.held) {
      const isToAsk = this.#inFlight.askIn(now, this.#waiting.length === 0) === 0;
      if (!isToAsk && this.#waiting.length === 0 || !this.#bucket.tryTake(now)) break;
      lines.push(isToAsk ? this.#inFlight.question() : this.#waiting.shift()!);
      this.#inFlight.sent(lines.at(-1)!, now);
    }
    return { lines, wait: this.held ? 0 : this.#wait(now) };
  }

  #wait(now: number): number {
    const question = this.#inFlight.askIn(now, this.#waiting.length === 0);
    if (this.#waiting.length === 0 && question === undefined) return 0;
    return Math.max(question ?? 0, this.#bucket.wait(now));
  }

  /** The server has answered a line, by its label or with its words: it has read all up to there. */
  answered(by: string): void {
    this.#inFlight.answered(by);
  }

  /**
   * The connection is lost: forgets the lines that this made pointless, and keeps what people said, with
   * the question whether it arrived, but without labels.
   *
   * @returns What was sent and may be lost. It is not sent again: said twice is worse than named.
   */
  hold(): Unproven {
    this.held = true;
    this.#urgent.length = 0;
    this.#waiting = this.#waiting.map(withoutTags)
      .filter((line) => /^(PRIVMSG|NOTICE|PING) /.test(line));
    return this.#inFlight.lost();
  }
}
