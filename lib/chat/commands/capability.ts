/**
 * CAP: which capabilities there are, which are in use, and changes of that.
 *
 * ```text
 * CAP LS 302        CAP * LS :away-notify batch …
 * CAP REQ :batch    CAP * ACK :batch            all of the list, or NAK and none of it
 * CAP END
 * ```
 *
 * Source: https://ircv3.net/specs/extensions/capability-negotiation
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { packWords, replyRoom } from "../../codec/irc_replies.ts";
import { utf8Length } from "../../codec/utf8_length.ts";
import { CAP, CAPABILITIES } from "../capabilities.ts";
import type { Client } from "../client.ts";
import { formatBody, Line } from "../line.ts";
import type { Turn } from "../turn.ts";
import { register } from "./registration.ts";

/** The version of CAP that brings cap-notify and continuation lines. */
const VERSION_302 = 302;

/** `CAP subcommand [:capabilities]`: 410 (client, subcommand, text) for unknown subcommands. */
export function cap(turn: Turn, { params }: IrcMessage): void {
  const { client } = turn;
  const subcommand = (params[0] ?? "").toUpperCase();
  switch (subcommand) {
    case "LS":
      return list(turn, params[1]);
    case "LIST":
      return sendCapabilities(turn, "LIST", namesOf(client.caps), client.capVersion);
    case "REQ":
      return request(turn, params[1] ?? "");
    case "END":
      client.negotiating = false;
      return register(turn);
    default:
      turn.reply(NUMERIC.ERR_INVALIDCAPCMD, [params[0] ?? ""], "Invalid CAP command");
  }
}

function list(turn: Turn, versionParam: string | undefined): void {
  const { client } = turn;
  const version = Number(versionParam ?? 0) || 0;
  client.negotiating = !client.registered;
  client.capVersion = Math.max(client.capVersion, version);
  if (version >= VERSION_302) client.caps |= CAP.capNotify;
  sendCapabilities(turn, "LS", [...CAPABILITIES.keys()], version);
}

function request(turn: Turn, list: string): void {
  const { client } = turn;
  client.negotiating = !client.registered;
  const wanted = changedCaps(client, list.split(" ").filter((name) => name !== ""));
  const verdict = wanted === null ? "NAK" : "ACK";
  // The answer repeats the list as it was asked for. It has no time, which may not be sent before ACK.
  const { name } = turn.state.config;
  const room = replyRoom(`:${name} CAP ${client.nick} ${verdict} :`);
  const asked = list.trim();
  const texts = utf8Length(asked) <= room ? [asked] : packWords(asked.split(/ +/), room);
  for (const text of texts) {
    const body = formatBody(name, "CAP", [client.nick, verdict], text);
    turn.send([client], new Line(body, null));
  }
  if (wanted !== null) client.caps = wanted;
}

/** The capabilities after all changes of a list, or null if one of them cannot be made. */
function changedCaps(client: Client, names: readonly string[]): number | null {
  let caps = client.caps;
  for (const name of names) {
    const remove = name.startsWith("-");
    const bit = CAPABILITIES.get(remove ? name.slice(1) : name);
    if (bit === undefined) return null;
    // Version 302 includes cap-notify for good.
    if (remove && bit === CAP.capNotify && client.capVersion >= VERSION_302) return null;
    caps = remove ? caps & ~bit : caps | bit;
  }
  return caps;
}

function namesOf(caps: number): string[] {
  return [...CAPABILITIES].filter(([, bit]) => (caps & bit) !== 0).map(([name]) => name);
}

function sendCapabilities(
  turn: Turn,
  subcommand: string,
  names: readonly string[],
  version: number,
): void {
  const { nick } = turn.client;
  const room = replyRoom(`:${turn.state.config.name} CAP ${nick} ${subcommand} * :`);
  const texts = version >= VERSION_302 ? packWords(names, room) : [names.join(" ")];
  const last = texts.pop() ?? "";
  for (const text of texts) turn.tell("CAP", [nick, subcommand, "*"], text);
  turn.tell("CAP", [nick, subcommand], last);
}
