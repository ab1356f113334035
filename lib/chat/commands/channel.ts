/**
 * PART, TOPIC, KICK and INVITE.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { cutUtf8 } from "../../codec/utf8_length.ts";
import { CAP } from "../capabilities.ts";
import { type Channel, type Membership, STATUS } from "../channel.ts";
import type { Client } from "../client.ts";
import type { Turn } from "../turn.ts";
import { membersOf } from "../visibility.ts";
import { listOf, refuseTarget } from "./command.ts";

/** `PART channel{,channel} [:reason]`: 403 or 442 for each channel where the client is not. */
export function part(turn: Turn, { params }: IrcMessage): void {
  const reason = cutUtf8(params[1] ?? "", turn.state.config.limits.reason);
  for (const name of listOf(params[0] ?? "")) {
    const membership = turn.membership(name);
    if (membership !== null) leave(turn, membership, reason);
  }
}

/** Takes a client off a channel and tells everyone on it. */
export function leave(turn: Turn, membership: Membership, reason = ""): void {
  const { client, channel } = membership;
  const text = reason === "" ? undefined : reason;
  turn.send(membersOf(channel), turn.lineFrom(client, "PART", [channel.name], text));
  turn.state.part(membership);
}

/** `TOPIC channel [:topic]`: 332 and 333, or 331; with a text, 482 or TOPIC to all members. */
export function topic(turn: Turn, { params }: IrcMessage, membership: Membership | null): void {
  if (membership === null) return;
  const { channel } = membership;
  const given = params[1];
  if (given === undefined) {
    if (channel.topic !== null) return sendTopic(turn, channel);
    return turn.reply(NUMERIC.RPL_NOTOPIC, [channel.name], "No topic is set");
  }
  if (channel.flags.has("t") && !isOperator(turn, membership)) return;
  const { limits } = turn.state.config;
  const text = cutUtf8(given, limits.topic);
  if (text !== given) {
    turn.warn("TOPIC", "TOPIC_TRUNCATED", [channel.name], `Topic cut to ${limits.topic} bytes`);
  }
  const setBy = turn.client.nick;
  channel.topic = text === "" ? null : { text, setBy, setAt: turn.env.now };
  turn.send(membersOf(channel), turn.lineFrom(turn.client, "TOPIC", [channel.name], text));
}

/** 332 (client, channel, topic) and 333 (client, channel, who, seconds since 1970), if there is a topic. */
export function sendTopic(turn: Turn, { name, topic }: Channel): void {
  if (topic === null) return;
  turn.reply(NUMERIC.RPL_TOPIC, [name], topic.text);
  const seconds = `${Math.floor(topic.setAt / 1000)}`;
  turn.reply(NUMERIC.RPL_TOPICWHOTIME, [name, topic.setBy, seconds]);
}

/** `KICK channel{,channel} nick{,nick} [:comment]`: one channel for all, or one for each; 407. */
export function kick(turn: Turn, { params }: IrcMessage): void {
  const { limits } = turn.state.config;
  const channels = (params[0] ?? "").split(",");
  const nicks = (params[1] ?? "").split(",");
  // RFC 2812 section 3.2.8: the default comment is the nickname of who kicks.
  const comment = cutUtf8(params[2] || turn.client.nick, limits.kick);
  nicks.forEach((nick, index) => {
    const name = channels.length === 1 ? channels[0] : channels[index];
    if (index >= limits.targets) refuseTarget(turn, nick);
    else if (name && nick !== "") kickOne(turn, name, nick, comment);
  });
}

function kickOne(turn: Turn, name: string, nick: string, comment: string): void {
  const membership = turn.membership(name);
  if (membership === null || !isOperator(turn, membership)) return;
  const { channel } = membership;
  const user = turn.user(nick);
  if (user === null) return;
  const target = channel.members.get(user);
  if (target === undefined) {
    const text = "They aren't on that channel";
    return turn.reply(NUMERIC.ERR_USERNOTINCHANNEL, [user.nick, channel.name], text);
  }
  const line = turn.lineFrom(turn.client, "KICK", [channel.name, user.nick], comment);
  turn.send(membersOf(channel), line);
  turn.state.part(target);
}

/** `INVITE nick channel`: 341 (client, nick, channel); without parameters 336 for each invitation, 337. */
export function invite(turn: Turn, { params }: IrcMessage, membership: Membership | null): void {
  if (params.length === 0) return sendInvitations(turn);
  if (membership === null) {
    return turn.reply(NUMERIC.ERR_NEEDMOREPARAMS, ["INVITE"], "Not enough parameters");
  }
  const { channel } = membership;
  if (channel.flags.has("i") && !isOperator(turn, membership)) return;
  const user = turn.user(params[0] ?? "");
  if (user === null) return;
  if (channel.members.has(user)) {
    const text = "is already on channel";
    return turn.reply(NUMERIC.ERR_USERONCHANNEL, [user.nick, channel.name], text);
  }
  keepInvitation(user, membership, turn.state.config.limits.invites);
  turn.reply(NUMERIC.RPL_INVITING, [user.nick, channel.name]);
  if (user.away !== null) turn.reply(NUMERIC.RPL_AWAY, [user.nick], user.away);
  const line = turn.lineFrom(turn.client, "INVITE", [user.nick], channel.name);
  turn.send([user], line, true);
  turn.send(membersOf(channel, CAP.inviteNotify, turn.client), line);
}

/** Remembers an invitation by a member; one by an operator stays one (RFC 2812 section 3.2.7). */
function keepInvitation(user: Client, { channel, status }: Membership, capacity: number): void {
  for (const invited of user.invites.keys()) {
    if (!invited.alive) user.invites.delete(invited);
  }
  const byOperator = (status & STATUS.operator) !== 0 || user.invites.get(channel) === true;
  user.invites.delete(channel);
  user.invites.set(channel, byOperator);
  const [oldest] = user.invites.keys();
  if (user.invites.size > capacity && oldest !== undefined) user.invites.delete(oldest);
}

function sendInvitations(turn: Turn): void {
  for (const channel of turn.client.invites.keys()) {
    if (channel.alive) turn.reply(NUMERIC.RPL_INVITELIST, [channel.name]);
  }
  turn.reply(NUMERIC.RPL_ENDOFINVITELIST, [], "End of /INVITE list");
}

/** Whether the member runs the channel; where not, it is told with 482. */
function isOperator(turn: Turn, { status, channel }: Membership): boolean {
  if ((status & STATUS.operator) !== 0) return true;
  turn.reply(NUMERIC.ERR_CHANOPRIVSNEEDED, [channel.name], "You're not channel operator");
  return false;
}
