import { characters, textWidth } from "../codec/text_width.ts";

/** The beginning of a text that fits into so many columns. */
export function cutWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let cut = "";
  for (const character of characters(text)) {
    if (textWidth(cut + character) > columns - 1) break;
    cut += character;
  }
  return `${cut}…`;
}
