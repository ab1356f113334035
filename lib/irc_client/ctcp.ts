/**
 * Requests between clients inside of a message, and `/me`.
 *
 * ```text
 * PRIVMSG #lobby :^AACTION waves^A        ^A stands for the byte 0x01
 * PRIVMSG ann :^APING 1234^A              answered with NOTICE bob :^APING 1234^A
 * ```
 *
 * Source: https://modern.ircdocs.horse/ctcp
 *
 * @module
 */

/** A message within a message. */
export interface Ctcp {
  /** ACTION, VERSION, PING and the like, in upper case. */
  readonly command: string;
  /** What follows it. */
  readonly text: string;
}

/** Characters of a PING that are sent back: it is a time as a rule. */
const MAX_PING = 64;

const MARK = "\x01";

/** Takes a text apart, or returns `undefined` if it is an ordinary one. */
export function parseCtcp(text: string): Ctcp | undefined {
  if (!text.startsWith(MARK)) return undefined;
  // The closing mark may be missing: servers cut long lines.
  const [inner = ""] = text.slice(1).split(MARK, 1);
  const [, command, rest = ""] = /^([A-Za-z]+)(?: (.*))?$/s.exec(inner) ?? [];
  return command === undefined ? undefined : { command: command.toUpperCase(), text: rest };
}

/** Puts a request or an answer together. */
export function formatCtcp({ command, text }: Ctcp): string {
  const inner = text === "" ? command : `${command} ${text.replaceAll(MARK, "")}`;
  return `${MARK}${inner}${MARK}`;
}

/** The polite answer to a request, or `undefined` where there is none. */
export function answerCtcp({ command, text }: Ctcp, version: string): Ctcp | undefined {
  switch (command) {
    case "VERSION":
      return { command, text: version };
    case "PING":
      return { command, text: text.slice(0, MAX_PING) };
    default:
      return undefined;
  }
}
