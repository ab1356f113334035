/**
 * Everything that the chat knows. It is changed in place, by one step after the other; what it holds
 * is reached by key, so that no step has to search.
 *
 * Accounts, history and further nodes would each be one more field here and one more file beside it.
 *
 * @module
 */

import { packTokens, replyRoom } from "../codec/irc_replies.ts";
import { Channel, type ChannelFlag, type Membership, STATUS } from "./channel.ts";
import { Client, type UserMode } from "./client.ts";
import type { ChatConfig } from "./config.ts";
import { isupportTokens } from "./isupport.ts";
import { fold, hostName } from "./names.ts";
import { Whowas } from "./whowas.ts";

/** Counts for LUSERS, kept up so that nobody has to count. */
export interface Census {
  /** Registered clients. */
  registered: number;
  /** Those of them with +i. */
  invisible: number;
  /** Those of them with +o. */
  operators: number;
  /** The most that were registered at once. */
  peak: number;
  /** Channels with +s. */
  secret: number;
}

/** The state of one server. */
export class ChatState {
  /** All connections, registered or not. */
  readonly clients: Set<Client> = new Set();
  /** Who holds a nickname, by its key; those who are registering hold theirs too. */
  readonly nicks: Map<string, Client> = new Map();
  /** Channels by key. */
  readonly channels: Map<string, Channel> = new Map();
  /** Who was here. */
  readonly whowas: Whowas = new Whowas();
  /** Counts. */
  readonly census: Census = { registered: 0, invisible: 0, operators: 0, peak: 0, secret: 0 };

  #config: ChatConfig;
  #isupport: string[][];
  #lastId = 0;
  #lastWalk = 0;

  /**
   * Makes an empty server.
   *
   * @param startedAt When, in milliseconds since 1970, for 003.
   */
  constructor(config: ChatConfig, readonly startedAt: number) {
    this.#config = config;
    this.#isupport = groupTokens(config);
  }

  /** The settings in force; a new value counts from the next step on. */
  get config(): ChatConfig {
    return this.#config;
  }

  set config(config: ChatConfig) {
    this.#config = config;
    this.#isupport = groupTokens(config);
  }

  /** The tokens of 005, in groups for one line each. */
  get isupport(): readonly (readonly string[])[] {
    return this.#isupport;
  }

  /** Adds a connection from a host. */
  addClient(host: string, secure: boolean, now: number): Client {
    const client = new Client(++this.#lastId, hostName(host, this.#config.limits), secure, now);
    this.clients.add(client);
    return client;
  }

  /** The registered client with this nickname. */
  user(nick: string): Client | undefined {
    const client = this.nicks.get(fold(nick));
    return client?.registered ? client : undefined;
  }

  /** The channel with this name. */
  channel(name: string): Channel | undefined {
    return this.channels.get(fold(name));
  }

  /** Puts a client on a channel, which is created where it does not exist; its first member runs it. */
  join(client: Client, name: string, now: number): Membership {
    const key = fold(name);
    let channel = this.channels.get(key);
    if (channel === undefined) {
      channel = new Channel(name, key, now);
      this.channels.set(key, channel);
    }
    const status = channel.alive ? 0 : STATUS.operator;
    const membership = { client, channel, status, bannedVersion: -1, banned: false };
    channel.members.set(client, membership);
    if (client.modes.has("i")) channel.invisible++;
    client.channels.set(channel, membership);
    return membership;
  }

  /** Takes a client off a channel, which ends with its last member. */
  part({ client, channel }: Membership): void {
    channel.members.delete(client);
    client.channels.delete(channel);
    if (client.modes.has("i")) channel.invisible--;
    if (channel.alive) return;
    this.setChannelFlag(channel, "s", false);
    this.channels.delete(channel.key);
  }

  /** Sets or clears a flag of a channel; tells whether that changed anything. */
  setChannelFlag(channel: Channel, flag: ChannelFlag, on: boolean): boolean {
    if (channel.flags.has(flag) === on) return false;
    if (on) channel.flags.add(flag);
    else channel.flags.delete(flag);
    if (flag === "s") this.census.secret += on ? 1 : -1;
    return true;
  }

  /** Sets or clears a user mode; tells whether that changed anything. */
  setUserMode(client: Client, mode: UserMode, on: boolean): boolean {
    if (client.modes.has(mode) === on) return false;
    if (on) client.modes.add(mode);
    else client.modes.delete(mode);
    const step = on ? 1 : -1;
    if (mode === "o") this.census.operators += step;
    if (mode !== "i") return true;
    this.census.invisible += step;
    for (const channel of client.channels.keys()) channel.invisible += step;
    return true;
  }

  /** The number of a new walk, see `Client.walk`. */
  startWalk(): number {
    return ++this.#lastWalk;
  }
}

function groupTokens(config: ChatConfig): string[][] {
  const longestNick = "n".repeat(config.limits.nick);
  const beginning = `:${config.name} 005 ${longestNick}  :are supported by this server`;
  return packTokens(isupportTokens(config), replyRoom(beginning));
}
