/**
 * The conditions of LIST, announced as ELIST=CMNTU.
 *
 * ```text
 * #lobby  *rust*  !*bot*     names and masks, and masks that must not fit
 * >5  <100                   more, fewer members
 * C>60  C<60                 created more, less than so many minutes ago
 * T>60  T<60                 topic set more, less than so many minutes ago
 * ```
 *
 * Source: https://modern.ircdocs.horse/#elist-parameter
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import { type Effort, matchesMask } from "./masks.ts";
import { fold } from "./names.ts";

/** Whether a channel is to be listed that has so many members for whom asks. */
export type ListFilter = (channel: Channel, members: number) => boolean;

const MINUTE = 60_000;

/** Whether a condition is the name of a channel, which is found at once, however many there are. */
export function isPlainName(condition: string): boolean {
  return !/[*?]|^[!<>]|^[CT][<>]/i.test(condition);
}

/**
 * Reads conditions: all of them must hold, but of several names and masks one is enough.
 *
 * @param now The time, in milliseconds since 1970.
 * @param effort Is told what each use of the filter costs.
 */
export function parseListFilter(
  conditions: readonly string[],
  now: number,
  effort: Effort,
): ListFilter {
  const names = new Set<string>();
  const masks: string[] = [];
  const filters: ListFilter[] = [];
  for (const condition of conditions) {
    const measured = /^([CT]?)([<>])(\d{1,9})$/i.exec(condition);
    if (measured !== null) {
      const [, what = "", sign, digits] = measured;
      filters.push(measure(what.toUpperCase(), sign === ">", Number(digits), now));
    } else if (condition.startsWith("!")) {
      const mask = fold(condition.slice(1));
      filters.push((channel) => !matchesMask(mask, channel.key, effort));
    } else if (isPlainName(condition)) {
      names.add(fold(condition));
    } else {
      masks.push(fold(condition));
    }
  }
  if (names.size + masks.length > 0) {
    const fitsMask = (key: string): boolean => masks.some((mask) => matchesMask(mask, key, effort));
    filters.push(({ key }) => names.has(key) || fitsMask(key));
  }
  return (channel, members) => filters.every((filter) => filter(channel, members));
}

function measure(what: string, more: boolean, limit: number, now: number): ListFilter {
  return (channel, members) => {
    const value = valueOf(what, channel, members, now);
    return value !== null && (more ? value > limit : value < limit);
  };
}

/** Minutes since creation or since the topic was set, or members; null if there is no topic. */
function valueOf(what: string, channel: Channel, members: number, now: number): number | null {
  if (what === "C") return (now - channel.createdAt) / MINUTE;
  if (what === "T") return channel.topic === null ? null : (now - channel.topic.setAt) / MINUTE;
  return members;
}
