import { jsonLine } from "../codec/json_line.ts";
import { displayText } from "./display_text.ts";
import type { Entry } from "./entry.ts";

/** An entry laid out: who or what it is from, and what it says; both are safe to show. */
export interface EntryText {
  /** `<ann>`, `* ann`, `->` and the like. */
  readonly label: string;
  /** What stands behind it. */
  readonly text: string;
}

const SIGNS: Readonly<Partial<Record<Entry["kind"], string>>> = {
  join: "->",
  part: "<-",
  quit: "<-",
  split: "<-",
  kick: "<-",
  error: "!!",
};

/** Lays out an entry. */
export function entryText(entry: Entry): EntryText {
  const from = displayText(entry.from);
  const text = displayText(entry.text);
  switch (entry.kind) {
    case "message":
      return { label: entry.own ? `>${from}${to(entry)}<` : `<${from}${to(entry)}>`, text };
    case "action":
      return { label: "*", text: `${from} ${text}` };
    case "notice":
      return { label: `-${from}${to(entry)}-`, text };
    default:
      return { label: SIGNS[entry.kind] ?? "--", text };
  }
}

/** Whom a message is for, where its window does not tell. */
function to({ window, from, data: { target } }: Entry): string {
  if (typeof target !== "string" || window === "") return "";
  const isClear = [target, from].some((name) => name.toLowerCase() === window.toLowerCase());
  return isClear ? "" : ` to ${displayText(target)}`;
}

/** An entry as one plain line. */
export function entryLine(entry: Entry): string {
  const { label, text } = entryText(entry);
  return `${label} ${text}`;
}

/** An entry as one line of JSON that is safe to show, with all text as it came. */
export function entryJson(entry: Entry): string {
  const { kind, window, time, from, text, own, mention, data } = entry;
  const safeTime = Math.abs(time) <= 8.64e15 ? time : 0;
  return jsonLine({
    time: new Date(safeTime).toISOString(),
    event: kind,
    window,
    from,
    text,
    own,
    mention,
    ...data,
  });
}
