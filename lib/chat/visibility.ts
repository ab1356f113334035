/**
 * Who hears of whom, and who may see what: secret channels and invisible users stay hidden from
 * everybody who does not share a channel with them.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import type { Client } from "./client.ts";
import type { ChatState } from "./state.ts";

/**
 * Everyone who shares a channel with a client, each once, without the client itself. Linear in the
 * members of its channels.
 *
 * @param caps Only those who negotiated all these capability bits.
 */
export function peersOf(state: ChatState, client: Client, caps = 0): Client[] {
  return membersOfAny(state, client.channels.keys(), caps).filter((peer) => peer !== client);
}

/** Everyone who is on one of the channels, each once. Linear in their members. */
export function membersOfAny(
  state: ChatState,
  channels: Iterable<Channel>,
  caps = 0,
): Client[] {
  const walk = state.startWalk();
  const members: Client[] = [];
  for (const channel of channels) {
    for (const member of channel.members.keys()) {
      if (member.walk === walk) continue;
      member.walk = walk;
      if (member.has(caps)) members.push(member);
    }
  }
  return members;
}

/** The members of a channel who negotiated all the capability bits, without `except`. */
export function membersOf(
  channel: Channel,
  caps = 0,
  except: Client | null = null,
): Client[] {
  const members: Client[] = [];
  for (const member of channel.members.keys()) {
    if (member !== except && member.has(caps)) members.push(member);
  }
  return members;
}

/** Whether two clients are on a common channel. */
function shareChannel(one: Client, other: Client): boolean {
  const [few, many] = one.channels.size < other.channels.size ? [one, other] : [other, one];
  for (const channel of few.channels.keys()) {
    if (many.channels.has(channel)) return true;
  }
  return false;
}

/** Whether a client may know that the channel exists. */
export function seesChannel(client: Client, channel: Channel): boolean {
  return !channel.flags.has("s") || channel.members.has(client);
}

/** How many members a client may count: all where it is on the channel, elsewhere those without +i. */
export function visibleMembers(client: Client, channel: Channel): number {
  return channel.members.size - (channel.members.has(client) ? 0 : channel.invisible);
}

/** How many channels a client may know of. Linear in its own. */
export function visibleChannels({ channels, census }: ChatState, client: Client): number {
  let hidden = census.secret;
  for (const channel of client.channels.keys()) {
    if (channel.flags.has("s")) hidden--;
  }
  return channels.size - hidden;
}

/** Whether a client finds a user without knowing the nickname. */
export function seesUser(client: Client, user: Client): boolean {
  return client === user || !user.modes.has("i") || shareChannel(client, user);
}
