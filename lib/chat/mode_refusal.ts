/**
 * How a change of a channel's modes is refused whose parameter is missing, malformed or one too many.
 *
 * @module
 */

import type { ModeChange } from "../codec/irc_modes.ts";
import { NUMERIC } from "../codec/irc_numerics.ts";
import type { Channel } from "./channel.ts";
import type { Turn } from "./turn.ts";

/** 696 (client, channel, letter, parameter, text); nothing changes, hence null. */
export function refuseChange(
  turn: Turn,
  channel: Channel,
  { letter, param }: ModeChange,
  text: string,
): null {
  // A key is for nobody who looks on.
  const shown = letter === "k" ? "*" : param ?? "*";
  turn.reply(NUMERIC.ERR_INVALIDMODEPARAM, [channel.name, letter, shown], text);
  return null;
}
