/**
 * Wildcard masks: `*` stands for any text, `?` for one character (RFC 2812 section 2.5). Nothing is
 * compiled into a regular expression, so no mask can make a match explode.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { completeMask, matchesMask } from "./masks.ts";
 *
 * assertEquals(completeMask("ann"), "ann!*@*");
 * assertEquals(matchesMask("*!*@*.example", "ann!~ann@home.example"), true);
 * ```
 *
 * @module
 */

import { cutUtf8 } from "../codec/utf8_length.ts";

/** Counts work, so that whoever asks for much of it waits for the next. */
export interface Effort {
  /** Steps so far: a character looked at is one, some nanoseconds. */
  steps: number;
}

/**
 * Whether the whole text fits the mask; both must be folded alike. Time: at most the product of both
 * lengths, because only the last `*` is ever tried again.
 *
 * @param effort Is told how many steps it took.
 */
export function matchesMask(mask: string, text: string, effort?: Effort): boolean {
  let inMask = 0;
  let steps = 0;
  let inText = 0;
  let star = -1;
  let retry = 0;
  while (inText < text.length) {
    steps++;
    const wanted = mask.charAt(inMask);
    if (wanted === "*") {
      star = inMask++;
      retry = inText;
    } else if (wanted === "?") {
      inMask++;
      inText += characterUnits(text, inText);
    } else if (wanted === text.charAt(inText)) {
      inMask++;
      inText++;
    } else if (star >= 0) {
      // The last star takes one character more.
      inMask = star + 1;
      retry += characterUnits(text, retry);
      inText = retry;
    } else {
      break;
    }
  }
  if (effort !== undefined) effort.steps += steps;
  if (inText < text.length) return false;
  while (mask.charAt(inMask) === "*") inMask++;
  return inMask === mask.length;
}

/** Makes `nick!user@host` of what people type, with `*` for the missing parts and runs of `*` as one. */
export function completeMask(mask: string): string {
  const at = mask.lastIndexOf("@");
  const beforeHost = at < 0 ? mask : mask.slice(0, at);
  const host = at < 0 ? "" : mask.slice(at + 1);
  const mark = beforeHost.indexOf("!");
  // Without a mark, what stands before @ is a user, and what stands alone is a nickname.
  const nick = mark >= 0 ? beforeHost.slice(0, mark) : at < 0 ? beforeHost : "";
  const user = mark >= 0 ? beforeHost.slice(mark + 1) : at < 0 ? "" : beforeHost;
  return `${nick || "*"}!${user || "*"}@${host || "*"}`.replace(/\*{2,}/g, "*");
}

/** Whether a mask names nothing: completed, it would fit everybody, which nobody meant. */
export function isBlankMask(mask: string): boolean {
  return /^!?@?$/.test(mask);
}

/** Whether a completed mask can be kept in a list and sent as a parameter. */
export function isListMask(mask: string, maxBytes: number): boolean {
  return cutUtf8(mask, maxBytes) === mask && !mask.startsWith(":") && !/[\s\p{Cc}]/u.test(mask);
}

function characterUnits(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
