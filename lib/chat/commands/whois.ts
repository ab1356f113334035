/**
 * WHOIS, WHOWAS, USERHOST and ISON: questions about users whose nickname is known.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { packWords, replyRoom } from "../../codec/irc_replies.ts";
import { CAP } from "../capabilities.ts";
import { statusPrefix } from "../channel.ts";
import type { Client } from "../client.ts";
import { fold } from "../names.ts";
import type { Turn } from "../turn.ts";
import { isHere } from "./server_info.ts";

/** Nicknames that one USERHOST answers (RFC 2812 section 4.8). */
const USERHOST_NICKS = 5;

/** `WHOIS [server] nick`: 311, 319, 312, 301, 313, 335, 671, 317, 318; or 401 and 318. */
export function whois(turn: Turn, { params }: IrcMessage): void {
  if (params.length > 1 && !isHere(turn, params[0])) return;
  const wanted = (params.length > 1 ? params[1] : params[0]) ?? "";
  if (wanted === "") return turn.reply(NUMERIC.ERR_NONICKNAMEGIVEN, [], "No nickname given");
  const user = turn.user(wanted.split(",")[0] ?? "");
  if (user !== null) describe(turn, user);
  turn.reply(NUMERIC.RPL_ENDOFWHOIS, [wanted], "End of /WHOIS list");
}

function describe(turn: Turn, user: Client): void {
  const { name, description, network } = turn.state.config;
  const { nick } = user;
  turn.reply(NUMERIC.RPL_WHOISUSER, [nick, user.user, user.host, "*"], user.realname);
  sendChannels(turn, user);
  turn.reply(NUMERIC.RPL_WHOISSERVER, [nick, name], description);
  if (user.away !== null) turn.reply(NUMERIC.RPL_AWAY, [nick], user.away);
  if (user.modes.has("o")) turn.reply(NUMERIC.RPL_WHOISOPERATOR, [nick], "is an IRC operator");
  if (user.modes.has("B")) turn.reply(NUMERIC.RPL_WHOISBOT, [nick], `is a Bot on ${network}`);
  if (user.secure) turn.reply(NUMERIC.RPL_WHOISSECURE, [nick], "is using a secure connection");
  const idle = `${Math.floor((turn.env.now - user.spokeAt) / 1000)}`;
  const since = `${Math.floor(user.connectedAt / 1000)}`;
  turn.reply(NUMERIC.RPL_WHOISIDLE, [nick, idle, since], "seconds idle, signon time");
}

/** The channels of a user: common ones always, others unless the channel or the user hides. */
function sendChannels(turn: Turn, user: Client): void {
  const { client, state } = turn;
  const open = client === user || !user.modes.has("i");
  const names: string[] = [];
  for (const [channel, { status }] of user.channels) {
    if (!channel.members.has(client) && (!open || channel.flags.has("s"))) continue;
    names.push(statusPrefix(status, client.has(CAP.multiPrefix)) + channel.name);
  }
  const room = replyRoom(`:${state.config.name} 319 ${client.nick} ${user.nick} :`);
  for (const text of packWords(names, room)) {
    turn.reply(NUMERIC.RPL_WHOISCHANNELS, [user.nick], text);
  }
}

/** `WHOWAS nick [count]`: 314 and 312 for each time, the latest first, or 406; then 369. */
export function whowas(turn: Turn, { params }: IrcMessage): void {
  const nick = params[0] ?? "";
  if (nick === "") return turn.reply(NUMERIC.ERR_NONICKNAMEGIVEN, [], "No nickname given");
  const { whowas, config } = turn.state;
  const count = Number(params[1] ?? 0);
  const key = fold(nick);
  const all = whowas.newestFirst().filter((user) => user.key === key);
  const found = count > 0 ? all.slice(0, count) : all;
  for (const user of found) {
    turn.reply(NUMERIC.RPL_WHOWASUSER, [user.nick, user.user, user.host, "*"], user.realname);
    const left = new Date(user.leftAt).toUTCString();
    turn.reply(NUMERIC.RPL_WHOISSERVER, [user.nick, config.name], left);
  }
  if (found.length === 0) {
    turn.reply(NUMERIC.ERR_WASNOSUCHNICK, [nick], "There was no such nickname");
  }
  turn.reply(NUMERIC.RPL_ENDOFWHOWAS, [nick], "End of WHOWAS");
}

/** `USERHOST nick {nick}`: one 302 with `nick[*]=+user@host` for each that is here, `-` if away. */
export function userhost(turn: Turn, { params }: IrcMessage): void {
  const found = params.slice(0, USERHOST_NICKS).flatMap((nick) => {
    const user = turn.state.user(nick);
    if (user === undefined) return [];
    const operator = user.modes.has("o") ? "*" : "";
    const here = user.away === null ? "+" : "-";
    return [`${user.nick}${operator}=${here}${user.user}@${user.host}`];
  });
  replyWords(turn, NUMERIC.RPL_USERHOST, found);
}

/** `ISON nick {nick}`: one 303 with those that are here. */
export function ison(turn: Turn, { params }: IrcMessage): void {
  const nicks = params.flatMap((param) => param.split(" "));
  const found = nicks.flatMap((nick) => turn.state.user(nick)?.nick ?? []);
  replyWords(turn, NUMERIC.RPL_ISON, found);
}

/** One reply with as many of the words as fit into its line, which is all that RFC 2812 section 4.9 promises. */
function replyWords(turn: Turn, numeric: string, words: readonly string[]): void {
  const room = replyRoom(`:${turn.state.config.name} ${numeric} ${turn.client.nick} :`);
  turn.reply(numeric, [], packWords(words, room)[0] ?? "");
}
