/**
 * Changes of channel modes: each letter is applied for itself, refused where it must be, and what really
 * changed is told to everyone on the channel.
 *
 * @module
 */

import { formatModes, type ModeChange, parseModes } from "../codec/irc_modes.ts";
import { NUMERIC } from "../codec/irc_numerics.ts";
import { replyRoom } from "../codec/irc_replies.ts";
import { utf8Length } from "../codec/utf8_length.ts";
import { type Channel, type ChannelFlag, type ListLetter, STATUS } from "./channel.ts";
import { changeList, sendList } from "./channel_lists.ts";
import { CHANNEL_MODE_KINDS, STATUS_OF_LETTER } from "./mode_letters.ts";
import { isKey } from "./names.ts";
import type { Turn } from "./turn.ts";
import { membersOf } from "./visibility.ts";

/** 324 (client, channel, modes, parameters) and 329 (client, channel, seconds since 1970). */
export function sendChannelModes(turn: Turn, channel: Channel): void {
  const { userKey, userLimit } = channel;
  const letters = [...channel.flags].sort().join("") + (userKey === null ? "" : "k") +
    (userLimit === null ? "" : "l");
  const params: string[] = [];
  // The key is for those who are inside.
  if (userKey !== null) params.push(channel.members.has(turn.client) ? userKey : "*");
  if (userLimit !== null) params.push(`${userLimit}`);
  turn.reply(NUMERIC.RPL_CHANNELMODEIS, [channel.name, `+${letters}`, ...params]);
  const seconds = `${Math.floor(channel.createdAt / 1000)}`;
  turn.reply(NUMERIC.RPL_CREATIONTIME, [channel.name, seconds]);
}

/** Applies the parameters of MODE after the channel. */
export function changeChannelModes(turn: Turn, channel: Channel, params: readonly string[]): void {
  const { limits } = turn.state.config;
  const applied: ModeChange[] = [];
  const complained = new Set<string>();
  let withParam = 0;
  for (const change of parseModes(params, CHANNEL_MODE_KINDS)) {
    const { letter, param } = change;
    const kind = CHANNEL_MODE_KINDS.get(letter);
    if (kind === undefined) {
      if (!complained.has(letter)) {
        turn.reply(NUMERIC.ERR_UNKNOWNMODE, [letter], "is unknown mode char to me");
      }
      complained.add(letter);
    } else if (kind === "list" && param === null) {
      if (!complained.has(letter)) sendList(turn, channel, letter as ListLetter);
      complained.add(letter);
    } else if (mayChange(turn, channel, complained)) {
      if (param !== null && ++withParam > limits.modes) continue;
      const done = apply(turn, channel, change);
      if (done !== null) applied.push(done);
    }
  }
  announce(turn, channel, applied);
}

/** Whether the client runs the channel; where not, it is told once with 442 or 482. */
function mayChange(turn: Turn, channel: Channel, complained: Set<string>): boolean {
  const membership = channel.members.get(turn.client);
  if (membership !== undefined && (membership.status & STATUS.operator) !== 0) return true;
  if (complained.has("privileges")) return false;
  complained.add("privileges");
  if (membership === undefined) {
    turn.reply(NUMERIC.ERR_NOTONCHANNEL, [channel.name], "You're not on that channel");
  } else {
    turn.reply(NUMERIC.ERR_CHANOPRIVSNEEDED, [channel.name], "You're not channel operator");
  }
  return false;
}

/** Applies one change; returns it as it is to be told, or null if nothing changed. */
function apply(turn: Turn, channel: Channel, change: ModeChange): ModeChange | null {
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
      return changeFlag(channel, change);
  }
}

function changeFlag(channel: Channel, change: ModeChange): ModeChange | null {
  const flag = change.letter as ChannelFlag;
  if (channel.flags.has(flag) === change.add) return null;
  if (change.add) channel.flags.add(flag);
  else channel.flags.delete(flag);
  return change;
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
    turn.reply(NUMERIC.ERR_INVALIDMODEPARAM, [channel.name, "k", "*"], "Key is not well-formed");
    return null;
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
    const text = "Limit is not a positive number";
    turn.reply(NUMERIC.ERR_INVALIDMODEPARAM, [channel.name, "l", change.param], text);
    return null;
  }
  if (limit === channel.userLimit) return null;
  channel.userLimit = limit;
  return { ...change, param: `${limit}` };
}

/** Sends MODE with all changes, on several lines where they do not fit into one. */
function announce(turn: Turn, channel: Channel, changes: readonly ModeChange[]): void {
  const room = replyRoom(`:${turn.client.source} MODE ${channel.name} `);
  let group: ModeChange[] = [];
  let used = 0;
  for (const change of changes) {
    // A sign, a letter, a space and the parameter.
    const needed = 3 + utf8Length(change.param ?? "");
    if (used + needed > room) {
      sendGroup(turn, channel, group);
      group = [];
      used = 0;
    }
    group.push(change);
    used += needed;
  }
  sendGroup(turn, channel, group);
}

function sendGroup(turn: Turn, channel: Channel, group: readonly ModeChange[]): void {
  if (group.length === 0) return;
  const line = turn.lineFrom(turn.client, "MODE", [channel.name, ...formatModes(group)]);
  turn.send(membersOf(channel), line);
}
