import { characters, textWidth } from "../codec/text_width.ts";

/**
 * Breaks a text into rows at spaces; a word that is longer than a row is broken where the row ends.
 *
 * @param first Columns of the first row.
 * @param others Columns of the rows after it.
 * @returns At least one row.
 */
export function wrapText(text: string, first: number, others: number): string[] {
  const rows: string[] = [];
  let row = "";
  let used = 0;
  const room = (): number => Math.max(2, rows.length === 0 ? first : others);
  for (const piece of text.split(/(?<= )(?=[^ ])/)) {
    const width = textWidth(piece.trimEnd());
    if (used > 0 && used + width > room()) {
      rows.push(row.trimEnd());
      row = "";
      used = 0;
    }
    if (width <= room()) {
      row += piece;
      used += textWidth(piece);
      continue;
    }
    for (const character of characters(piece)) {
      const columns = textWidth(character);
      if (used + columns > room()) {
        rows.push(row);
        row = "";
        used = 0;
      }
      row += character;
      used += columns;
    }
  }
  return [...rows, row.trimEnd()];
}
