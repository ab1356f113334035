/** Nicknames of this length are taken everywhere (RFC 1459 section 1.2). */
const SAFE_LENGTH = 9;
/** How many other names are tried before somebody must be asked. */
export const MAX_NICK_TRIES = 3;

/** The name to try when one is taken: `ann_`, and where it cannot grow, another end: `annabell_`. */
export function nextNick(nick: string): string {
  if (nick.length < SAFE_LENGTH) return `${nick}_`;
  const end = /_*$/.exec(nick)?.[0].length ?? 0;
  const kept = Math.max(1, SAFE_LENGTH - end - 1);
  return nick.slice(0, kept) + "_".repeat(SAFE_LENGTH - kept);
}

/** Whether a server may take this for a nickname: no separators, and nothing that begins a channel or a number. */
export function isNickname(name: string): boolean {
  return /^[^\s\0#&+!:@$%~*?,.\d-][^\s\0!@*?,]*$/.test(name) && name.isWellFormed();
}

/**
 * Whether a text calls somebody by name: the name as a word of its own, in whatever case.
 *
 * @param fold The server's case mapping.
 */
export function callsByName(text: string, nick: string, fold: (name: string) => string): boolean {
  const haystack = fold(text);
  const needle = fold(nick);
  // The empty text is everywhere, and no name.
  if (needle === "") return false;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    const before = haystack.charAt(at - 1);
    const after = haystack.charAt(at + needle.length);
    if (!isNameCharacter(before) && !isNameCharacter(after)) return true;
  }
  return false;
}

function isNameCharacter(character: string): boolean {
  return /[\p{L}\p{N}_\-[\]\\`^{}|]/u.test(character);
}
