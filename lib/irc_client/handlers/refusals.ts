import type { Received } from "../handler.ts";
import type { ClientState, Said } from "../state.ts";
import type { Turn } from "../turn.ts";

/** Refusals to join: the channel is not to be tried again on the next connection. */
const CANNOT_JOIN = new Set("403 405 407 437 470 471 473 474 475 476 477 479 489 520".split(" "));
/** Refusals to speak. */
const CANNOT_SEND = new Set(["401", "404"]);

/** Refusals of another nickname that name a channel: the client asks for its first one when it is free. */
const CANNOT_RENAME = new Set(["435", "437"]);

/** The label of what a message answers: its own, or that of the batch that it is a part of. */
export function labelOf({ batches }: ClientState, { tags }: Received): string | undefined {
  return tags.get("label") ?? batches.get(tags.get("batch") ?? "")?.label;
}

/** Shows an error, and what was said and did not arrive, where the server tells which line it refuses. */
export function showRefusal(
  state: ClientState,
  message: Received,
  turn: Turn,
  { window, text, data }: {
    readonly window: string;
    readonly text: string;
    readonly data: Readonly<Record<string, string | number | readonly string[]>>;
  },
): void {
  const label = labelOf(state, message) ?? "";
  const said = state.labels.get(label);
  state.labels.delete(label);
  const missing = said === undefined ? "" : ` (not delivered: ${said.text})`;
  turn.show({ kind: "error", window, text: text + missing, data });
  const { verb, params: [, name = ""] } = message;
  const channel = state.windows.find(name);
  const isKeptOut = CANNOT_JOIN.has(verb) && channel?.kind === "channel" && !channel.joined;
  if (isKeptOut) channel.wanted = false;
  if (isForPipe(state, message, said, isKeptOut || CANNOT_SEND.has(verb))) {
    turn.add({ kind: "refused", why: "kept out", reason: text });
  }
}

/** Whether the pipe's channel does not let the user in, or refuses one of its lines. */
function isForPipe(
  state: ClientState,
  { verb, params }: Received,
  said: Said | undefined,
  isAlwaysRefusal: boolean,
): boolean {
  const { windows, settings, hasCommanded } = state;
  const isTarget = (name: string): boolean => windows.fold(name) === windows.fold(state.target);
  if (said !== undefined) return isTarget(said.target);
  // Without a label an error that names the channel may answer a command, unless there was none.
  const isForLine = !settings.interactive && !hasCommanded && !CANNOT_RENAME.has(verb);
  return (isAlwaysRefusal || isForLine) && params.slice(1).some(isTarget);
}
