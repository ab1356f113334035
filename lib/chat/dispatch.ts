/**
 * From a line to a command: decode it, check the conditions of its row, run it. Whatever a client sends
 * ends here in an answer, never in an exception.
 *
 * @module
 */

import { LimitError, ProtocolError } from "../codec/errors.ts";
import {
  checkLineLength,
  type IrcMessage,
  MAX_CLIENT_TAG_BYTES,
  parseMessage,
} from "../codec/irc_message.ts";
import { NUMERIC } from "../codec/irc_numerics.ts";
import { type MessageTags, parseTags } from "../codec/irc_tags.ts";
import { decodeUtf8 } from "../codec/text.ts";
import { utf8Length } from "../codec/utf8_length.ts";
import { CAP } from "./capabilities.ts";
import { COMMANDS } from "./command_table.ts";
import { type Command, refuseLength } from "./commands/command.ts";
import { MAX_LABEL_BYTES } from "./labels.ts";
import type { Turn } from "./turn.ts";

/** Characters of a word that 421 shows where it is no verb: more than any verb of the table has. */
const MAX_SHOWN_VERB = 32;

/** Tags, and what stands where the verb should, as far as it can be shown. */
const WORDS = /^ *(?:@([^ ]*)(?: +|$))?(?::[^ ]*(?: +|$))?([!-~]*)/;

const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });

/** Takes the step that a line without its line end asks for; none for a blank one (RFC 1459 section 2.3.1). */
export function handleLine(turn: Turn, line: Uint8Array): void {
  if (line.every((byte) => byte === 0x20)) return;
  let text: string | null = null;
  try {
    checkLineLength(line, MAX_CLIENT_TAG_BYTES);
    text = decodeUtf8(line);
    handleMessage(turn, parseMessage(text));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    refuseLine(turn, line, error instanceof LimitError ? "long" : text === null ? "utf8" : "parts");
  }
}

/** Takes the step that a message asks for. */
function handleMessage(turn: Turn, message: IrcMessage): void {
  turn.label = labelOf(turn, message.tags);
  const command = COMMANDS.get(message.verb);
  if (command === undefined) {
    return turn.reply(NUMERIC.ERR_UNKNOWNCOMMAND, [message.verb], "Unknown command");
  }
  const obstacle = findObstacle(turn, command, message.params);
  if (obstacle !== null) {
    if (!command.silent) turn.reply(...obstacle);
    return;
  }
  if (!("member" in command)) return command.run(turn, message);
  const name = message.params[command.member];
  const membership = name === undefined ? null : turn.membership(name);
  if (name === undefined || membership !== null) command.run(turn, message, membership);
}

/** The first condition of the row that is not met, as the reply that says so. */
function findObstacle(
  { client }: Turn,
  command: Command,
  params: readonly string[],
): [numeric: string, params: string[], text: string] | null {
  const { verb, stage, operator } = command;
  if (stage === "after" && !client.registered) {
    return [NUMERIC.ERR_NOTREGISTERED, [], "You have not registered"];
  }
  if (stage === "before" && client.registered) {
    return [NUMERIC.ERR_ALREADYREGISTERED, [], "You may not reregister"];
  }
  const given = params.slice(0, command.params);
  if (given.length < command.params || given.includes("")) {
    return [NUMERIC.ERR_NEEDMOREPARAMS, [verb], "Not enough parameters"];
  }
  if (operator && !client.modes.has("o")) {
    return [NUMERIC.ERR_NOPRIVILEGES, [], "Permission Denied- You're not an IRC operator"];
  }
  return null;
}

/** The label of a message, from clients that negotiated what labels need. */
function labelOf({ client }: Turn, tags: MessageTags): string | null {
  const label = tags.get("label");
  if (label === undefined || label === "" || utf8Length(label) > MAX_LABEL_BYTES) return null;
  return client.has(CAP.labeledResponse | CAP.batch) ? label : null;
}

/** Answers a line that is no message; it is never answered if it seems to be a NOTICE. */
function refuseLine(turn: Turn, line: Uint8Array, fault: "long" | "utf8" | "parts"): void {
  const { verb, tags } = salvage(line);
  turn.label = labelOf(turn, tags);
  if (verb === "NOTICE") return;
  if (fault === "long") return refuseLength(turn);
  if (fault === "utf8") {
    const text = "Message rejected, your software must use UTF-8 on this network";
    return turn.fail(verb, "INVALID_UTF8", [], text);
  }
  turn.reply(NUMERIC.ERR_UNKNOWNCOMMAND, [verb], "Malformed line");
}

/** What can be read of a line that is refused, to answer it with its verb and its label. */
function salvage(line: Uint8Array): Pick<IrcMessage, "verb" | "tags"> {
  const text = LENIENT.decode(line).replace(/[\0\r\n]/g, "\ufffd");
  try {
    return parseMessage(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const [, tags = "", word = ""] = WORDS.exec(text) ?? [];
    return { verb: word.slice(0, MAX_SHOWN_VERB) || "*", tags: parseTags(tags) };
  }
}
