import { numericName } from "../../codec/irc_numerics.ts";
import type { EntryKind } from "../entry.ts";
import type { Received } from "../handler.ts";
import { NUMERIC_WORDS } from "../numeric_words.ts";
import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";

/** What is of no interest to people: ends of lists, and figures that the greeting repeats. */
const SILENT = new Set(
  "002 003 004 221 250 252 253 254 255 265 266 318 321 333 347 349 366 368 369 374 375 376".split(
    " ",
  ),
);
const MOTD: readonly string[] = ["372", "375", "376", "422"];

/** Refusals to join: the channel is not to be tried again on the next connection. */
const CANNOT_JOIN = new Set("403 405 407 437 470 471 473 474 475 476 477 479 489 520".split(" "));
/** Refusals to speak. */
const CANNOT_SEND: readonly string[] = ["404", "401"];

/** Shows a numeric in words; what no table knows is shown as the server words it. */
export function showNumeric(state: ClientState, message: Received, turn: Turn): void {
  const { verb, params } = message;
  if (SILENT.has(verb) || isAboutCap(state, verb)) return;
  const isError = verb >= "400" && verb <= "599";
  const text = NUMERIC_WORDS[verb]?.(params) ?? plainText(params, isError);
  const kind: EntryKind = MOTD.includes(verb) ? "motd" : isError ? "error" : "reply";
  const isGreeting = verb < "300" || kind === "motd";
  const window = isGreeting ? "" : placeOf(state, params[1] ?? "", isError);
  const data = { numeric: verb, name: numericName(verb) ?? "", params: params.slice(1) };
  turn.show({ kind, window, text: text + undelivered(state, message), data });
  if (isError) takeRefusal(state, message, turn, text);
}

/** An error belongs to the channel that it is about, an answer to where the user looks and has asked. */
function placeOf({ windows }: ClientState, about: string, isError: boolean): string {
  const named = windows.find(about);
  return isError && named?.kind === "channel" ? named.name : windows.current.name;
}

/** Old servers do not know CAP, and say so before anything else. */
function isAboutCap({ registered }: ClientState, verb: string): boolean {
  return !registered && (verb === "421" || verb === "451");
}

/** `bob cid: the reason`: the parameters between nickname and text say what it is about. */
function plainText(params: readonly string[], isError: boolean): string {
  const about = params.slice(1, -1).join(" ");
  const text = params.at(-1) ?? "";
  return about === "" ? text : isError ? `${about}: ${text}` : `${about} ${text}`;
}

/** What was said and did not arrive, where the server tells which line it refuses (labeled-response). */
function undelivered(state: ClientState, { tags }: Received): string {
  const label = tags.get("label") ?? "";
  const text = state.labels.get(label);
  state.labels.delete(label);
  return text === undefined ? "" : ` (not delivered: ${text})`;
}

/** A channel that does not let the user in, or the pipe's channel that does not let it speak. */
function takeRefusal(
  state: ClientState,
  { verb, params: [, name = ""] }: Received,
  turn: Turn,
  text: string,
): void {
  const channel = state.windows.find(name);
  if (CANNOT_JOIN.has(verb) && channel?.kind === "channel" && !channel.joined) {
    channel.wanted = false;
  } else if (!CANNOT_SEND.includes(verb)) return;
  if (channel !== undefined && channel === state.windows.find(state.target)) {
    turn.add({ kind: "refused", why: "kept out", reason: text });
  }
}

/** `ACK`: a labelled line was processed and there is nothing more to say. */
export function takeAck(state: ClientState, { tags }: Received): void {
  state.labels.delete(tags.get("label") ?? "");
}
