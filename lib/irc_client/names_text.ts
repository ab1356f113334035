import type { Member } from "./windows.ts";

/** Names that one line shows; the rest is counted. */
const MAX_NAMES_SHOWN = 100;

/**
 * The members of a channel in words: `3 members: @ann +bob cid`, operators first.
 *
 * @param symbols Symbols of rank, highest first.
 */
export function namesText(members: Iterable<Member>, symbols: string): string {
  const sorted = [...members].sort((a, b) => {
    return rank(a, symbols) - rank(b, symbols) || (a.nick < b.nick ? -1 : 1);
  });
  const names = sorted.map(({ nick, prefixes }) => prefixes.slice(0, 1) + nick);
  const count = sorted.length === 1 ? "1 member" : `${sorted.length} members`;
  return `${count}: ${listText(names, " ")}`;
}

/** The first names of a list in words, and how many more there are: `ann, bob and 3 more`. */
export function listText(names: readonly string[], separator: string): string {
  const shown = names.slice(0, MAX_NAMES_SHOWN).join(separator);
  const more = names.length - MAX_NAMES_SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function rank({ prefixes }: Member, symbols: string): number {
  const at = prefixes === "" ? -1 : symbols.indexOf(prefixes.charAt(0));
  return at < 0 ? symbols.length : at;
}
