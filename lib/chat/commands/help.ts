/**
 * HELP: answers from the command table itself, so that it never tells of what is not there.
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { packWords, replyRoom } from "../../codec/irc_replies.ts";
import type { Turn } from "../turn.ts";
import type { Command, CommandRow } from "./command.ts";

/** `HELP [command]`: 704, 705, 706, each with the subject before its text; 524 for an unknown one. */
export function help(
  commands: ReadonlyMap<string, Command>,
  turn: Turn,
  { params }: IrcMessage,
): void {
  const subject = (params[0] ?? "").toUpperCase();
  if (subject === "") return sendIndex(turn, [...commands.keys()]);
  const row: CommandRow | undefined = commands.get(subject);
  if (row === undefined) {
    return turn.reply(NUMERIC.ERR_HELPNOTFOUND, [subject], "No help available on this topic");
  }
  turn.reply(NUMERIC.RPL_HELPSTART, [subject], `${row.verb} ${row.syntax}`.trimEnd());
  turn.reply(NUMERIC.RPL_HELPTXT, [subject], row.help);
  turn.reply(NUMERIC.RPL_ENDOFHELP, [subject], "End of /HELP");
}

function sendIndex(turn: Turn, verbs: readonly string[]): void {
  const room = replyRoom(`:${turn.state.config.name} 705 ${turn.client.nick} * :`);
  turn.reply(NUMERIC.RPL_HELPSTART, ["*"], "Commands; HELP and one of them tells more");
  for (const text of packWords(verbs, room)) turn.reply(NUMERIC.RPL_HELPTXT, ["*"], text);
  turn.reply(NUMERIC.RPL_ENDOFHELP, ["*"], "End of /HELP");
}
