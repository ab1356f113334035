/**
 * NAMES and LIST: who is on a channel, and which channels there are.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { packWords, replyRoom } from "../../codec/irc_replies.ts";
import { CAP } from "../capabilities.ts";
import { type Channel, statusPrefix } from "../channel.ts";
import { isPlainName, parseListFilter } from "../list_filter.ts";
import type { Turn } from "../turn.ts";
import { seesChannel, seesUser, visibleMembers } from "../visibility.ts";
import { listOf, refuseTarget } from "./command.ts";

/** `NAMES channel{,channel}`: 353 and 366 for each, 407 beyond TARGMAX; without a channel only 366 for `*`. */
export function names(turn: Turn, { params }: IrcMessage): void {
  const { state, client } = turn;
  const wanted = listOf(params[0] ?? "");
  if (wanted.length === 0) return endNames(turn, "*");
  for (const [index, name] of wanted.entries()) {
    const channel = state.channel(name);
    if (index >= state.config.limits.targets) refuseTarget(turn, name);
    else if (channel !== undefined && seesChannel(client, channel)) sendNames(turn, channel);
    else endNames(turn, name);
  }
}

/** 353 (client, symbol, channel, names) as often as needed, then 366. Linear in the members. */
export function sendNames(turn: Turn, channel: Channel): void {
  const { client, state } = turn;
  const symbol = channel.flags.has("s") ? "@" : "=";
  const start = `:${state.config.name} 353 ${client.nick} ${symbol} ${channel.name} :`;
  for (const text of packWords(memberNames(turn, channel), replyRoom(start))) {
    turn.reply(NUMERIC.RPL_NAMREPLY, [symbol, channel.name], text);
  }
  endNames(turn, channel.name);
}

function memberNames(turn: Turn, channel: Channel): string[] {
  const { client } = turn;
  const allPrefixes = client.has(CAP.multiPrefix);
  const sources = client.has(CAP.userhostInNames);
  const inside = channel.members.has(client);
  const found: string[] = [];
  turn.look(channel.members.size);
  for (const { client: member, status } of channel.members.values()) {
    if (!inside && !seesUser(client, member)) continue;
    found.push(statusPrefix(status, allPrefixes) + (sources ? member.source : member.nick));
  }
  return found;
}

function endNames(turn: Turn, name: string): void {
  turn.reply(NUMERIC.RPL_ENDOFNAMES, [name], "End of /NAMES list");
}

/**
 * `LIST [channels] [conditions]`: 321, 322 (client, channel, members, topic) for each channel, 323. Names are
 * as many as fit; what every channel has to be compared with is limited as targets are: 407.
 */
export function list(turn: Turn, { params }: IrcMessage): void {
  const { state, client, env } = turn;
  const { limits } = state.config;
  let comparisons = 0;
  const conditions = params.flatMap(listOf).filter((condition) => {
    if (isPlainName(condition) || ++comparisons <= limits.targets) return true;
    refuseTarget(turn, condition);
    return false;
  });
  const filter = parseListFilter(conditions, env.now, turn);
  let left = limits.queryReplies;
  turn.reply(NUMERIC.RPL_LISTSTART, ["Channel"], "Users  Name");
  for (const channel of state.channels.values()) {
    turn.look(1);
    const count = visibleMembers(client, channel);
    const fits = seesChannel(client, channel) && filter(channel, count);
    if (turn.isExhausted || (fits && left-- === 0)) {
      turn.reply(NUMERIC.ERR_TOOMANYMATCHES, ["LIST"], "Too many channels, ask for fewer");
      break;
    }
    if (!fits) continue;
    const { name, topic } = channel;
    turn.reply(NUMERIC.RPL_LIST, [name, `${count}`], topic?.text ?? "");
  }
  turn.reply(NUMERIC.RPL_LISTEND, [], "End of /LIST");
}
