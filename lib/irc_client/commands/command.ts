import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";

/** What a typed command does. `rest` is all that follows its name, trimmed. */
export type Run = (state: ClientState, rest: string, turn: Turn) => void;

/** A row of the table of commands. */
export interface Command {
  /** What follows the name, for /help: `[REASON]`. */
  readonly parameters: string;
  /** What it does, for /help. */
  readonly help: string;
  /** Words that are needed at least. */
  readonly needs: number;
  /** Does it. */
  readonly run: Run;
}

/** Splits off the first words of a text; the last part is what is left, spaces included. */
export function splitWords(text: string, count: number): string[] {
  const words: string[] = [];
  let rest = text.trim();
  while (words.length < count - 1 && rest !== "") {
    const [word = ""] = rest.split(/\s/, 1);
    words.push(word);
    rest = rest.slice(word.length).trim();
  }
  return rest === "" ? words : [...words, rest];
}

/** A line of the client's own in the current window. */
export function tell(state: ClientState, turn: Turn, text: string): void {
  turn.say("error", state.windows.current.name, text);
}

/** The channel that a command is about: the first word if it is one, else the one that is looked at. */
export function channelAndRest(
  state: ClientState,
  text: string,
): { channel: string; rest: string } | undefined {
  const [first = "", ...rest] = splitWords(text, 2);
  // Some servers have channels whose names begin with a plus, and all have modes that do.
  const isNamed = state.features.isChannel(first) &&
    (!first.startsWith("+") || state.windows.find(first) !== undefined);
  if (isNamed) return { channel: first, rest: rest.join(" ") };
  const { kind, name } = state.windows.current;
  return kind === "channel" ? { channel: name, rest: text.trim() } : undefined;
}
