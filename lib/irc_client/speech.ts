import { type MessageTags, NO_TAGS } from "../codec/irc_tags.ts";
import { formatCtcp } from "./ctcp.ts";
import { cutText, relayRoom, splitText } from "./split_text.ts";
import type { ClientState } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Labels whose answers are awaited; the oldest is given up. */
const MAX_LABELS = 200;
/** Characters of a refused line that are shown again. */
const MAX_QUOTED = 60;

/** Something to say. */
export interface Speech {
  /** A NOTICE is never answered by a machine. */
  readonly verb: "PRIVMSG" | "NOTICE";
  /** A channel or nickname. */
  readonly target: string;
  /** What is said. */
  readonly text: string;
  /** Said of oneself, in the third person (`/me`). */
  readonly action?: boolean;
}

/** Sends a text, in several messages if it is long, and shows it unless the server sends it back. */
export function speak(state: ClientState, speech: Speech, turn: Turn): void {
  const { verb, target, text, action = false } = speech;
  for (const part of splitText(text, roomFor(state, speech))) {
    const payload = action ? formatCtcp({ command: "ACTION", text: part }) : part;
    turn.sendMessage({ verb, params: [target, payload], tags: labelFor(state, target, part) });
    if (!state.negotiation.enabled.has("echo-message")) {
      showOwn(state, { ...speech, text: part }, turn);
    }
  }
}

/** The parts of a text that is to be said, each cut off only when it is asked for. */
export function* speechParts(state: ClientState, target: string, text: string): Generator<string> {
  for (let rest = text; rest !== "";) {
    let part: string;
    [part, rest] = cutText(rest, roomFor(state, { verb: "PRIVMSG", target, text }));
    if (part !== "") yield part;
  }
}

/** Bytes of text that one message of a speech has room for. */
function roomFor(
  { nick, user, host, features }: ClientState,
  { verb, target, action = false }: Speech,
): number {
  const room = relayRoom({ nick, user, host, verb, target }, features.lineLength);
  const wrapping = action ? formatCtcp({ command: "ACTION", text: " " }).length : 0;
  return Math.max(4, room - wrapping);
}

/** A label by which an answer, a refusal above all, can be told to belong to this line. */
function labelFor(state: ClientState, target: string, text: string): MessageTags {
  // Without a connection the line is for the next one, which may know no tags.
  if (!state.registered || !state.negotiation.enabled.has("labeled-response")) return NO_TAGS;
  const label = `m${++state.serial}`;
  state.labels.set(label, { target, text: text.slice(0, MAX_QUOTED).toWellFormed() });
  const [oldest] = state.labels.keys();
  if (state.labels.size > MAX_LABELS && oldest !== undefined) state.labels.delete(oldest);
  return new Map([["label", label]]);
}

function showOwn(state: ClientState, { verb, target, text, action }: Speech, turn: Turn): void {
  const channel = state.features.channelOf(target);
  const window = state.windows.find(channel ?? target);
  turn.show({
    kind: action ? "action" : verb === "NOTICE" ? "notice" : "message",
    window: (window ?? state.windows.current).name,
    from: state.nick,
    text,
    own: true,
    data: { target },
  });
}
