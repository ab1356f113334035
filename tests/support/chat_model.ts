/**
 * A second, naive opinion about nicknames, membership and channel modes: no numerics, no lines, no
 * case mapping, everything found by searching. The model test compares it with the chat.
 *
 * @module
 */

/** A channel of the model. */
export interface ModelChannel {
  /** Status letters by nickname in lower case, `o` before `v`. */
  readonly members: Map<string, string>;
  /** Flags, sorted. */
  flags: string;
  /** The key, or the empty string. */
  key: string;
  /** The limit, or infinity. */
  limit: number;
  /** Banned nicknames in lower case. */
  readonly bans: Set<string>;
  /** Nicknames in lower case that are invited, and whether by somebody who runs the channel. */
  readonly invited: Map<string, boolean>;
  /** The topic. */
  topic: string;
}

/** Nicknames and channels. */
export class ChatModel {
  /** Nicknames as they are written, by their lower case. */
  readonly nicks = new Map<string, string>();
  /** Channels by name; all names of the test are in lower case. */
  readonly channels = new Map<string, ModelChannel>();

  /** A new nickname, unless somebody else has it. */
  nick(from: string, to: string): boolean {
    const [old, key] = [from.toLowerCase(), to.toLowerCase()];
    if (old !== key && this.nicks.has(key)) return false;
    this.nicks.delete(old);
    this.nicks.set(key, to);
    for (const { members, invited } of this.channels.values()) {
      // The order of members does not matter here.
      const status = members.get(old);
      members.delete(old);
      if (status !== undefined) members.set(key, status);
      const byOperator = invited.get(old);
      invited.delete(old);
      if (byOperator !== undefined) invited.set(key, byOperator);
    }
    return true;
  }

  /** Enters a channel if its modes allow it. */
  join(nick: string, name: string, key: string): void {
    const channel = this.channels.get(name);
    if (channel === undefined) {
      this.channels.set(name, {
        members: new Map([[nick, "o"]]),
        flags: "nt",
        key: "",
        limit: Infinity,
        bans: new Set(),
        invited: new Map(),
        topic: "",
      });
      return;
    }
    const kept = channel.members.has(nick) || channel.bans.has(nick) ||
      (channel.flags.includes("i") && !channel.invited.get(nick)) ||
      (channel.key !== "" && channel.key !== key) || channel.members.size >= channel.limit;
    if (kept) return;
    channel.members.set(nick, "");
    channel.invited.delete(nick);
  }

  /** Leaves a channel, which ends with its last member. */
  part(nick: string, name: string): void {
    const channel = this.channels.get(name);
    if (channel?.members.delete(nick) && channel.members.size === 0) this.channels.delete(name);
  }

  /** Leaves everything. */
  quit(nick: string): void {
    for (const name of [...this.channels.keys()]) this.part(nick, name);
    for (const { invited } of this.channels.values()) invited.delete(nick);
    this.nicks.delete(nick);
  }

  /** Removes somebody from a channel. */
  kick(nick: string, name: string, target: string): void {
    if (this.runs(nick, name) && this.channels.get(name)?.members.has(target)) {
      this.part(target, name);
    }
  }

  /** Invites somebody. */
  invite(nick: string, name: string, target: string): void {
    const channel = this.channels.get(name);
    if (!channel?.members.has(nick) || channel.members.has(target)) return;
    if (channel.flags.includes("i") && !this.runs(nick, name)) return;
    if (!this.nicks.has(target)) return;
    const earlier = channel.invited.get(target) ?? false;
    channel.invited.set(target, earlier || this.runs(nick, name));
  }

  /** Sets the topic. */
  topic(nick: string, name: string, text: string): void {
    const channel = this.channels.get(name);
    if (!channel?.members.has(nick)) return;
    if (!channel.flags.includes("t") || this.runs(nick, name)) channel.topic = text;
  }

  /** Changes one mode of a channel. */
  mode(nick: string, name: string, sign: string, letter: string, param: string): void {
    const channel = this.channels.get(name);
    if (channel === undefined || !this.runs(nick, name)) return;
    const add = sign === "+";
    if (letter === "b") {
      if (add) channel.bans.add(param);
      else channel.bans.delete(param);
    } else if (letter === "k") {
      channel.key = add ? param : "";
    } else if (letter === "l") {
      channel.limit = add ? Number(param) : Infinity;
    } else if (letter === "o" || letter === "v") {
      const status = channel.members.get(param);
      if (status !== undefined) channel.members.set(param, toggled(status, letter, add));
    } else {
      channel.flags = toggled(channel.flags, letter, add);
    }
  }

  /** Who hears a message to a channel. */
  hearers(nick: string, name: string): string[] {
    const channel = this.channels.get(name);
    if (channel === undefined) return [];
    const status = channel.members.get(nick);
    const silent = status === undefined
      ? /[nm]/.test(channel.flags) || channel.bans.has(nick)
      : status === "" && (channel.flags.includes("m") || channel.bans.has(nick));
    return silent ? [] : [...channel.members.keys()].filter((member) => member !== nick);
  }

  /** Whether somebody runs a channel. */
  runs(nick: string, name: string): boolean {
    return this.channels.get(name)?.members.get(nick)?.includes("o") ?? false;
  }
}

function toggled(letters: string, letter: string, add: boolean): string {
  const without = [...letters].filter((other) => other !== letter);
  return (add ? [...without, letter] : without).sort().join("");
}
