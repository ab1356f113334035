/**
 * What a client can know of its channels from nothing but the lines that it received. If the chat
 * forgets to tell somebody something, this view and the truth differ.
 *
 * @module
 */

import { parseMessage } from "../../lib/codec/irc_message.ts";
import { modeKinds, parseModes } from "../../lib/codec/irc_modes.ts";
import { parseSource } from "../../lib/codec/irc_source.ts";

const KINDS = modeKinds("beI,k,l,imnst", "ov");
const LETTERS: Readonly<Record<string, string>> = { "@": "o", "+": "v" };

/** The view of one client that negotiated multi-prefix. */
export class ChatObserver {
  /** Status letters by nickname in lower case, by channel. */
  readonly channels = new Map<string, Map<string, string>>();
  /** Messages to channels, as `channel text`. */
  readonly heard: string[] = [];

  /** @param nick The nickname at the beginning, in lower case. */
  constructor(public nick: string) {}

  /** Takes in one line without its line end. */
  see(line: string): void {
    const { source, verb, params } = parseMessage(line);
    const who = parseSource(source ?? "").name.toLowerCase();
    const [first = "", second = "", third = "", fourth = ""] = params;
    const members = this.channels.get(first);
    if (verb === "JOIN") {
      if (who === this.nick) this.channels.set(first, new Map());
      else members?.set(who, "");
    } else if (verb === "353") {
      for (const name of fourth.split(" ")) this.#enter(third, name);
    } else if (verb === "PART") {
      this.#remove(first, who);
    } else if (verb === "KICK") {
      this.#remove(first, second.toLowerCase());
    } else if (verb === "QUIT") {
      for (const channel of this.channels.values()) channel.delete(who);
    } else if (verb === "NICK") {
      this.#rename(who, first.toLowerCase());
    } else if (verb === "MODE" && members !== undefined) {
      changeStatuses(members, params.slice(1));
    } else if (verb === "PRIVMSG") {
      this.heard.push(`${first} ${second}`);
    }
  }

  #enter(channel: string, name: string): void {
    const nick = name.replace(/^[@+]*/, "");
    const prefixes = [...name.slice(0, name.length - nick.length)];
    const status = prefixes.map((prefix) => LETTERS[prefix] ?? "").join("");
    this.channels.get(channel)?.set(nick.toLowerCase(), status);
  }

  #remove(channel: string, nick: string): void {
    if (nick === this.nick) this.channels.delete(channel);
    else this.channels.get(channel)?.delete(nick);
  }

  #rename(from: string, to: string): void {
    if (from === this.nick) this.nick = to;
    for (const members of this.channels.values()) {
      const status = members.get(from);
      members.delete(from);
      if (status !== undefined) members.set(to, status);
    }
  }
}

function changeStatuses(members: Map<string, string>, params: readonly string[]): void {
  for (const { add, letter, param } of parseModes(params, KINDS)) {
    if (KINDS.get(letter) !== "member" || param === null) continue;
    const nick = param.toLowerCase();
    const without = (members.get(nick) ?? "").replace(letter, "");
    members.set(nick, add ? [...without, letter].sort().join("") : without);
  }
}
