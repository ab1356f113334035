/**
 * The lists of a channel as MODE shows and changes them: +b bans, +e exceptions from bans, +I
 * exceptions from invite-only.
 *
 * @module
 */

import type { ModeChange } from "../codec/irc_modes.ts";
import { NUMERIC } from "../codec/irc_numerics.ts";
import type { Channel, ListLetter } from "./channel.ts";
import { completeMask, isBlankMask, isListMask } from "./masks.ts";
import { refuseChange } from "./mode_refusal.ts";
import type { Turn } from "./turn.ts";

/** How a list is shown: the numeric of an entry, that of the end, and its text. */
const NUMERICS: Readonly<Record<ListLetter, readonly [string, string, string]>> = {
  b: [NUMERIC.RPL_BANLIST, NUMERIC.RPL_ENDOFBANLIST, "End of channel ban list"],
  e: [NUMERIC.RPL_EXCEPTLIST, NUMERIC.RPL_ENDOFEXCEPTLIST, "End of channel exception list"],
  I: [
    NUMERIC.RPL_INVEXLIST,
    NUMERIC.RPL_ENDOFINVEXLIST,
    "End of Channel Invite Exception List",
  ],
};

/** Why a mask is refused. */
const MALFORMED = "Mask is not well-formed";

/** Entries (client, channel, mask, who, seconds since 1970) and the end of a list. */
export function sendList(turn: Turn, channel: Channel, letter: ListLetter): void {
  const [entryNumeric, endNumeric, text] = NUMERICS[letter];
  for (const { mask, setBy, setAt } of channel.lists[letter].entries()) {
    const seconds = `${Math.floor(setAt / 1000)}`;
    turn.reply(entryNumeric, [channel.name, mask, setBy, seconds]);
  }
  turn.reply(endNumeric, [channel.name], text);
}

/** Adds or removes a mask; 478 (client, channel, letter, text) where the list is full, 696 for a bad mask. */
export function changeList(turn: Turn, channel: Channel, change: ModeChange): ModeChange | null {
  const { limits } = turn.state.config;
  const letter = change.letter as ListLetter;
  const list = channel.lists[letter];
  const given = change.param ?? "";
  if (isBlankMask(given)) return refuseChange(turn, channel, change, MALFORMED);
  const mask = completeMask(given);
  if (!change.add) {
    const removed = list.remove(mask);
    if (removed === null) return null;
    channel.banVersion++;
    return { ...change, param: removed };
  }
  if (list.has(mask)) return null;
  if (!isListMask(mask, limits.mask)) return refuseChange(turn, channel, change, MALFORMED);
  if (list.size >= limits.listEntries) {
    turn.reply(NUMERIC.ERR_BANLISTFULL, [channel.name, letter], "Channel list is full");
    return null;
  }
  list.add({ mask, setBy: turn.client.source, setAt: turn.env.now });
  channel.banVersion++;
  return { ...change, param: mask };
}
