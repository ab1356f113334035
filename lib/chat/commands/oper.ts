/**
 * OPER, KILL, WALLOPS and REHASH: what operators of the server do.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { cutUtf8 } from "../../codec/utf8_length.ts";
import type { VerifyAction } from "../actions.ts";
import { CAP } from "../capabilities.ts";
import { leaveNetwork } from "../departures.ts";
import { matchesMask } from "../masks.ts";
import { fold } from "../names.ts";
import type { Turn } from "../turn.ts";
import { sendUserModes } from "./mode.ts";

/** `OPER name password`: 381 and MODE +o once the password is checked; 464, or 491 from a wrong host. */
export function oper(turn: Turn, { params }: IrcMessage): void {
  const { client, state } = turn;
  const [name = "", password = ""] = params;
  if (client.awaiting !== null) return;
  const operator = state.config.operators.find((operator) => operator.name === name);
  const from = fold(`${client.user}@${client.host}`);
  if (operator !== undefined && !operator.hosts.some((mask) => matchesMask(fold(mask), from))) {
    return turn.reply(NUMERIC.ERR_NOOPERHOST, [], "No O-lines for your host");
  }
  const { label } = turn;
  const secret = operator?.secret ?? null;
  const action: VerifyAction = { kind: "verify", client, operator: name, password, secret, label };
  client.awaiting = action;
  // The answer comes later, and the label with it.
  turn.label = null;
  turn.request(action);
}

/** Goes on after the check of an operator's password. */
export function finishOper(turn: Turn, accepted: boolean): void {
  const { client, state } = turn;
  if (accepted) {
    client.operFailures = 0;
    turn.reply(NUMERIC.RPL_YOUREOPER, [], "You are now an IRC operator");
    if (state.setUserMode(client, "o", true)) sendUserModes(turn, "+o");
    return;
  }
  turn.reply(NUMERIC.ERR_PASSWDMISMATCH, [], "Password incorrect");
  if (++client.operFailures >= state.config.limits.operAttempts) {
    leaveNetwork(turn, [client], "Too many wrong passwords");
  }
}

/** `KILL nick [:comment]`: KILL and ERROR to the user, QUIT to the others; 401, 483. */
export function kill(turn: Turn, { params }: IrcMessage): void {
  const { client, state } = turn;
  const [nick = "", given = ""] = params;
  if (fold(nick) === fold(state.config.name)) {
    return turn.reply(NUMERIC.ERR_CANTKILLSERVER, [], "You cant kill a server!");
  }
  const user = turn.user(nick);
  if (user === null) return;
  const comment = cutUtf8(given || "No reason given", state.config.limits.kick);
  turn.send([user], turn.lineFrom(client, "KILL", [user.nick], comment));
  leaveNetwork(turn, [user], `Killed (${client.nick} (${comment}))`);
}

/** `WALLOPS :text`: to everyone with +w. */
export function wallops(turn: Turn, { params }: IrcMessage): void {
  const readers = [...turn.state.clients].filter((client) => client.modes.has("w"));
  turn.send(readers, turn.lineFrom(turn.client, "WALLOPS", [], params[0] ?? ""));
}

/** `REHASH`: 382 (client, file, text) and what came of it, when the file is read. */
export function rehash(turn: Turn): void {
  const { client, label } = turn;
  // The answer comes later, in one piece, and the label with it.
  turn.label = null;
  turn.request({ kind: "rehash", client, label });
}

/** Goes on after the configuration was read: NOTE or FAIL, or NOTICE to those who do not understand them. */
export function reportRehash(turn: Turn, failure: Error | null): void {
  const { client, state } = turn;
  turn.reply(NUMERIC.RPL_REHASHING, [state.config.configFile], "Rehashing");
  const [verb, code, text] = failure === null
    ? ["NOTE", "REHASHED", "The new configuration is in force"]
    : ["FAIL", "CONFIG_BAD", oneLine(failure.message)];
  if (client.has(CAP.standardReplies)) turn.tell(verb, ["REHASH", code], text);
  else turn.tell("NOTICE", [client.nick], text);
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
