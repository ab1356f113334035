import { numericName } from "../../codec/irc_numerics.ts";
import type { EntryKind } from "../entry.ts";
import type { Received } from "../handler.ts";
import { NUMERIC_WORDS } from "../numeric_words.ts";
import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { labelOf, showRefusal } from "./refusals.ts";

/** What is of no interest to people: ends of lists, and figures that the greeting repeats. */
const SILENT = new Set(
  "002 003 004 221 250 252 253 254 255 265 266 318 321 333 366 369 374 375 376".split(" "),
);
const MOTD: readonly string[] = ["372", "375", "376", "422"];
/** Ends of lists that are of interest if the list is empty, by the numeric of the list's entries. */
const LIST_ENDS: ReadonlyMap<string, string> = new Map([
  ["346", "347"],
  ["348", "349"],
  ["367", "368"],
]);

/** Shows a numeric in words; what no table knows is shown as the server words it. */
export function showNumeric(state: ClientState, message: Received, turn: Turn): void {
  const { verb, params } = message;
  if (SILENT.has(verb) || isAboutCap(state, verb) || endsList(state, message)) return;
  const isError = verb >= "400" && verb <= "599";
  const text = NUMERIC_WORDS[verb]?.(params) ?? plainText(params, isError);
  const kind: EntryKind = MOTD.includes(verb) ? "motd" : "reply";
  const isGreeting = verb < "300" || kind === "motd";
  const window = isGreeting ? "" : placeOf(state, params[1] ?? "", isError);
  const data = { numeric: verb, name: numericName(verb) ?? "", params: params.slice(1) };
  if (isError && kind !== "motd") showRefusal(state, message, turn, { window, text, data });
  else turn.show({ kind, window, text, data });
}

/** Whether this is the end of a list of which entries were shown. */
function endsList(state: ClientState, { verb, params: [, name = ""] }: Received): boolean {
  const about = state.features.fold(name);
  const end = LIST_ENDS.get(verb);
  if (end !== undefined) state.listUnderWay = `${end} ${about}`;
  if (state.listUnderWay !== `${verb} ${about}`) return false;
  state.listUnderWay = "";
  return true;
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

/** `ACK`: a labelled line was processed and there is nothing more to say. */
export function takeAck(state: ClientState, message: Received): void {
  state.labels.delete(labelOf(state, message) ?? "");
}
