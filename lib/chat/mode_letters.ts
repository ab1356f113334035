/**
 * The mode letters of this server: what 004 and 005 announce and MODE understands.
 *
 * @module
 */

import { type ModeKinds, modeKinds } from "../codec/irc_modes.ts";
import { STATUS } from "./channel.ts";

/** The value of CHANMODES: lists, always with parameter, with parameter to set, flags. */
export const CHANNEL_MODES = "beI,k,l,imnst";

/** The letters of PREFIX, highest first. */
export const PREFIX_LETTERS = "ov";

/** What stands for them in front of nicknames and, as STATUSMSG, of channels. */
export const PREFIX_CHARACTERS = "@+";

/** All letters of user modes. */
export const USER_MODES = "Biow";

/** The kinds of the channel modes. */
export const CHANNEL_MODE_KINDS: ModeKinds = modeKinds(CHANNEL_MODES, PREFIX_LETTERS);

/** The status bit of a letter of PREFIX. */
export const STATUS_OF_LETTER: ReadonlyMap<string, number> = new Map([
  ["o", STATUS.operator],
  ["v", STATUS.voice],
]);
