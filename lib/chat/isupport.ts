/**
 * The tokens of 005, made from the same tables and limits that the commands obey.
 *
 * Source: https://modern.ircdocs.horse/#rplisupport-parameters
 *
 * @module
 */

import type { ChatConfig } from "./config.ts";
import { CHANNEL_MODES, PREFIX_CHARACTERS, PREFIX_LETTERS } from "./mode_letters.ts";
import { CASE_MAPPING, CHANNEL_TYPES } from "./names.ts";

/** All tokens, sorted by name. */
export function isupportTokens(config: ChatConfig): string[] {
  const { limits } = config;
  const entries = limits.listEntries;
  const targets = limits.targets;
  return [
    `AWAYLEN=${limits.away}`,
    "BOT=B",
    `CASEMAPPING=${CASE_MAPPING}`,
    `CHANLIMIT=${CHANNEL_TYPES}:${limits.channels}`,
    `CHANMODES=${CHANNEL_MODES}`,
    `CHANNELLEN=${limits.channel}`,
    `CHANTYPES=${CHANNEL_TYPES}`,
    "ELIST=CMNTU",
    "EXCEPTS=e",
    `HOSTLEN=${limits.host}`,
    "INVEX=I",
    `KEYLEN=${limits.key}`,
    `KICKLEN=${limits.kick}`,
    `MAXLIST=b:${entries},e:${entries},I:${entries}`,
    `MAXTARGETS=${targets}`,
    `MODES=${limits.modes}`,
    `NAMELEN=${limits.realname}`,
    `NETWORK=${config.network}`,
    `NICKLEN=${limits.nick}`,
    `PREFIX=(${PREFIX_LETTERS})${PREFIX_CHARACTERS}`,
    `STATUSMSG=${PREFIX_CHARACTERS}`,
    // No number means no limit but the length of a line; LIST takes that many masks, and names besides.
    `TARGMAX=JOIN:,KICK:${targets},LIST:${targets},NAMES:${targets},NOTICE:${targets},PART:,` +
    `PRIVMSG:${targets},TAGMSG:${targets},WHOIS:1,WHOWAS:1`,
    `TOPICLEN=${limits.topic}`,
    `USERLEN=${limits.user}`,
    "UTF8ONLY",
    "WHOX",
  ];
}
