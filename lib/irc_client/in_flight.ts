import { parseMessage } from "../codec/irc_message.ts";
import { parseCtcp } from "./ctcp.ts";

/** Milliseconds that a line is without a proof before a server with nothing else to read is asked for one. */
export const ASK_AFTER = 5_000;
/** Lines without a proof at which it is asked even though more is to be said: 5 % of what is sent. */
export const ASK_AT = 20;
/** Lines that are known one by one, for a server that answers nothing; older ones are only counted. */
export const MAX_KNOWN = 500;

/** Verbs whose fate is of interest. */
const WATCHED = /^(?:@\S+ +)?(?:PRIVMSG|NOTICE|PING) /i;

/** What was sent over a connection that is lost, without a proof that it arrived. */
export interface Unproven {
  /** Messages of the user. */
  readonly count: number;
  /** What the first of them says; empty if there is none. */
  readonly first: string;
}

interface Sent extends Unproven {
  /** What the server may answer with: the line's label, or its parameters. */
  readonly answers: readonly string[];
  readonly isQuestion: boolean;
  readonly at: number;
}

/**
 * Lines that were written, until an answer proves that the server has read them: an echo, an answer with
 * the line's label, or the PONG to a PING that was sent behind them. A server reads a connection in order,
 * so that the proof of one line is the proof of all before it.
 */
export class InFlight {
  readonly #sent: Sent[] = [];
  #questions = 0;
  #said = 0;

  /** Messages of the user that went out, on all connections. */
  get said(): number {
    return this.#said;
  }

  /** A line goes out, at a time in milliseconds. */
  sent(line: string, now: number): void {
    if (!WATCHED.test(line)) return;
    const { tags, verb, params } = parseMessage(line);
    const label = tags.get("label");
    const words = params.join(" ");
    const text = params.at(-1) ?? "";
    const ctcp = parseCtcp(text);
    // What a program has answered to another is nothing that the user would miss.
    const isSaid = verb !== "PING" && !(verb === "NOTICE" && ctcp !== undefined);
    if (isSaid) this.#said++;
    this.#sent.push({
      answers: label === undefined ? [words] : [label, words],
      isQuestion: verb === "PING",
      at: now,
      count: isSaid ? 1 : 0,
      first: isSaid ? ctcp?.text ?? text : "",
    });
    if (this.#sent.length > MAX_KNOWN) this.#mergeOldest();
  }

  /** Makes one of the two oldest: whatever proves the second proves the first. */
  #mergeOldest(): void {
    const [oldest, next] = this.#sent.splice(0, 2);
    if (oldest === undefined || next === undefined) return;
    const first = oldest.count > 0 ? oldest.first : next.first;
    this.#sent.unshift({ ...next, count: oldest.count + next.count, first });
  }

  /** The server has answered a line: it has a label, or says what the line said. */
  answered(by: string): void {
    const index = this.#sent.findIndex(({ answers }) => answers.includes(by));
    this.#sent.splice(0, index + 1);
  }

  /**
   * Milliseconds until the server should be asked what it has read; `undefined` if there is no need.
   *
   * @param isIdle Whether nothing more is to be sent for now.
   */
  askIn(now: number, isIdle: boolean): number | undefined {
    const asked = this.#sent.findLastIndex(({ isQuestion }) => isQuestion) + 1;
    const unasked = this.#sent.slice(asked).filter(({ count }) => count > 0);
    const [first] = unasked;
    if (unasked.length >= ASK_AT) return 0;
    if (first === undefined || !isIdle) return undefined;
    return Math.min(Math.max(0, first.at + ASK_AFTER - now), ASK_AFTER);
  }

  /** The line that asks. */
  question(): string {
    return `PING arrived-${++this.#questions}`;
  }

  /** The connection is lost: no answer will come. */
  lost(): Unproven {
    const said = this.#sent.splice(0).filter(({ count }) => count > 0);
    return {
      count: said.reduce((sum, { count }) => sum + count, 0),
      first: said[0]?.first ?? "",
    };
  }
}
