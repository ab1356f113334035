import { COMMANDS } from "./commands/table.ts";
import type { ClientState } from "./state.ts";

/** What a word could be completed to. */
export interface Completion {
  /** The word before the cursor. */
  readonly word: string;
  /** Whole words, each with what follows it. */
  readonly candidates: readonly string[];
}

/** Candidates that are looked at: the rest of a channel of thousands helps nobody. */
const MAX_CANDIDATES = 50;

/** Completes the last word of what stands before the cursor: a command, a channel or a nickname. */
export function complete(
  { windows, features, nick: own }: ClientState,
  before: string,
): Completion {
  const word = /\S*$/.exec(before)?.[0] ?? "";
  const isFirst = word.length === before.length;
  const wanted = features.fold(word);
  const fitting = (names: Iterable<string>, suffix: string): Completion => {
    const candidates: string[] = [];
    for (const name of names) {
      if (features.fold(name).startsWith(wanted)) candidates.push(name + suffix);
      if (candidates.length >= MAX_CANDIDATES) break;
    }
    return { word, candidates: candidates.sort() };
  };
  if (isFirst && word.startsWith("/")) {
    return fitting(Object.keys(COMMANDS).map((name) => `/${name}`), " ");
  }
  if (features.isChannel(word)) return fitting(windows.channels.map(({ name }) => name), " ");
  if (word === "") return { word, candidates: [] };
  return fitting(nicknames(windows.current, own), isFirst ? ": " : " ");
}

/** Who can be meant here: the members of a channel, or the partner of a talk; never the user. */
function* nicknames(window: ClientState["windows"]["current"], own: string): Iterable<string> {
  if (window.kind === "query") yield window.name;
  for (const { nick } of window.members.values()) if (nick !== own) yield nick;
}
