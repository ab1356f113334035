import { cutWidth } from "./cut_width.ts";
import type { Entry } from "./entry.ts";
import { entryText } from "./entry_text.ts";
import type { Look, Paint } from "./paint.ts";
import { textWidth } from "../codec/text_width.ts";
import { wrapText } from "./wrap.ts";

/** Rows of one entry; a server can make it as long as it likes. */
const MAX_ROWS = 30;
/** Where a text goes on after its first row: below itself, unless the name before it is very long. */
const MAX_INDENT = 24;

const PEOPLE: readonly Entry["kind"][] = ["message", "action", "notice"];

/**
 * An entry as rows of a terminal.
 *
 * ```text
 * 12:34 <ann> a long text that goes
 *             on below itself
 * 12:34!<bob> ann: called by name
 * 12:35 >ann< said by the user
 * ```
 *
 * @param columns The terminal's width.
 */
export function entryRows(entry: Entry, columns: number, paint: Paint): string[] {
  const width = Math.max(20, columns - 1);
  const { label: whole, text } = entryText(entry);
  // A server can make a name as long as it likes.
  const label = cutWidth(whole, Math.floor(width / 2));
  const mark = entry.mention ? "!" : " ";
  const head = `${clock(entry.time)}${mark}${label} `;
  const indent = Math.min(textWidth(head), MAX_INDENT, Math.floor(width / 2));
  const rows = wrapText(text, width - textWidth(head), width - indent);
  if (rows.length > MAX_ROWS) {
    rows.splice(MAX_ROWS, Infinity, `… ${rows.length - MAX_ROWS} more`);
  }
  const look = textLook(entry);
  return rows.map((row, index) => {
    if (index > 0) return " ".repeat(indent) + paint(row, look);
    const name = paint(label, labelLook(entry));
    return `${paint(clock(entry.time), "dim")}${paint(mark, "call")}${name} ${paint(row, look)}`;
  });
}

/** The time of day, where the user is. */
function clock(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "--:--";
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function labelLook({ kind, own, mention, from }: Entry): Look {
  if (mention) return "call";
  if (own) return "bold";
  if (kind === "error") return "red";
  return PEOPLE.includes(kind) ? `nick ${from}` : "dim";
}

function textLook({ kind, mention }: Entry): Look {
  if (mention) return "bold";
  if (kind === "error") return "red";
  return PEOPLE.includes(kind) || kind === "motd" || kind === "reply" ? "plain" : "dim";
}
