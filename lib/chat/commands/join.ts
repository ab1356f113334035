/**
 * JOIN: who may enter a channel, who is told, and what the newcomer learns.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { isBanned } from "../bans.ts";
import { CAP } from "../capabilities.ts";
import type { Channel, Membership } from "../channel.ts";
import type { Client } from "../client.ts";
import { isChannelName } from "../names.ts";
import type { Turn } from "../turn.ts";
import { membersOf } from "../visibility.ts";
import { leave, sendTopic } from "./channel.ts";
import { refuseTarget } from "./command.ts";
import { sendNames } from "./names.ts";

/** `JOIN channel{,channel} [key{,key}]`, or `JOIN 0` to leave all channels; 407 where the lists of many are long. */
export function join(turn: Turn, { params }: IrcMessage): void {
  if (params[0] === "0") {
    for (const membership of [...turn.client.channels.values()]) leave(turn, membership);
    return;
  }
  const keys = (params[1] ?? "").split(",");
  (params[0] ?? "").split(",").forEach((name, index) => {
    if (name === "") return;
    // A line has room for 160 channels, each with hundreds of masks to compare.
    if (turn.isExhausted) refuseTarget(turn, name);
    else joinOne(turn, name, keys[index] ?? "");
  });
}

function joinOne(turn: Turn, name: string, key: string): void {
  const { state, client } = turn;
  const { limits } = state.config;
  if (!isChannelName(name, limits)) {
    return turn.reply(NUMERIC.ERR_NOSUCHCHANNEL, [name], "No such channel");
  }
  const channel = state.channel(name);
  if (channel?.members.has(client)) return;
  if (client.channels.size >= limits.channels) {
    const text = "You have joined too many channels";
    return turn.reply(NUMERIC.ERR_TOOMANYCHANNELS, [name], text);
  }
  const obstacle = channel === undefined ? null : findObstacle(turn, channel, key);
  if (obstacle !== null) {
    const [numeric, mode] = obstacle;
    return turn.reply(numeric, [channel?.name ?? name], `Cannot join channel (+${mode})`);
  }
  const membership = state.join(client, name, turn.env.now);
  client.invites.delete(membership.channel);
  announce(turn, membership);
  sendTopic(turn, membership.channel);
  sendNames(turn, membership.channel);
}

/** The numeric and the mode that keep a client out, or null; only +i is lifted by an operator's invitation. */
function findObstacle(turn: Turn, channel: Channel, key: string): [string, string] | null {
  const { client } = turn;
  if (isBanned(channel, client, turn)) return [NUMERIC.ERR_BANNEDFROMCHAN, "b"];
  const isInvited = (): boolean =>
    client.invites.get(channel) === true || channel.lists.I.matches(client.foldedSource, turn);
  if (channel.flags.has("i") && !isInvited()) return [NUMERIC.ERR_INVITEONLYCHAN, "i"];
  if (channel.userKey !== null && channel.userKey !== key) return [NUMERIC.ERR_BADCHANNELKEY, "k"];
  if (channel.userLimit !== null && channel.members.size >= channel.userLimit) {
    return [NUMERIC.ERR_CHANNELISFULL, "l"];
  }
  return null;
}

/** One JOIN in two forms, each to those who asked for it, and AWAY where that is news. */
function announce(turn: Turn, { channel, client }: Membership): void {
  const extended: Client[] = [];
  const plain: Client[] = [];
  for (const member of channel.members.keys()) {
    (member.has(CAP.extendedJoin) ? extended : plain).push(member);
  }
  turn.send(plain, turn.lineFrom(client, "JOIN", [channel.name]));
  // The account is * as long as there are no accounts.
  turn.send(extended, turn.lineFrom(client, "JOIN", [channel.name, "*"], client.realname));
  if (client.away !== null) {
    const watchers = membersOf(channel, CAP.awayNotify, client);
    turn.send(watchers, turn.lineFrom(client, "AWAY", [], client.away));
  }
}
