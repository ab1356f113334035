/**
 * Changes of channel modes: each letter is applied for itself, refused where it must be, and what really
 * changed is told to everyone on the channel.
 *
 * @module
 */

import { formatModes, type ModeChange, type ModeKind, parseModes } from "../codec/irc_modes.ts";
import { NUMERIC } from "../codec/irc_numerics.ts";
import { replyRoom } from "../codec/irc_replies.ts";
import { utf8Length } from "../codec/utf8_length.ts";
import { type Channel, type ListLetter, STATUS } from "./channel.ts";
import { sendList } from "./channel_lists.ts";
import { applyChange } from "./mode_changes.ts";
import { CHANNEL_MODE_KINDS } from "./mode_letters.ts";
import { refuseChange } from "./mode_refusal.ts";
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
  const tooMany = `Left out, with every parameter after it: at most ${limits.modes} in one MODE`;
  for (const change of parseModes(params, CHANNEL_MODE_KINDS)) {
    const { add, letter, param } = change;
    const kind = CHANNEL_MODE_KINDS.get(letter);
    if (kind === undefined) {
      if (!complained.has(letter)) {
        turn.reply(NUMERIC.ERR_UNKNOWNMODE, [letter], "is unknown mode char to me");
      }
      complained.add(letter);
    } else if (kind === "list" && !param) {
      // An empty mask is none, and must not become one for everybody.
      if (!complained.has(letter)) sendList(turn, channel, letter as ListLetter);
      complained.add(letter);
    } else if (mayChange(turn, channel, complained)) {
      if (param === null && needsParam(kind, add)) {
        if (!complained.has(letter)) refuseChange(turn, channel, change, "Parameter is missing");
        complained.add(letter);
        continue;
      }
      if (param !== null && ++withParam > limits.modes) {
        if (withParam === limits.modes + 1) refuseChange(turn, channel, change, tooMany);
        continue;
      }
      const done = applyChange(turn, channel, change);
      if (done !== null) applied.push(done);
    }
  }
  announce(turn, channel, applied);
}

/** Whether there is nothing to change without a parameter; the key can be removed without one. */
function needsParam(kind: ModeKind, add: boolean): boolean {
  return kind === "member" || (add && kind !== "flag");
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
