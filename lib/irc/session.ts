import type { TrafficLimits } from "../chat/traffic.ts";
import { MAX_CLIENT_TAG_BYTES, MAX_MESSAGE_BYTES } from "../codec/irc_message.ts";
import type { Connection } from "../net/connection.ts";
import type { FlushRound } from "../net/flush_round.ts";
import { type PacedLine, PacedLines } from "../net/paced_lines.ts";
import { SendQueue } from "../net/send_queue.ts";
import { TokenBucket } from "../codec/token_bucket.ts";

/** Bytes of a read: people type lines, and ten thousand silent clients take 20 MB of it. */
const READ_BUFFER = 2048;
/** Bytes of the longest line that a client may send, without its line end. */
const MAX_LINE = MAX_CLIENT_TAG_BYTES + MAX_MESSAGE_BYTES - 2;
/** Milliseconds that a client has to take its last lines; then as many again to close, as it should. */
const CLOSE_TIME = 2_000;
/** Milliseconds that lines of a client are still heard when it has finished sending: it may be gone. */
const HEAR_OUT_TIME = 30_000;

/** What the clock says of a client: nothing, that it should be asked for a sign of life, or that it goes. */
export type Verdict = "fine" | "ask" | { readonly reason: string };

/** What a session needs of the server around it. */
export interface SessionOptions {
  /** The caps. */
  readonly traffic: TrafficLimits;
  /** When the queues of this server are flushed. */
  readonly round: FlushRound;
  /** Takes each line of the client, and word of each that was too long. */
  readonly hear: (line: PacedLine) => void;
}

/**
 * One connection of the chat server, from accept to close: lines on their way in, lines on their way out,
 * and what is late. All times are those of `performance.now()`.
 */
export class Session {
  /** The client's address, for logs. */
  readonly peer: string;
  readonly #connection: Connection;
  readonly #traffic: TrafficLimits;
  readonly #input: PacedLines;
  readonly #output: SendQueue;
  readonly #openedAt = performance.now();
  #heardAt = this.#openedAt;
  /** When it was asked for a sign of life; null since the last one. */
  #askedAt: number | null = null;
  /** When it is cut, whatever is unsent; null as long as nobody has ended it. */
  #closeBy: number | null = null;
  /** When it finished sending; null if it has not. */
  #finishedAt: number | null = null;

  /** Takes over a connection that was just accepted. */
  constructor(connection: Connection, { traffic, round, hear }: SessionOptions) {
    const { receiveQueue, sendQueue, floodBurst: burst, floodRate: perSecond } = traffic;
    this.peer = connection.peer;
    this.#connection = connection;
    this.#traffic = traffic;
    this.#output = new SendQueue(connection, { maxBytes: sendQueue, round });
    this.#input = new PacedLines({
      maxLine: MAX_LINE,
      maxWaiting: receiveQueue,
      bucket: new TokenBucket({ burst, perSecond }, this.#openedAt),
      handle: (line) => {
        this.#heardAt = performance.now();
        this.#askedAt = null;
        hear(line);
      },
    });
  }

  /**
   * Reads until the client has finished sending, and until each of its lines has been heard. Once the
   * session is ended, what it says is thrown away.
   *
   * @param onFlood Called when more of its lines wait than may.
   * @throws Whatever ended the connection.
   */
  async listen(onFlood: () => void): Promise<void> {
    const buffer = new Uint8Array(READ_BUFFER);
    try {
      for (let count; (count = await this.#connection.read(buffer)) !== null;) {
        if (!this.#input.push(buffer.subarray(0, count))) onFlood();
      }
      this.#finishedAt = performance.now();
      await this.#input.idle();
    } catch (error) {
      throw this.#output.failure ?? error;
    }
  }

  /**
   * Queues a line by reference; `false` if the queue is full, and the session has to be ended.
   *
   * @param farewell Whether it is what a client is told that leaves: there is always room for that.
   */
  send(line: Uint8Array, farewell: boolean): boolean {
    return this.#output.push(line, farewell);
  }

  /** Gives up what waits in the queue: a client that does not read will not miss it. */
  discard(): void {
    this.#output.discard();
  }

  /** Its last line was worth so many more. */
  charge(lines: number): void {
    this.#input.charge(lines);
  }

  /** The client's next lines wait until {@linkcode resume}. */
  pause(): void {
    this.#input.pause();
  }

  /** Its lines are heard again. */
  resume(): void {
    this.#input.resume();
  }

  /** Ends the session: nothing more is heard, what is queued goes out, and then the FIN. */
  end(): void {
    this.#input.stop();
    this.#output.end();
    this.#closeBy = performance.now() + CLOSE_TIME;
    this.#output.finished.then(() => this.#closeBy = performance.now() + CLOSE_TIME);
  }

  /** Resolves when everything is out after {@linkcode end}, or nothing more can be. */
  get finished(): Promise<void> {
    return this.#output.finished;
  }

  /** Looks at the clock: is the client late with leaving, reading, registering, or a sign of life? */
  judge(now: number, registered: boolean): Verdict {
    const { registrationTime, pingInterval, pingTimeout } = this.#traffic;
    if (this.#closeBy !== null) {
      if (now > this.#closeBy) this.#connection.cut("the peer did not close");
      return "fine";
    }
    if (this.#output.stalledFor(now) > pingTimeout) return { reason: "Write timeout" };
    const finishedFor = this.#finishedAt === null ? 0 : now - this.#finishedAt;
    if (finishedFor > HEAR_OUT_TIME) return { reason: "Excess Flood" };
    if (!registered) {
      const late = registrationTime > 0 && now - this.#openedAt > registrationTime;
      return late ? { reason: "Registration timeout" } : "fine";
    }
    // It is not silent: what it said, its PONG perhaps, waits here for its turn. Who is gone says no more.
    if (this.#input.holds && this.#finishedAt === null) return "fine";
    const silence = now - this.#heardAt;
    if (this.#askedAt !== null) {
      const seconds = Math.round(silence / 1000);
      const late = now - this.#askedAt > pingTimeout;
      return late ? { reason: `Ping timeout: ${seconds} seconds` } : "fine";
    }
    if (pingInterval === 0 || silence <= pingInterval) return "fine";
    this.#askedAt = now;
    return "ask";
  }
}
