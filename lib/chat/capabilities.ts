/**
 * The capabilities that clients can ask for with CAP, each a bit of a number, and the few of them that
 * change how one and the same line is encoded.
 *
 * Sources: https://ircv3.net/specs/extensions/capability-negotiation and the page of each capability.
 *
 * @module
 */

/** A bit for each capability that works. */
export const CAP = {
  /** ACCOUNT when somebody logs in or out; there are no accounts yet, so nobody does. */
  accountNotify: 1 << 0,
  /** AWAY when somebody on a common channel goes or comes back. */
  awayNotify: 1 << 1,
  /** Several lines as one group. */
  batch: 1 << 2,
  /** CAP NEW and CAP DEL; the offer never changes while the server runs. */
  capNotify: 1 << 3,
  /** The sender gets its own PRIVMSG, NOTICE and TAGMSG back. */
  echoMessage: 1 << 4,
  /** JOIN with account and real name. */
  extendedJoin: 1 << 5,
  /** INVITE of others to a common channel. */
  inviteNotify: 1 << 6,
  /** Replies carry the label of the command. */
  labeledResponse: 1 << 7,
  /** Client-only tags, TAGMSG, message ids. */
  messageTags: 1 << 8,
  /** All prefixes of a member in NAMES, WHO and WHOIS. */
  multiPrefix: 1 << 9,
  /** The time as a tag. */
  serverTime: 1 << 10,
  /** SETNAME of others on a common channel. */
  setname: 1 << 11,
  /** FAIL, WARN and NOTE for anything. */
  standardReplies: 1 << 12,
  /** `nick!user@host` in NAMES. */
  userhostInNames: 1 << 13,
} as const;

/** The bits by the names that CAP uses, in the order in which they are listed. */
export const CAPABILITIES: ReadonlyMap<string, number> = new Map([
  ["account-notify", CAP.accountNotify],
  ["away-notify", CAP.awayNotify],
  ["batch", CAP.batch],
  ["cap-notify", CAP.capNotify],
  ["echo-message", CAP.echoMessage],
  ["extended-join", CAP.extendedJoin],
  ["invite-notify", CAP.inviteNotify],
  ["labeled-response", CAP.labeledResponse],
  ["message-tags", CAP.messageTags],
  ["multi-prefix", CAP.multiPrefix],
  ["server-time", CAP.serverTime],
  ["setname", CAP.setname],
  ["standard-replies", CAP.standardReplies],
  ["userhost-in-names", CAP.userhostInNames],
]);

/** How a line can differ between recipients: a number from 0 to 3, the key of an encoded form. */
export const VARIANT = {
  /** With the tag `time`. */
  time: 1,
  /** With all other tags: msgid, bot and those of the sender. */
  tags: 2,
} as const;

/** The variant of every line that a client with these capabilities gets. */
export function variantOf(caps: number): number {
  return ((caps & CAP.serverTime) !== 0 ? VARIANT.time : 0) |
    ((caps & CAP.messageTags) !== 0 ? VARIANT.tags : 0);
}
