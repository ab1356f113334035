/**
 * PASS, NICK, USER and QUIT: from a connection to a user of the network and back. NICK and USER may
 * come in any order, CAP holds the registration open between them, PASS must come before the last of them.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { cutUtf8 } from "../../codec/utf8_length.ts";
import type { VerifyAction } from "../actions.ts";
import { forgetBans } from "../bans.ts";
import type { Client } from "../client.ts";
import { leaveNetwork, rememberUser } from "../departures.ts";
import { CHANNEL_MODES, PREFIX_LETTERS, USER_MODES } from "../mode_letters.ts";
import { fold, isNick, userName } from "../names.ts";
import type { Turn } from "../turn.ts";
import { peersOf } from "../visibility.ts";
import { sendIsupport, sendLusers, sendMotd } from "./server_info.ts";

/** `PASS password`: kept until the registration is otherwise complete. */
export function pass({ client }: Turn, { params }: IrcMessage): void {
  client.password = params[0] ?? "";
}

/** `NICK nickname`: 431, 432, 433 (client, nickname, text), or the new nickname to all who see it. */
export function nick(turn: Turn, { params }: IrcMessage): void {
  const { state, client } = turn;
  const wanted = params[0] ?? "";
  if (wanted === "") return turn.reply(NUMERIC.ERR_NONICKNAMEGIVEN, [], "No nickname given");
  if (!isNick(wanted, state.config.limits)) {
    return turn.reply(NUMERIC.ERR_ERRONEUSNICKNAME, [wanted], "Erroneous nickname");
  }
  const key = fold(wanted);
  const holder = state.nicks.get(key);
  if (holder !== undefined && holder !== client) {
    return turn.reply(NUMERIC.ERR_NICKNAMEINUSE, [wanted], "Nickname is already in use");
  }
  if (wanted === client.nick) return;
  if (client.registered) {
    turn.send([client, ...peersOf(state, client)], turn.lineFrom(client, "NICK", [], wanted));
    // A change of case is no farewell.
    if (key !== client.key) rememberUser(state, client, turn.env.now);
  }
  if (client.key !== "") state.nicks.delete(client.key);
  state.nicks.set(key, client);
  client.nick = wanted;
  client.key = key;
  if (client.registered) {
    setSource(client);
    forgetBans(client);
  }
  register(turn);
}

/** `USER name 0 * :real name`. */
export function user(turn: Turn, { params }: IrcMessage): void {
  const { limits } = turn.state.config;
  turn.client.user = userName(params[0] ?? "", limits);
  turn.client.realname = cutUtf8(params[3] ?? "", limits.realname);
  register(turn);
}

/** `QUIT [:reason]`: the others read "Quit: reason", the client gets ERROR. */
export function quit(turn: Turn, { params }: IrcMessage): void {
  const reason = cutUtf8(params[0] ?? "", turn.state.config.limits.reason);
  leaveNetwork(turn, [turn.client], `Quit: ${reason}`);
}

/** Completes the registration if everything is there, asking for the check of the password if one is due. */
export function register(turn: Turn): void {
  const { client } = turn;
  const { secret } = turn.state.config;
  if (client.registered || client.negotiating || client.awaiting !== null) return;
  if (client.key === "" || client.user === "") return;
  if (secret === null || client.admitted) return welcome(turn);
  if (client.password === null) return refuse(turn);
  const action: VerifyAction = {
    kind: "verify",
    client,
    operator: null,
    password: client.password,
    secret,
    label: null,
  };
  client.password = null;
  client.awaiting = action;
  turn.request(action);
}

/** Goes on after the check of the server password. */
export function admit(turn: Turn, accepted: boolean): void {
  if (!accepted) return refuse(turn);
  turn.client.admitted = true;
  register(turn);
}

function refuse(turn: Turn): void {
  turn.reply(NUMERIC.ERR_PASSWDMISMATCH, [], "Password incorrect");
  leaveNetwork(turn, [turn.client], "Bad password");
}

function welcome(turn: Turn): void {
  const { state, client } = turn;
  const { name, network, version } = state.config;
  client.registered = true;
  client.password = null;
  setSource(client);
  client.spokeAt = turn.env.now;
  const { census } = state;
  census.registered++;
  census.peak = Math.max(census.peak, census.registered);
  turn.reply(NUMERIC.RPL_WELCOME, [], `Welcome to the ${network} Network, ${client.source}`);
  turn.reply(NUMERIC.RPL_YOURHOST, [], `Your host is ${name}, running version ${version}`);
  const started = new Date(state.startedAt).toUTCString();
  turn.reply(NUMERIC.RPL_CREATED, [], `This server was created ${started}`);
  const channelModes = [...(CHANNEL_MODES + PREFIX_LETTERS).replaceAll(",", "")].sort().join("");
  turn.reply(NUMERIC.RPL_MYINFO, [name, version, USER_MODES, channelModes, "beIklov"]);
  sendIsupport(turn);
  sendLusers(turn);
  sendMotd(turn);
}

function setSource(client: Client): void {
  client.source = `${client.nick}!${client.user}@${client.host}`;
  client.foldedSource = fold(client.source);
}
