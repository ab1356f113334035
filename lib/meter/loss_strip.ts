import type { Outcome, ProbeRecord } from "./probe_ring.ts";

/** Probes in a line. */
const ROW = 60;
/** Lines of the strip: beyond, the loss is a matter of statistics. */
const MAX_ROWS = 50;

const MARKS: Readonly<Record<Outcome, string>> = {
  received: "!",
  late: "L",
  corrupted: "C",
  truncated: "T",
  lost: ".",
  unsent: "x",
  pending: "?",
  overdue: "?",
};
const DUPLICATED = "D";
const REORDERED = "R";

/** What the marks mean, in the order of a legend. */
const MEANINGS: readonly (readonly [mark: string, meaning: string])[] = [
  ["!", "received"],
  [".", "lost"],
  ["L", "late"],
  [DUPLICATED, "duplicated"],
  [REORDERED, "reordered"],
  ["C", "corrupted"],
  ["T", "truncated"],
  ["x", "not sent"],
  ["?", "under way"],
];

/**
 * Draws one character a probe, so that one sees whether losses come alone, in bursts or at intervals. Lines
 * in which all went well are summed up when there are several in a row. The last line tells what the marks
 * mean; without probes there is none.
 *
 * ```text
 *      0  !!!!!!!!!!!!.!!!!!D!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
 *     60  all received, to 599
 *    600  !!!!!!!!!!
 *         ! received, . lost, D duplicated
 * ```
 */
export function drawStrip(records: Iterable<ProbeRecord>): string[] {
  const rows = cutRows(records);
  const used = new Set(rows.flatMap(({ marks }) => [...new Set(marks)]));
  const lines: string[] = [];
  for (let at = 0; at < rows.length;) {
    if (lines.length === MAX_ROWS) {
      lines.push(label("") + `and ${rows.length - at} more lines`);
      break;
    }
    const { start, marks } = rows[at]!;
    let next = at + 1;
    if (isPerfect(marks)) { while (next < rows.length && isPerfect(rows[next]!.marks)) next++; }
    const last = rows[next - 1]!;
    const isRun = next - at > 1;
    const text = isRun ? `all received, to ${last.start + last.marks.length - 1}` : marks;
    lines.push(label(start) + text);
    at = next;
  }
  const legend = MEANINGS.filter(([mark]) => used.has(mark)).map((meaning) => meaning.join(" "));
  if (legend.length > 0) lines.push(label("") + legend.join(", "));
  return lines;
}

function cutRows(records: Iterable<ProbeRecord>): { start: number; marks: string }[] {
  const rows: { start: number; marks: string }[] = [];
  for (const record of records) {
    const row = rows.at(-1);
    if (row === undefined || row.marks.length === ROW) {
      rows.push({ start: record.sequence, marks: mark(record) });
    } else row.marks += mark(record);
  }
  return rows;
}

function label(text: string | number): string {
  return `${String(text).padStart(8)}  `;
}

function mark({ outcome, duplicated, reordered }: ProbeRecord): string {
  if (outcome !== "received") return MARKS[outcome];
  return duplicated ? DUPLICATED : reordered ? REORDERED : MARKS.received;
}

function isPerfect(marks: string): boolean {
  return marks === MARKS.received.repeat(marks.length);
}
