/**
 * Which nicknames, channels, keys and user names are allowed, and when two names are equal.
 *
 * The announced case mapping is `ascii`: only A to Z equal a to z. The older rfc1459 makes brackets and
 * braces equal too, which surprises everyone who did not type on a Scandinavian keyboard of 1988.
 *
 * @module
 */

import { type CaseMapping, foldCase } from "../codec/irc_case.ts";
import { utf8Length } from "../codec/utf8_length.ts";
import type { ChatLimits } from "./limits.ts";

/** The value of CASEMAPPING in 005. */
export const CASE_MAPPING: CaseMapping = "ascii";

/** The characters that begin a channel name; `&` would mean "this server only", and there is but one. */
export const CHANNEL_TYPES = "#";

/** The form of a nickname, channel or mask that is the same for all equal ones. */
export function fold(name: string): string {
  return foldCase(name, CASE_MAPPING);
}

/** RFC 2812 section 2.3.1: letters, digits, hyphen and the specials, no digit or hyphen first. */
export function isNick(name: string, limits: ChatLimits): boolean {
  return name.length <= limits.nick && /^[A-Za-z[\]\\`_^{|}][A-Za-z0-9[\]\\`_^{|}-]*$/.test(name);
}

/** Whether a target is meant as a channel, be it valid or not. */
export function looksLikeChannel(name: string): boolean {
  return name !== "" && CHANNEL_TYPES.includes(name.charAt(0));
}

/** A `#` and anything without spaces, commas and control characters (RFC 2812 section 1.3). */
export function isChannelName(name: string, limits: ChatLimits): boolean {
  return looksLikeChannel(name) && utf8Length(name) <= limits.channel && !/[\s,\p{Cc}]/u.test(name);
}

/** RFC 2812 section 2.3.1, less what JOIN and MODE could not carry: commas, a colon in front. */
export function isKey(key: string, limits: ChatLimits): boolean {
  return key.length <= limits.key && /^[!-+\--9;-~][!-+\--~]*$/.test(key);
}

/**
 * A user name as others see it: `~` because nobody verified it, then what is left without characters
 * that have a meaning in masks and sources, or `user` if nothing is left.
 */
export function userName(given: string, limits: ChatLimits): string {
  const clean = given.replace(/[^A-Za-z0-9._[\]\\^{|}-]/g, "");
  return `~${clean || "user"}`.slice(0, limits.user);
}

/** A host that cannot be taken for a trailing parameter: `::1` becomes `0::1`; a zone (`%eth0`) is left out. */
export function hostName(given: string, limits: ChatLimits): string {
  const clean = given.replace(/%.*$|[^A-Za-z0-9.:_-]/gs, "").slice(0, limits.host - 1);
  if (clean === "") return "unknown";
  return clean.startsWith(":") ? `0${clean}` : clean;
}
