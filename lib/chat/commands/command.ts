/**
 * What a row of the command table says: under which conditions a command runs, and what it does then.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import type { Membership } from "../channel.ts";
import { fold } from "../names.ts";
import type { Turn } from "../turn.ts";

/** The conditions of a command, checked before it runs. */
export interface CommandRow {
  /** The verb in upper case. */
  readonly verb: string;
  /** Its parameters, for HELP. */
  readonly syntax: string;
  /** What it does, in one sentence, for HELP. */
  readonly help: string;
  /** When it may be sent: `before` the registration is complete (else 462), `after` (else 451), or always. */
  readonly stage: "before" | "after" | "always";
  /** How many parameters must be there and not be empty (else 461). */
  readonly params: number;
  /** Only operators of the server may use it (else 481). */
  readonly operator?: true;
  /** It never causes an error reply, not even for these conditions (RFC 2812 section 3.3.2). */
  readonly silent?: true;
}

/** A command that does not depend on one channel. */
export interface PlainCommand extends CommandRow {
  /** Takes the step. */
  readonly run: (turn: Turn, message: IrcMessage) => void;
}

/** A command that only works on a channel where the client is. */
export interface MemberCommand extends CommandRow {
  /** The index of the parameter that names the channel (else 403 or 442); without it the membership is null. */
  readonly member: number;
  /** Takes the step. */
  readonly run: (turn: Turn, message: IrcMessage, membership: Membership | null) => void;
}

/** A row of the table. */
export type Command = PlainCommand | MemberCommand;

/** The parts of a list with commas, without empty ones and without names that equal an earlier one. */
export function listOf(param: string): string[] {
  const parts = new Map<string, string>();
  for (const part of param.split(",")) {
    const key = fold(part);
    if (part !== "" && !parts.has(key)) parts.set(key, part);
  }
  return [...parts.values()];
}

/** Refuses a target beyond the number that TARGMAX allows: 407 (client, target, text). */
export function refuseTarget(turn: Turn, target: string): void {
  turn.reply(NUMERIC.ERR_TOOMANYTARGETS, [target], "Too many targets");
}

/** Refuses a line that exceeds a size limit, or whose answer would: 417 (client, text). */
export function refuseLength(turn: Turn): void {
  turn.reply(NUMERIC.ERR_INPUTTOOLONG, [], "Input line was too long");
}
