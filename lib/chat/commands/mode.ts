/**
 * MODE: the modes of the client itself and of channels.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { formatModes, type ModeChange, parseModes } from "../../codec/irc_modes.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { changeChannelModes, sendChannelModes } from "../channel_modes.ts";
import type { Client, UserMode } from "../client.ts";
import { USER_MODES } from "../mode_letters.ts";
import { fold, looksLikeChannel } from "../names.ts";
import type { Turn } from "../turn.ts";

/** `MODE target [modes {parameter}]`. */
export function mode(turn: Turn, { params }: IrcMessage): void {
  const [target = "", ...changes] = params;
  if (!looksLikeChannel(target)) return userMode(turn, target, changes);
  const channel = turn.visibleChannel(target);
  if (channel === null) return;
  if (changes.length === 0) sendChannelModes(turn, channel);
  else changeChannelModes(turn, channel, changes);
}

/** 221 (client, modes); with modes MODE with what changed; 401, 501, 502. */
function userMode(turn: Turn, target: string, params: readonly string[]): void {
  const { client } = turn;
  if (fold(target) !== client.key) {
    if (turn.user(target) !== null) {
      turn.reply(NUMERIC.ERR_USERSDONTMATCH, [], "Cant change mode for other users");
    }
    return;
  }
  if (params.length === 0) {
    return turn.reply(NUMERIC.RPL_UMODEIS, [`+${[...client.modes].sort().join("")}`]);
  }
  let unknown = false;
  const changed = new Map<string, ModeChange>();
  for (const change of parseModes(params, new Map())) {
    const { letter, add } = change;
    if (!USER_MODES.includes(letter)) unknown = true;
    else if (applyUserMode(turn, client, letter as UserMode, add)) {
      // A second change of a mode undoes the first.
      if (!changed.delete(letter)) changed.set(letter, change);
    }
  }
  const [letters] = formatModes([...changed.values()]);
  if (letters !== undefined) sendUserModes(turn, letters);
  if (unknown) turn.reply(NUMERIC.ERR_UMODEUNKNOWNFLAG, [], "Unknown MODE flag");
}

/** Nobody makes itself an operator: +o is ignored (RFC 2812 section 3.1.5). */
function applyUserMode(turn: Turn, client: Client, letter: UserMode, add: boolean): boolean {
  if (letter === "o" && add) return false;
  return turn.state.setUserMode(client, letter, add);
}

/** Tells the client which of its modes changed. */
export function sendUserModes(turn: Turn, changed: string): void {
  const { client } = turn;
  turn.send([client], turn.lineFrom(client, "MODE", [client.nick, changed]));
}
