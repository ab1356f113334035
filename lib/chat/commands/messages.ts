/**
 * PRIVMSG, NOTICE and TAGMSG: messages to users, to channels, and to those on a channel who have a
 * certain status (`@#channel`, `+#channel`).
 *
 * @module
 */

import type { IrcMessage } from "../../codec/irc_message.ts";
import { NUMERIC } from "../../codec/irc_numerics.ts";
import { formatTags, isClientOnlyKey } from "../../codec/irc_tags.ts";
import { maySpeak } from "../bans.ts";
import { CAP } from "../capabilities.ts";
import { type Channel, STATUS } from "../channel.ts";
import type { Client } from "../client.ts";
import { isTooLong, type Line } from "../line.ts";
import { looksLikeChannel } from "../names.ts";
import type { Turn } from "../turn.ts";
import { seesChannel } from "../visibility.ts";
import { listOf, refuseLength, refuseTarget } from "./command.ts";

/** What is said, and to how many it may go. */
interface Speech {
  readonly verb: "PRIVMSG" | "NOTICE" | "TAGMSG";
  /** The text; a TAGMSG has none. */
  readonly text: string | undefined;
  /** Client-only tags in their escaped form. */
  readonly tags: string | undefined;
  /** What a recipient must have negotiated. */
  readonly caps: number;
}

/** `PRIVMSG target{,target} :text`: 401, 403, 404, 407, 411, 412, 417; 301 where the user is away. */
export function privmsg(turn: Turn, message: IrcMessage): void {
  speak(turn, message, "PRIVMSG");
}

/** `NOTICE target{,target} :text`: as PRIVMSG, but never an answer. */
export function notice(turn: Turn, message: IrcMessage): void {
  speak(turn, message, "NOTICE");
}

/** `@+tag=value TAGMSG target{,target}`: to those who negotiated message-tags; 421 for those who did not. */
export function tagmsg(turn: Turn, message: IrcMessage): void {
  if (!turn.client.has(CAP.messageTags)) {
    return turn.reply(NUMERIC.ERR_UNKNOWNCOMMAND, ["TAGMSG"], "Unknown command");
  }
  speak(turn, message, "TAGMSG");
}

function speak(turn: Turn, { params, tags }: IrcMessage, verb: Speech["verb"]): void {
  const targets = listOf(params[0] ?? "");
  if (targets.length === 0) {
    return refuse(turn, verb, NUMERIC.ERR_NORECIPIENT, [], `No recipient given (${verb})`);
  }
  const text = verb === "TAGMSG" ? undefined : params[1] ?? "";
  if (text === "") return refuse(turn, verb, NUMERIC.ERR_NOTEXTTOSEND, [], "No text to send");
  const clientTags = [...tags].filter(([key]) => isClientOnlyKey(key));
  const speech: Speech = {
    verb,
    text,
    tags: clientTags.length === 0 ? undefined : formatTags(new Map(clientTags)),
    caps: verb === "TAGMSG" ? CAP.messageTags : 0,
  };
  if (verb !== "TAGMSG") turn.client.spokeAt = turn.env.now;
  const { limits } = turn.state.config;
  for (const [index, target] of targets.entries()) {
    if (index >= limits.targets) {
      if (verb !== "NOTICE") refuseTarget(turn, target);
    } else {
      speakTo(turn, speech, target);
    }
  }
}

function speakTo(turn: Turn, speech: Speech, target: string): void {
  const prefixes = /^[@+]*/.exec(target)?.[0] ?? "";
  const name = target.slice(prefixes.length);
  if (looksLikeChannel(name)) speakToChannel(turn, speech, lowestOf(prefixes), name);
  else speakToUser(turn, speech, target);
}

function speakToChannel(turn: Turn, speech: Speech, prefix: string, name: string): void {
  const { state, client } = turn;
  const channel = state.channel(name);
  const allowed = channel !== undefined && maySpeak(channel, client, turn);
  if (channel === undefined || (!allowed && !seesChannel(client, channel))) {
    return refuse(turn, speech.verb, NUMERIC.ERR_NOSUCHCHANNEL, [name], "No such channel");
  }
  if (!allowed) {
    const text = "Cannot send to channel";
    return refuse(turn, speech.verb, NUMERIC.ERR_CANNOTSENDTOCHAN, [channel.name], text);
  }
  const recipients = hearersOf(channel, client, statusesOf(prefix), speech.caps);
  if (client.has(CAP.echoMessage | speech.caps)) recipients.push(client);
  const line = utterance(turn, speech, prefix + channel.name);
  if (line !== null) turn.send(recipients, line);
}

function speakToUser(turn: Turn, speech: Speech, target: string): void {
  const { client } = turn;
  const user = turn.state.user(target);
  if (user === undefined) {
    return refuse(turn, speech.verb, NUMERIC.ERR_NOSUCHNICK, [target], "No such nick/channel");
  }
  const line = utterance(turn, speech, user.nick);
  if (line === null) return;
  // Who writes to itself gets the line twice, as its recipient and as its sender.
  if (user.has(speech.caps)) turn.send([user], line, true);
  if (client.has(CAP.echoMessage | speech.caps)) turn.send([client], line);
  if (speech.verb === "PRIVMSG" && user.away !== null) {
    turn.reply(NUMERIC.RPL_AWAY, [user.nick], user.away);
  }
}

/** The line to a target, or null where it is too long to be relayed whole. */
function utterance(turn: Turn, speech: Speech, target: string): Line | null {
  const { client, env } = turn;
  const { verb, text, tags } = speech;
  // Refused rather than cut, so that nothing is lost unnoticed; a NOTICE can only be cut.
  if (verb === "PRIVMSG" && isTooLong(client.source, verb, target, text ?? "")) {
    refuseLength(turn);
    return null;
  }
  const id = env.messageId();
  return turn.lineFrom(
    client,
    verb,
    [target],
    text,
    tags === undefined ? { id } : { id, client: tags },
  );
}

/** The members with one of the statuses, or all for 0, without the speaker. */
function hearersOf(channel: Channel, speaker: Client, statuses: number, caps: number): Client[] {
  const hearers: Client[] = [];
  for (const { client, status } of channel.members.values()) {
    if (client === speaker || (statuses !== 0 && (status & statuses) === 0)) continue;
    if (client.has(caps)) hearers.push(client);
  }
  return hearers;
}

/** The lowest of several STATUSMSG prefixes: it reaches everyone whom the others reach. */
function lowestOf(prefixes: string): string {
  return prefixes.includes("+") ? "+" : prefixes.slice(0, 1);
}

/** The status bits that a STATUSMSG prefix reaches: its own and everything above. */
function statusesOf(prefix: string): number {
  if (prefix === "+") return STATUS.voice | STATUS.operator;
  return prefix === "@" ? STATUS.operator : 0;
}

function refuse(
  turn: Turn,
  verb: Speech["verb"],
  numeric: string,
  params: readonly string[],
  text: string,
): void {
  if (verb !== "NOTICE") turn.reply(numeric, params, text);
}
