/**
 * Bar charts as SVG, without a library: they follow the reader's light or dark mode and need no network.
 *
 * @module
 */
import type { Outcome, Row } from "./contest.ts";
import { readable } from "./statistics.ts";

const WIDTH = 760;
const LABELS = 210;
const NUMBERS = 190;
const BAR = 18;
const STEP = 28;
const TOP = 56;

/** Colours for light paper, and for dark. */
const STYLE =
  `text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}` +
  `.note{fill:#57606a;font-size:12px}.bar{fill:#8c959f}.ours{fill:#0969da}` +
  `.spread{stroke:#24292f;stroke-width:1.5}` +
  `@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9198a1}.bar{fill:#6e7681}` +
  `.ours{fill:#4493f8}.spread{stroke:#e6edf3}}`;

/** Draws a contest's first column: a bar for each median, a line from the least to the most of the rounds. */
export function drawChart({ title, columns, rows }: Outcome): string {
  const column = columns[0];
  if (column === undefined) throw new Error("Cannot draw a contest without a column");
  const height = TOP + rows.length * STEP + 12;
  const most = Math.max(...rows.map(({ figures }) => figures[column.key]?.max ?? 0), 1e-9);
  const scale = (WIDTH - LABELS - NUMBERS) / most;
  const direction = column.better === "less" ? "less is better" : "more is better";
  const bars = rows.map((row, i) => drawRow(row, column.key, TOP + i * STEP, scale));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escape(`${title}: ${column.title}`)}</title>`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="8" y="20">${escape(title)}</text>`,
    `<text class="note" x="8" y="40">${escape(`${column.title}, ${direction}`)}</text>`,
    ...bars,
    "</svg>",
    "",
  ].join("\n");
}

function drawRow(
  { name, ours, absent, figures }: Row,
  key: string,
  y: number,
  scale: number,
): string {
  const label = `<text x="8" y="${y + 14}">${escape(name)}</text>`;
  const spread = figures[key];
  if (spread === undefined) {
    const reason = absent ?? "not measured";
    return `${label}<text class="note" x="${LABELS}" y="${y + 14}">${escape(reason)}</text>`;
  }
  const [from, middle, to] = [spread.min, spread.median, spread.max].map((value) => {
    return Math.round((LABELS + value * scale) * 10) / 10;
  });
  const center = y + BAR / 2;
  return [
    label,
    `<rect class="bar${ours ? " ours" : ""}" x="${LABELS}" y="${y}" width="${
      Math.max(1, Math.round((middle! - LABELS) * 10) / 10)
    }" height="${BAR}" rx="2"/>`,
    `<line class="spread" x1="${from}" y1="${center}" x2="${to}" y2="${center}"/>`,
    `<text x="${to! + 8}" y="${y + 14}">${escape(readable(spread.median))}</text>`,
  ].join("");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
