import type { Member } from "./windows.ts";

/** Names that one line shows; the rest is counted. */
export const MAX_NAMES_SHOWN = 100;

/**
 * The members of a channel in words: `3 members: @ann +bob cid`, operators first.
 *
 * @param symbols Symbols of rank, highest first.
 */
export function namesText(members: Iterable<Member>, symbols: string): string {
  const sorted = [...members].sort((a, b) => {
    return rank(a, symbols) - rank(b, symbols) || (a.nick < b.nick ? -1 : 1);
  });
  const shown = sorted.slice(0, MAX_NAMES_SHOWN).map(({ nick, prefixes }) => {
    return prefixes.slice(0, 1) + nick;
  });
  const more = sorted.length - shown.length;
  const count = sorted.length === 1 ? "1 member" : `${sorted.length} members`;
  return `${count}: ${shown.join(" ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function rank({ prefixes }: Member, symbols: string): number {
  const at = prefixes === "" ? -1 : symbols.indexOf(prefixes.charAt(0));
  return at < 0 ? symbols.length : at;
}
