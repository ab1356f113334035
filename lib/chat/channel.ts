/**
 * A channel: members, modes, topic and lists. It exists as long as somebody is on it.
 *
 * @module
 */

import type { Client } from "./client.ts";
import { MaskList } from "./mask_list.ts";

/** Status bits of a member, and what stands for them in MODE and in front of nicknames. */
export const STATUS = {
  /** +v, shown as `+`: may speak while the channel is moderated. */
  voice: 1,
  /** +o, shown as `@`: runs the channel. */
  operator: 2,
} as const;

/** A client on a channel. */
export interface Membership {
  /** Who. */
  readonly client: Client;
  /** Where. */
  readonly channel: Channel;
  /** Status bits. */
  status: number;
  /** The version of the lists for which `banned` was found; -1 if it is not known. */
  bannedVersion: number;
  /** Whether a ban fits and no exception does. */
  banned: boolean;
}

/** Modes without a parameter: invite-only, moderated, no messages from outside, secret, protected topic. */
export type ChannelFlag = "i" | "m" | "n" | "s" | "t";

/** The letters of the lists: bans, exceptions from bans, exceptions from invite-only. */
export type ListLetter = "b" | "e" | "I";

/** A topic, who set it and when, in milliseconds since 1970. */
export interface Topic {
  /** The text, never empty. */
  readonly text: string;
  /** The nickname of who set it. */
  readonly setBy: string;
  /** When. */
  readonly setAt: number;
}

/** A channel and everything about it. */
export class Channel {
  /** Members in the order in which they came. */
  readonly members: Map<Client, Membership> = new Map();
  /** Flags that are set; a new channel has +nt. */
  readonly flags: Set<ChannelFlag> = new Set(["n", "t"]);
  /** The topic, or null. */
  topic: Topic | null = null;
  /** The key, or null. */
  userKey: string | null = null;
  /** How many may be on it, or null. */
  userLimit: number | null = null;
  /** Masks by the letter of their list. */
  readonly lists: Readonly<Record<ListLetter, MaskList>> = {
    b: new MaskList(),
    e: new MaskList(),
    I: new MaskList(),
  };
  /** How many members have +i, kept up so that nobody has to count. */
  invisible = 0;
  /** Goes up with each change of bans or their exceptions. */
  banVersion = 0;

  /**
   * Makes a channel without members.
   *
   * @param name The name as its first member wrote it.
   * @param key The folded name: its key in the state.
   * @param createdAt When it came into being, in milliseconds since 1970.
   */
  constructor(readonly name: string, readonly key: string, readonly createdAt: number) {}

  /** Whether somebody is still on it; invitations to a channel that ended are void. */
  get alive(): boolean {
    return this.members.size > 0;
  }
}

/** The prefixes of a status: all of them, highest first, or only the highest. */
export function statusPrefix(status: number, all: boolean): string {
  const operator = (status & STATUS.operator) !== 0 ? "@" : "";
  const voice = (status & STATUS.voice) !== 0 ? "+" : "";
  return all ? operator + voice : operator || voice;
}
