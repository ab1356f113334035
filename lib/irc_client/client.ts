/**
 * The whole of a chat client but sockets and screen: lines and keystrokes go in, things to do come out.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { IrcClient } from "./client.ts";
 *
 * const settings = { nick: "ann", channels: [], interactive: true, version: "example" };
 * const client = new IrcClient(settings);
 * client.connected(0);
 * const [effect] = client.receive(new TextEncoder().encode("PING :are you there"), 0);
 * assertEquals(effect, { kind: "send", line: "PONG :are you there", urgent: true });
 * ```
 *
 * @module
 */
import { ProtocolError } from "../codec/errors.ts";
import type { IrcMessage } from "../codec/irc_message.ts";
import { parseSource } from "../codec/irc_source.ts";
import { runCommand } from "./commands/table.ts";
import { decodeLine } from "./decode_line.ts";
import type { Effect } from "./effect.ts";
import type { Entry } from "./entry.ts";
import type { Handler, HandlerTable, Received } from "./handler.ts";
import { ARRIVALS } from "./handlers/arrivals.ts";
import { BATCHES } from "./handlers/batches.ts";
import { CHANNELS } from "./handlers/channels.ts";
import { MESSAGES } from "./handlers/messages.ts";
import { showNumeric, takeAck } from "./handlers/numerics.ts";
import { PEOPLE } from "./handlers/people.ts";
import { PRESENCE } from "./handlers/presence.ts";
import { answerNick, finishToken, register, REGISTRATION } from "./handlers/registration.ts";
import { speechParts } from "./speech.ts";
import { type ClientSettings, ClientState } from "./state.ts";
import { Turn } from "./turn.ts";

const HANDLERS: HandlerTable = {
  ...REGISTRATION,
  ...MESSAGES,
  ...ARRIVALS,
  ...PRESENCE,
  ...CHANNELS,
  ...PEOPLE,
  ...BATCHES,
  ACK: takeAck,
};

/** The protocol's side of a chat client. Times are milliseconds since 1970. */
export class IrcClient {
  /** All that it knows. */
  readonly state: ClientState;

  /** Makes a client that has no connection yet. */
  constructor(settings: ClientSettings) {
    this.state = new ClientState(settings);
  }

  /** A connection is open: introduces the client. */
  connected(now: number): Effect[] {
    return this.#step(now, (turn) => {
      this.state.reset();
      register(this.state, turn);
    });
  }

  /** The connection is gone. */
  lost(now: number): void {
    for (const window of this.state.windows.channels) {
      if (window.joined) window.lostAt = now;
      window.joined = false;
    }
    this.state.registered = false;
  }

  /** A line came from the server, without its line end. */
  receive(line: Uint8Array, now: number): Effect[] {
    let message: IrcMessage;
    try {
      message = decodeLine(line);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return this.note(error.message, now);
    }
    const turn = new Turn(now, message.tags);
    const source = parseSource(message.source ?? "");
    const { name: from, user, host } = source;
    const received = { ...message, from, user, host, own: from !== "" && this.state.isOwn(from) };
    handlerOf(received)(this.state, received, turn);
    const label = message.tags.get("label");
    if (label !== undefined) turn.add({ kind: "answered", by: label });
    return turn.effects;
  }

  /** Something is wrong with what the server sends; said a few times only. */
  note(text: string, now: number): Effect[] {
    if (!this.state.notes.tryTake(now)) return [];
    return this.#step(now, (turn) => turn.say("error", "", text));
  }

  /** The user typed a line. */
  typed(line: string, now: number): Effect[] {
    return this.#step(now, (turn) => {
      if (line.trim() === "") return;
      if (line.startsWith("/") && !line.startsWith("//")) {
        this.state.hasCommanded = true;
        runCommand(this.state, line, turn);
      } else if (this.state.askingNick) answerNick(this.state, line, turn);
      else this.state.sayHere(line.startsWith("//") ? line.slice(1) : line, turn);
    });
  }

  /** A line for the first channel in parts, each as long as a message may be when it is asked for. */
  parts(line: string): Iterable<string> {
    return speechParts(this.state, this.state.target, line);
  }

  /** A line for the first channel, whatever it looks like. */
  piped(line: string, now: number): Effect[] {
    return this.#step(now, (turn) => this.state.say(this.state.target, line, turn));
  }

  /** Shows a line of the client's own in the window that is looked at. */
  say(kind: "status" | "error", text: string, now: number): Effect[] {
    return this.#step(now, (turn) => turn.say(kind, this.state.windows.current.name, text));
  }

  /** Looks at the window with that number, from 1. */
  look(number: number, now: number): Effect[] {
    return this.#step(now, (turn) => runCommand(this.state, `/${number}`, turn));
  }

  /** Asks the server to say when it has processed everything: the answer is the effect "finished". */
  finish(now: number): Effect[] {
    return this.#step(now, (turn) => turn.send("PING", finishToken(this.state)));
  }

  /** Takes leave; the reason may be empty. */
  quit(reason: string, now: number): Effect[] {
    return this.#step(now, (turn) => {
      this.state.isLeaving = true;
      turn.sendNow("QUIT", ...reason === "" ? [] : [reason]);
    });
  }

  /** Asks for a sign of life. */
  ping(now: number): Effect[] {
    return this.#step(now, (turn) => turn.sendNow("PING", "still-there"));
  }

  /** Keeps an entry in its window, and counts it there if nobody looks; for each "show", in order. */
  keep(entry: Entry): void {
    this.state.windows.keep(entry);
  }

  #step(now: number, act: (turn: Turn) => void): Effect[] {
    const turn = new Turn(now);
    act(turn);
    return turn.effects;
  }
}

function handlerOf({ verb }: Received): Handler {
  if (Object.hasOwn(HANDLERS, verb)) return HANDLERS[verb] ?? showOther;
  return /^\d{3}$/.test(verb) ? showNumeric : showOther;
}

/** A verb that nobody here knows: shown as it came, for those who know it. */
const showOther: Handler = (_state, { verb, params, from }, turn) => {
  // Tags without a message, such as "is typing", are nothing to read.
  if (verb === "TAGMSG") return;
  turn.show({ kind: "reply", window: "", from, text: [verb, ...params].join(" ") });
};
