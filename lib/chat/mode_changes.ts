/**
 * One change of a channel's modes: a list, a member's status, the key, the limit, or a flag.
 *
 * @module
 */

import type { ModeChange } from "../codec/irc_modes.ts";
import { NUMERIC } from "../codec/irc_numerics.ts";
import type { Channel, ChannelFlag } from "./channel.ts";
import { changeList } from "./channel_lists.ts";
import { CHANNEL_MODE_KINDS, STATUS_OF_LETTER } from "./mode_letters.ts";
import { refuseChange } from "./mode_refusal.ts";
import { isKey } from "./names.ts";
import type { Turn } from "./turn.ts";

/** Applies one change; returns it as it is to be told, or null if nothing changed. */
export function applyChange(turn: Turn, channel: Channel, change: ModeChange): ModeChange | null {
  switch (CHANNEL_MODE_KINDS.get(change.letter)) {
    case "list":
      return changeList(turn, channel, change);
    case "member":
      return changeStatus(turn, channel, change);
    case "both":
      return changeKey(turn, channel, change);
    case "set":
      return changeLimit(turn, channel, change);
    default:
      return changeFlag(turn, channel, change);
  }
}

function changeFlag(turn: Turn, channel: Channel, change: ModeChange): ModeChange | null {
  const flag = change.letter as ChannelFlag;
  return turn.state.setChannelFlag(channel, flag, change.add) ? change : null;
}

function changeStatus(turn: Turn, channel: Channel, change: ModeChange): ModeChange | null {
  if (change.param === null) return null;
  const user = turn.user(change.param);
  if (user === null) return null;
  const membership = channel.members.get(user);
  if (membership === undefined) {
    const text = "They aren't on that channel";
    turn.reply(NUMERIC.ERR_USERNOTINCHANNEL, [user.nick, channel.name], text);
    return null;
  }
  const bit = STATUS_OF_LETTER.get(change.letter) ?? 0;
  const status = change.add ? membership.status | bit : membership.status & ~bit;
  if (status === membership.status) return null;
  membership.status = status;
  return { ...change, param: user.nick };
}

function changeKey(turn: Turn, channel: Channel, change: ModeChange): ModeChange | null {
  if (!change.add) {
    if (channel.userKey === null) return null;
    channel.userKey = null;
    // MODE always carries a parameter for k, but the old key concerns nobody.
    return { ...change, param: "*" };
  }
  const key = change.param;
  if (key === null || key === channel.userKey) return null;
  if (!isKey(key, turn.state.config.limits)) {
    return refuseChange(turn, channel, change, "Key is not well-formed");
  }
  channel.userKey = key;
  return change;
}

function changeLimit(turn: Turn, channel: Channel, change: ModeChange): ModeChange | null {
  if (!change.add) {
    if (channel.userLimit === null) return null;
    channel.userLimit = null;
    return change;
  }
  if (change.param === null) return null;
  const limit = /^\d{1,9}$/.test(change.param) ? Number(change.param) : 0;
  if (limit < 1) {
    return refuseChange(turn, channel, change, "Limit is not a positive number");
  }
  if (limit === channel.userLimit) return null;
  channel.userLimit = limit;
  return { ...change, param: `${limit}` };
}
