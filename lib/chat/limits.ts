/**
 * Caps on everything that a client can make the server keep or send, in one object. What clients must
 * know of it is announced in 005, from the same numbers.
 *
 * @module
 */

/** The caps; lengths are bytes in UTF-8, the rest are counts. */
export interface ChatLimits {
  /** A nickname. */
  readonly nick: number;
  /** A user name, with the `~` that marks it as unverified. */
  readonly user: number;
  /** A host as others see it. */
  readonly host: number;
  /** A real name. */
  readonly realname: number;
  /** A channel name, `#` included. */
  readonly channel: number;
  /** A channel key. */
  readonly key: number;
  /** A topic. */
  readonly topic: number;
  /** A comment of KICK or KILL. */
  readonly kick: number;
  /** An away message. */
  readonly away: number;
  /** A reason of PART or QUIT. */
  readonly reason: number;
  /** Channels that one client can be on. */
  readonly channels: number;
  /** Entries of each of the lists +b, +e and +I of a channel. */
  readonly listEntries: number;
  /** One mask of such a list. */
  readonly mask: number;
  /** Invitations that one client holds; the oldest gives way. */
  readonly invites: number;
  /** Past users that WHOWAS remembers; the oldest gives way. */
  readonly whowas: number;
  /** Targets of one PRIVMSG, NOTICE, TAGMSG, KICK or NAMES, and masks of one LIST. */
  readonly targets: number;
  /** Mode letters with a parameter in one MODE. */
  readonly modes: number;
  /** Replies to one WHO by mask or one LIST. */
  readonly queryReplies: number;
  /** Wrong passwords for OPER before the connection is closed. */
  readonly operAttempts: number;
}

/**
 * Enough for twenty friends, safe on the open internet. Where they come from:
 *
 * - nick 30, user 20, channel 64: common on large networks; longer ones leave too little of 512 bytes.
 * - host 63: what servers of RFC 2812 (section 1.2) agree on.
 * - key 23: RFC 2812 section 2.3.1.
 * - topic 300: 512 less the longest source, TOPIC and the longest channel name, rounded down, so that
 *   no topic is ever cut on its way to a client.
 * - kick, away, reason 255: fit into a line with all the longest names, by the same calculation.
 * - mask 128: the longest nickname, user and host with their separators, and some wildcards.
 * - channels 50, listEntries 100, targets 4, modes 12: common on large networks.
 * - queryReplies 1,800: with 512 bytes a line and 70 for its tags (`batch` and `time` take 55), they fit
 *   into a send queue of 1 MiB.
 */
export const DEFAULT_LIMITS: ChatLimits = {
  nick: 30,
  user: 20,
  host: 63,
  realname: 128,
  channel: 64,
  key: 23,
  topic: 300,
  kick: 255,
  away: 255,
  reason: 255,
  channels: 50,
  listEntries: 100,
  mask: 128,
  invites: 50,
  whowas: 1000,
  targets: 4,
  modes: 12,
  queryReplies: 1800,
  operAttempts: 3,
};
