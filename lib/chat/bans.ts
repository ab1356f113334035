/**
 * Who is kept out of a channel, and who is kept silent on it.
 *
 * @module
 */

import type { Channel, Membership } from "./channel.ts";
import type { Client } from "./client.ts";
import type { Effort } from "./masks.ts";

/** Whether a ban fits the client and no exception does. */
export function isBanned(channel: Channel, client: Client, effort: Effort): boolean {
  const { b, e } = channel.lists;
  return b.matches(client.foldedSource, effort) && !e.matches(client.foldedSource, effort);
}

/** The same for a member, found once for each change of the lists or of the nickname. */
function isBannedMember(membership: Membership, effort: Effort): boolean {
  const { channel, client } = membership;
  if (membership.bannedVersion !== channel.banVersion) {
    membership.banned = isBanned(channel, client, effort);
    membership.bannedVersion = channel.banVersion;
  }
  return membership.banned;
}

/** Forgets what was found for a client, because its source changed. */
export function forgetBans(client: Client): void {
  for (const membership of client.channels.values()) membership.bannedVersion = -1;
}

/**
 * Whether a client may send to a channel: not from outside with +n, not without a status with +m, and
 * not while banned; a status lifts both (https://modern.ircdocs.horse/#privmsg-message).
 */
export function maySpeak(channel: Channel, client: Client, effort: Effort): boolean {
  const membership = channel.members.get(client);
  if (membership === undefined) {
    return !channel.flags.has("n") && !channel.flags.has("m") &&
      !isBanned(channel, client, effort);
  }
  if (membership.status !== 0) return true;
  return !channel.flags.has("m") && !isBannedMember(membership, effort);
}
