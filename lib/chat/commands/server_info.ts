/**
 * LUSERS, MOTD, VERSION, TIME, INFO, ADMIN, LINKS, PING and PONG: questions about the server. Each takes
 * an optional name, which must be this server or one of its users (else 402).
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { isTooLong } from "../line.ts";
import { matchesMask } from "../masks.ts";
import { fold } from "../names.ts";
import type { Turn } from "../turn.ts";
import { visibleChannels } from "../visibility.ts";
import { refuseLength } from "./command.ts";

/** `PING token`: PONG with the same token, 409 without one, 417 where a PONG cannot hold it. */
export function ping(turn: Turn, { params }: IrcMessage): void {
  const token = params[0] ?? "";
  if (token === "") return turn.reply(NUMERIC.ERR_NOORIGIN, [], "No origin specified");
  const { name } = turn.state.config;
  if (isTooLong(name, "PONG", name, token)) return refuseLength(turn);
  turn.tell("PONG", [name], token);
}

/** `PONG …`: the I/O layer has seen that the client lives; nothing is left to do. */
export function pong(): void {}

/** `LUSERS`: 251 to 255, 265 and 266. */
export function lusers(turn: Turn): void {
  sendLusers(turn);
}

/** The counts of users, operators, connections and channels; secret ones are counted for their members. */
export function sendLusers(turn: Turn): void {
  const { census, clients } = turn.state;
  const { registered, invisible, operators, peak } = census;
  const visible = registered - invisible;
  const unknown = clients.size - registered;
  turn.reply(
    NUMERIC.RPL_LUSERCLIENT,
    [],
    `There are ${visible} users and ${invisible} invisible on 1 servers`,
  );
  turn.reply(NUMERIC.RPL_LUSEROP, [`${operators}`], "operator(s) online");
  turn.reply(NUMERIC.RPL_LUSERUNKNOWN, [`${unknown}`], "unknown connection(s)");
  const channels = visibleChannels(turn.state, turn.client);
  turn.reply(NUMERIC.RPL_LUSERCHANNELS, [`${channels}`], "channels formed");
  turn.reply(NUMERIC.RPL_LUSERME, [], `I have ${registered} clients and 0 servers`);
  const counts = [`${registered}`, `${peak}`];
  const text = `users ${registered}, max ${peak}`;
  turn.reply(NUMERIC.RPL_LOCALUSERS, counts, `Current local ${text}`);
  turn.reply(NUMERIC.RPL_GLOBALUSERS, counts, `Current global ${text}`);
}

/** The tokens of 005. */
export function sendIsupport(turn: Turn): void {
  for (const tokens of turn.state.isupport) {
    turn.reply(NUMERIC.RPL_ISUPPORT, tokens, "are supported by this server");
  }
}

/** `MOTD [server]`: 375, 372 for each line, 376; or 422. */
export function motd(turn: Turn, { params }: IrcMessage): void {
  if (isHere(turn, params[0])) sendMotd(turn);
}

/** The message of the day. */
export function sendMotd(turn: Turn): void {
  const { name, motd } = turn.state.config;
  if (motd === null) return turn.reply(NUMERIC.ERR_NOMOTD, [], "MOTD File is missing");
  turn.reply(NUMERIC.RPL_MOTDSTART, [], `- ${name} Message of the day - `);
  for (const line of motd) turn.reply(NUMERIC.RPL_MOTD, [], `- ${line}`);
  turn.reply(NUMERIC.RPL_ENDOFMOTD, [], "End of /MOTD command.");
}

/** `VERSION [server]`: 351 (client, version, server, comment), then 005. */
export function version(turn: Turn, { params }: IrcMessage): void {
  if (!isHere(turn, params[0])) return;
  const { name, version, description } = turn.state.config;
  turn.reply(NUMERIC.RPL_VERSION, [version, name], description);
  sendIsupport(turn);
}

/** `TIME [server]`: 391 (client, server, seconds since 1970, offset, readable). */
export function time(turn: Turn, { params }: IrcMessage): void {
  if (!isHere(turn, params[0])) return;
  const { now } = turn.env;
  const seconds = `${Math.floor(now / 1000)}`;
  const readable = new Date(now).toUTCString();
  turn.reply(NUMERIC.RPL_TIME, [turn.state.config.name, seconds, "0"], readable);
}

/** `INFO [server]`: 371 for each line, 374. */
export function info(turn: Turn, { params }: IrcMessage): void {
  if (!isHere(turn, params[0])) return;
  const { version, description, network } = turn.state.config;
  const started = new Date(turn.state.startedAt).toUTCString();
  for (const text of [`${version}: ${description}`, `Network: ${network}`, `Started: ${started}`]) {
    turn.reply(NUMERIC.RPL_INFO, [], text);
  }
  turn.reply(NUMERIC.RPL_ENDOFINFO, [], "End of INFO list");
}

/** `ADMIN [server]`: 256 to 259, or 423 (client, server, text). */
export function admin(turn: Turn, { params }: IrcMessage): void {
  if (!isHere(turn, params[0])) return;
  const { name, admin } = turn.state.config;
  if (admin === null) {
    return turn.reply(NUMERIC.ERR_NOADMININFO, [name], "No administrative info available");
  }
  turn.reply(NUMERIC.RPL_ADMINME, [name], "Administrative info");
  turn.reply(NUMERIC.RPL_ADMINLOC1, [], admin[0]);
  turn.reply(NUMERIC.RPL_ADMINLOC2, [], admin[1]);
  turn.reply(NUMERIC.RPL_ADMINEMAIL, [], admin[2]);
}

/** `LINKS`: 364 (client, server, hub, hops and description) for this server alone, 365. */
export function links(turn: Turn): void {
  const { name, description } = turn.state.config;
  turn.reply(NUMERIC.RPL_LINKS, [name, name], `0 ${description}`);
  turn.reply(NUMERIC.RPL_ENDOFLINKS, ["*"], "End of /LINKS list");
}

/** Whether a question is meant for this server: no name, a mask that fits it, or one of its users. */
export function isHere(turn: Turn, target: string | undefined): boolean {
  if (target === undefined || target === "") return true;
  const { state } = turn;
  if (matchesMask(fold(target), fold(state.config.name)) || state.user(target)) return true;
  turn.reply(NUMERIC.ERR_NOSUCHSERVER, [target], "No such server");
  return false;
}
