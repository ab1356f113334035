import { formatMessage, type IrcMessage } from "../codec/irc_message.ts";
import { type MessageTags, NO_TAGS } from "../codec/irc_tags.ts";
import type { Effect } from "./effect.ts";
import type { Entry, EntryKind } from "./entry.ts";

/** The parts of an entry that have no default. */
export type EntryParts = Pick<Entry, "kind" | "window" | "text"> & Partial<Entry>;

/** What must not get into a line that is sent, wherever a text comes from. */
const LINE_ENDERS = /[\0\r\n]+/g;

/** One step of the client: collects what has to be done. */
export class Turn {
  /** In the order in which it has to be done. */
  readonly effects: Effect[] = [];

  /**
   * Begins a step.
   *
   * @param now Milliseconds since 1970, for what has to do with pauses.
   * @param tags The tags of the line that is being processed.
   */
  constructor(readonly now: number, readonly tags: MessageTags = NO_TAGS) {}

  /** When the line's event happened: the server's word (server-time) if it can be read, or now. */
  get time(): number {
    const stated = Date.parse(this.tags.get("time") ?? "");
    return Number.isNaN(stated) ? this.now : stated;
  }

  /** Sends a message that waits for its turn. */
  send(verb: string, ...params: string[]): void {
    this.sendMessage({ verb, params });
  }

  /** Sends a message at once: answers that the server waits for. */
  sendNow(verb: string, ...params: string[]): void {
    this.sendMessage({ verb, params, urgent: true });
  }

  /** Sends a message with tags, if it can be written at all: a parameter with spaces stands last. */
  sendMessage(
    message: Pick<IrcMessage, "verb" | "params"> & { tags?: MessageTags; urgent?: boolean },
  ): void {
    const { verb, params, tags = NO_TAGS, urgent = false } = message;
    const clean = params.map((param) => param.replace(LINE_ENDERS, " ").toWellFormed());
    try {
      const line = formatMessage({ tags, source: null, verb, params: clean });
      this.effects.push({ kind: "send", line, urgent });
    } catch (error) {
      // A word that begins with a colon where none may: it cannot be written, and nobody else is to blame.
      if (!(error instanceof TypeError)) throw error;
      this.say("error", "", error.message);
    }
  }

  /** Shows an entry; what is not given has its default: it came from here, now, and is nobody's. */
  show(parts: EntryParts): void {
    this.effects.push({ kind: "show", entry: { ...this.#defaults(), ...parts } });
  }

  /** Shows a line of the client's own. */
  say(kind: EntryKind, window: string, text: string): void {
    this.show({ kind, window, text });
  }

  /** Anything else to do. */
  add(effect: Effect): void {
    this.effects.push(effect);
  }

  #defaults(): Omit<Entry, "kind" | "window" | "text"> {
    return { time: this.time, from: "", own: false, mention: false, data: {} };
  }
}
