/**
 * WHO, with the chosen fields of WHOX: the members of a channel, or the users that a mask fits.
 *
 * ```text
 * WHO #lobby               352 client #lobby user host server nick H@ :0 real name
 * WHO #lobby %tn,42        354 client 42 nick
 * ```
 *
 * Sources: https://modern.ircdocs.horse/#who-message, https://ircv3.net/specs/extensions/whox
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { CAP } from "../capabilities.ts";
import { type Channel, type Membership, statusPrefix } from "../channel.ts";
import type { Client } from "../client.ts";
import { type Effort, matchesMask } from "../masks.ts";
import { fold, looksLikeChannel } from "../names.ts";
import type { Turn } from "../turn.ts";
import { peersOf, seesChannel, seesUser } from "../visibility.ts";

/** The fields of WHOX in the order of the reply; the real name is last and is the text. */
const FIELD_ORDER = "tcuihsnfdlaor";

/** What the second parameter of WHO asks for. */
interface WhoOptions {
  readonly operatorsOnly: boolean;
  /** The fields of WHOX, or null for the usual reply: none was asked for, or none that there is. */
  readonly fields: string | null;
  readonly token: string;
}

/** `WHO [mask] [o][%fields[,token]]`: 352 or 354 for each user, then 315 (client, mask, text). */
export function who(turn: Turn, { params }: IrcMessage): void {
  const mask = params[0] || "*";
  const options = parseOptions(params[1] ?? "");
  if (looksLikeChannel(mask)) whoChannel(turn, mask, options);
  else whoMask(turn, mask, options);
  turn.reply(NUMERIC.RPL_ENDOFWHO, [mask], "End of WHO list");
}

function parseOptions(param: string): WhoOptions {
  const percent = param.indexOf("%");
  const flags = percent < 0 ? param : param.slice(0, percent);
  const [fields = "", token = ""] = percent < 0 ? [] : param.slice(percent + 1).split(",");
  return {
    operatorsOnly: flags.includes("o"),
    fields: [...fields].some((field) => FIELD_ORDER.includes(field)) ? fields : null,
    token: /^\d{1,3}$/.test(token) ? token : "0",
  };
}

function whoChannel(turn: Turn, name: string, options: WhoOptions): void {
  const channel = turn.state.channel(name);
  if (channel === undefined || !seesChannel(turn.client, channel)) return;
  const inside = channel.members.has(turn.client);
  turn.look(channel.members.size);
  for (const [user, membership] of channel.members) {
    if (options.operatorsOnly && !user.modes.has("o")) continue;
    if (inside || seesUser(turn.client, user)) sendUser(turn, user, options, channel, membership);
  }
}

/** A nickname finds its user; a mask finds those whom the client may see, up to a limit. */
function whoMask(turn: Turn, mask: string, options: WhoOptions): void {
  const { state, client } = turn;
  const exact = state.user(mask);
  if (exact !== undefined) {
    if (!options.operatorsOnly || exact.modes.has("o")) sendUser(turn, exact, options);
    return;
  }
  const folded = mask === "0" ? "*" : fold(mask);
  const fitsServer = matchesMask(folded, fold(state.config.name), turn);
  let left = state.config.limits.queryReplies;
  for (const channel of client.channels.keys()) turn.look(channel.members.size);
  const peers = new Set(peersOf(state, client));
  for (const user of state.nicks.values()) {
    turn.look(1);
    if (!user.registered || (options.operatorsOnly && !user.modes.has("o"))) continue;
    if (user !== client && user.modes.has("i") && !peers.has(user)) continue;
    const found = fitsServer || fits(folded, user, turn);
    if (turn.isExhausted || (found && left-- === 0)) {
      const text = "Too many users, ask for fewer";
      return turn.reply(NUMERIC.ERR_TOOMANYMATCHES, ["WHO", mask], text);
    }
    if (!found) continue;
    sendUser(turn, user, options);
  }
}

/** Whether a mask fits a user. All is folded already: done for each user anew, that would be most of the work. */
function fits(mask: string, user: Client, effort: Effort): boolean {
  const { key, foldedSource, foldedRealname } = user;
  const at = foldedSource.lastIndexOf("@");
  const name = foldedSource.slice(key.length + 1, at);
  const host = foldedSource.slice(at + 1);
  const texts = [key, name, host, foldedRealname, foldedSource];
  return texts.some((text) => matchesMask(mask, text, effort));
}

function sendUser(
  turn: Turn,
  user: Client,
  options: WhoOptions,
  channel?: Channel,
  membership?: Membership,
): void {
  const server = turn.state.config.name;
  const place = channel?.name ?? "*";
  const flags = whoFlags(turn.client, user, membership);
  const { user: name, host, nick, realname } = user;
  if (options.fields === null) {
    const params = [place, name, host, server, nick, flags];
    return turn.reply(NUMERIC.RPL_WHOREPLY, params, `0 ${realname}`);
  }
  const idle = Math.floor((turn.env.now - user.spokeAt) / 1000);
  const values: Readonly<Record<string, string>> = {
    t: options.token,
    c: place,
    u: name,
    i: host,
    h: host,
    s: server,
    n: nick,
    f: flags,
    d: "0",
    l: `${idle}`,
    // Nobody has an account, and there are no levels of channel operators.
    a: "0",
    o: "n/a",
  };
  const wanted = [...FIELD_ORDER].filter((field) => options.fields?.includes(field));
  const params = wanted.map((field) => values[field]).filter((value) => value !== undefined);
  turn.reply(NUMERIC.RPL_WHOSPCRPL, params, wanted.includes("r") ? realname : undefined);
}

/** Here or gone, operator, status on the channel, bot: in this order. */
function whoFlags(asker: Client, user: Client, membership?: Membership): string {
  const here = user.away === null ? "H" : "G";
  const operator = user.modes.has("o") ? "*" : "";
  const prefix = statusPrefix(membership?.status ?? 0, asker.has(CAP.multiPrefix));
  return here + operator + prefix + (user.modes.has("B") ? "B" : "");
}
