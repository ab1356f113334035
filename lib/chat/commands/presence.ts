/**
 * AWAY and SETNAME: what a user says about itself.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { cutUtf8, utf8Length } from "../../codec/utf8_length.ts";
import { CAP } from "../capabilities.ts";
import type { Turn } from "../turn.ts";
import { peersOf } from "../visibility.ts";

/** `AWAY [:text]`: 306, or 305 without a text; AWAY to those who asked for away-notify, if it is news. */
export function away(turn: Turn, { params }: IrcMessage): void {
  const { state, client } = turn;
  const text = cutUtf8(params[0] ?? "", state.config.limits.away);
  const before = client.away;
  client.away = text === "" ? null : text;
  if (client.away === null) {
    turn.reply(NUMERIC.RPL_UNAWAY, [], "You are no longer marked as being away");
  } else {
    turn.reply(NUMERIC.RPL_NOWAWAY, [], "You have been marked as being away");
  }
  if (client.away === before) return;
  const watchers = peersOf(state, client, CAP.awayNotify);
  turn.send(watchers, turn.lineFrom(client, "AWAY", [], client.away ?? undefined));
}

/** `SETNAME :real name`: SETNAME to those who negotiated it; 461, FAIL where the name is empty or too long. */
export function setname(turn: Turn, { params }: IrcMessage): void {
  const { state, client } = turn;
  const name = params[0];
  if (name === undefined) {
    return turn.reply(NUMERIC.ERR_NEEDMOREPARAMS, ["SETNAME"], "Not enough parameters");
  }
  if (name.trim() === "" || utf8Length(name) > state.config.limits.realname) {
    return turn.fail("SETNAME", "INVALID_REALNAME", [], "Realname is not valid");
  }
  client.realname = name;
  const watchers = peersOf(state, client, CAP.setname);
  if (client.has(CAP.setname)) watchers.push(client);
  turn.send(watchers, turn.lineFrom(client, "SETNAME", [], name));
}
