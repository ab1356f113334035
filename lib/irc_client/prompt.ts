import { cutWidth } from "./cut_width.ts";
import { displayText } from "./display_text.ts";
import type { ClientState } from "./state.ts";
import type { Window } from "./windows.ts";
import { characters, textWidth } from "../codec/text_width.ts";

/**
 * What stands before the input: the window that is looked at, others with something new, the nickname.
 *
 * ```text
 * [2:#lobby] 3:#ops(5) 4:bob(2!) ann>
 * ```
 *
 * @param columns At most so many; unread windows beyond that are counted only.
 */
export function promptText(state: ClientState, columns: number): string {
  const { windows, nick, askingNick, registered } = state;
  if (askingNick) return "Nickname: ";
  const current = windows.current;
  const name = cutWidth(displayText(windowName(current)), Math.floor(columns / 2));
  const isOut = !registered || current.kind === "channel" && !current.joined;
  const start = `[${windows.currentIndex + 1}:${name}${isOut ? " -" : ""}] `;
  const end = `${cutWidth(displayText(nick), Math.floor(columns / 3))}> `;
  const news = windows.list.flatMap((window, index) => {
    if (window.unread === 0) return [];
    const count = `(${window.unread}${window.mentions > 0 ? "!" : ""})`;
    return [`${index + 1}:${displayText(windowName(window))}${count}`];
  });
  const room = columns - textWidth(start) - textWidth(end) - 1;
  const shown: string[] = [];
  for (const [index, text] of news.entries()) {
    const rest = news.length - index;
    const more = rest > 1 ? ` +${rest - 1}`.length : 0;
    if (textWidth([...shown, text].join(" ")) + more > room) {
      shown.push(`+${rest}`);
      break;
    }
    shown.push(text);
  }
  return `${start}${shown.length === 0 ? "" : `${shown.join(" ")} `}${end}`;
}

/** A window's name for people. */
export function windowName({ kind, name }: Window): string {
  return kind === "server" ? "server" : name;
}

/** The part of the input that fits, before and behind the cursor. */
export interface InputView {
  /** Up to the cursor. */
  readonly before: string;
  /** From the cursor on. */
  readonly after: string;
}

/**
 * Cuts a long input to one row, so that nothing wraps that would have to be erased again; the cursor is
 * always in view, with some of what follows it.
 *
 * @param cursor Units of `line` before the cursor.
 * @param columns Room for the input.
 */
export function inputView(line: string, cursor: number, columns: number): InputView {
  const before = characters(line.slice(0, cursor)).map(displayText);
  const after = characters(line.slice(cursor)).map(displayText);
  const room = Math.max(4, columns);
  // The cursor itself takes a column, and two show that text was left out.
  const lookAhead = takeWidth(after, Math.floor(room / 4));
  let start = before.length;
  let used = textWidth(lookAhead) + 1;
  while (start > 0 && used + textWidth(before[start - 1] ?? "") <= room - 1) {
    used += textWidth(before[--start] ?? "");
  }
  const shownBefore = `${start > 0 ? "…" : ""}${before.slice(start).join("")}`;
  return { before: shownBefore, after: takeWidth(after, room - 1 - textWidth(shownBefore)) };
}

function takeWidth(pieces: readonly string[], columns: number): string {
  let text = "";
  let used = 0;
  for (const piece of pieces) {
    used += textWidth(piece);
    if (used > columns) break;
    text += piece;
  }
  return text;
}
