/**
 * One step of the chat: the state, the client whose turn it is, the time, and what comes of it. This is
 * the one door through which lines leave the chat.
 *
 * @module
 */

import { NUMERIC } from "../codec/irc_numerics.ts";
import type { Action } from "./actions.ts";
import { CAP } from "./capabilities.ts";
import type { Channel, Membership } from "./channel.ts";
import type { Client } from "./client.ts";
import { formatBody, Line, type LineTags } from "./line.ts";
import { labelActions } from "./labels.ts";
import type { Effort } from "./masks.ts";
import type { ChatState } from "./state.ts";
import { seesChannel } from "./visibility.ts";

/** As much work as an ordinary command may be, in steps: less than a millisecond. */
const STEPS_PER_COMMAND = 100_000;
/** What a line of the server to one client costs, in the same steps. */
const STEPS_PER_LINE = 200;
/** What looking at one user or channel costs, beside what is compared, in the same steps. */
const STEPS_PER_LOOK = 20;
/** Where a search ends: 20,000 channels with the longest names, each looked through once. */
const MAX_SEARCH_STEPS = 2_000_000;

/** What a step needs from outside. */
export interface Env {
  /** The time, in milliseconds since 1970. */
  readonly now: number;
  /**
   * An id that no other message of the network ever had: letters, digits and hyphens, such as the start
   * time of the server and a counter.
   */
  messageId(): string;
}

/** A step that is being taken. */
export class Turn implements Effort {
  readonly #actions: Action[] = [];
  #lines = 0;
  #looks = 0;
  /** The comparing that it was so far: what else there was to do is bounded anyway. */
  steps = 0;
  /** The label of the command, if the client may use labels; a handler that answers later takes it over. */
  label: string | null = null;

  /** Begins a step of a client. */
  constructor(readonly state: ChatState, readonly client: Client, readonly env: Env) {}

  /**
   * Sends a numeric to the client whose turn it is. Parameters come from clients as they are: what
   * would break the line is replaced by `*`.
   *
   * @param text The readable text, if the numeric has one.
   */
  reply(numeric: string, params: readonly string[], text?: string): void {
    this.tell(numeric, [this.client.nick, ...params], text);
  }

  /** Sends a line of the server to the client whose turn it is. */
  tell(verb: string, params: readonly string[], text?: string): void {
    const body = formatBody(this.state.config.name, verb, params.map(safeParam), text);
    this.#lines++;
    this.send([this.client], new Line(body, this.env.now));
  }

  /** Makes a line that a client is the source of. */
  lineFrom(
    client: Client,
    verb: string,
    params: readonly string[],
    text?: string,
    tags?: LineTags,
  ): Line {
    const body = formatBody(client.source, verb, params, text);
    return new Line(body, this.env.now, client.modes.has("B") ? { ...tags, bot: true } : tags);
  }

  /** Sends a line to clients; none of them may be given twice. */
  send(to: readonly Client[], line: Line, relayed = false): void {
    if (to.length > 0) this.#actions.push({ kind: "send", to, line, relayed });
  }

  /** Counts users or channels that were looked at. */
  look(count: number): void {
    this.#looks += count;
  }

  /** Whether so much was compared that a search has to end, complete or not. */
  get isExhausted(): boolean {
    return this.steps > MAX_SEARCH_STEPS;
  }

  /** Asks the I/O layer for something else. */
  request(action: Action): void {
    this.#actions.push(action);
  }

  /** Refuses with FAIL, a standard reply with a code for programs and a text for people. */
  fail(verb: string, code: string, context: readonly string[], text: string): void {
    this.tell("FAIL", [verb, code, ...context], text);
  }

  /** Says that something was done, but not quite as asked: WARN, to those who understand it. */
  warn(verb: string, code: string, context: readonly string[], text: string): void {
    if (this.client.has(CAP.standardReplies)) this.tell("WARN", [verb, code, ...context], text);
  }

  /** The channel with this name; where there is none, or it is hidden, the client is told and it is null. */
  visibleChannel(name: string): Channel | null {
    const channel = this.state.channel(name);
    if (channel !== undefined && seesChannel(this.client, channel)) return channel;
    this.reply(NUMERIC.ERR_NOSUCHCHANNEL, [name], "No such channel");
    return null;
  }

  /** The client's membership of a channel; where it is not on it, it is told and it is null. */
  membership(name: string): Membership | null {
    const channel = this.visibleChannel(name);
    if (channel === null) return null;
    const membership = channel.members.get(this.client);
    if (membership !== undefined) return membership;
    this.reply(NUMERIC.ERR_NOTONCHANNEL, [channel.name], "You're not on that channel");
    return null;
  }

  /** The registered user with this nickname; where there is none, the client is told and it is null. */
  user(nick: string): Client | null {
    const user = this.state.user(nick);
    if (user !== undefined) return user;
    this.reply(NUMERIC.ERR_NOSUCHNICK, [nick], "No such nick/channel");
    return null;
  }

  /** Ends the step: all that came of it, in order, with the label where there is one. */
  finish(): readonly Action[] {
    const { client, env, state } = this;
    const steps = this.steps + this.#looks * STEPS_PER_LOOK + this.#lines * STEPS_PER_LINE;
    const commands = Math.floor(steps / STEPS_PER_COMMAND);
    if (commands > 0) this.request({ kind: "charge", client, commands });
    if (this.label === null) return this.#actions;
    const makeLine = (verb: string, params: readonly string[]): Line => {
      return new Line(formatBody(state.config.name, verb, params), env.now);
    };
    return labelActions(this.#actions, client, this.label, makeLine, () => env.messageId());
  }
}

/** Replaces what cannot stand before the last parameter: nothing, spaces, a colon in front. */
function safeParam(param: string): string {
  return param === "" || param.startsWith(":") || param.includes(" ") ? "*" : param;
}
