/**
 * Draws what the demo prints, in part, for the README: it follows the reader's light or dark mode.
 *
 *     NO_COLOR=1 deno task demo | deno run tests/demo/picture.ts > tests/demo/demo.svg
 *
 * @module
 */

/** Chapters that are shown, by a word of their titles, and how many of their lines. */
const SHOWN: readonly (readonly [word: string, lines: number])[] = [
  ["TCP echo", 14],
  ["File transfer", 17],
  ["Chat", 14],
];

const COLUMNS = 104;
const LINE = 18;
const CHARACTER = 8;
const MARGIN = 16;

const STYLE = "rect{fill:#f6f8fa;stroke:#d0d7de}" +
  "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#24292f;white-space:pre}" +
  ".title{font-weight:700}.say{fill:#0969da}.ok{fill:#1a7f37}.command{font-weight:600}.quiet{fill:#57606a}" +
  "@media(prefers-color-scheme:dark){rect{fill:#0d1117;stroke:#30363d}text{fill:#e6edf3}" +
  ".say{fill:#4493f8}.ok{fill:#3fb950}.quiet{fill:#9198a1}}";

/** Draws lines of the demo's output. */
function drawTranscript(lines: readonly string[]): string {
  const width = COLUMNS * CHARACTER + 2 * MARGIN;
  const height = lines.length * LINE + 2 * MARGIN;
  const rows = lines.map((line, i) => {
    const y = MARGIN + LINE * (i + 1) - 5;
    return `<text class="${look(line)}" x="${MARGIN}" y="${y}">${escape(cut(line))}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    "<title>What deno task demo prints, in part</title>",
    `<style>${STYLE}</style>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

/** The lines of the output that are shown, with a mark where some are left out. */
function selectLines(output: string): string[] {
  const chapters = output.split(/\n(?=\d+\. )/);
  const lines = SHOWN.flatMap(([word, count]) => {
    const chapter = chapters.find((text) => text.split("\n")[0]?.includes(word)) ?? "";
    return [...chapter.split("\n").slice(0, count), "  …", ""];
  });
  return ["$ deno task demo", "", ...lines, output.trimEnd().split("\n").at(-1) ?? ""];
}

function look(line: string): string {
  if (/^\d+\. /.test(line)) return "title";
  if (/^ +ok /.test(line) || / checks passed /.test(line)) return "ok";
  if (/^ *\S*.*\$ deno /.test(line)) return "command";
  if (line.startsWith("    ") || line.trim() === "…") return "quiet";
  return "say";
}

function cut(line: string): string {
  return line.length <= COLUMNS ? line : `${line.slice(0, COLUMNS - 1)}…`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

if (import.meta.main) {
  const output = await new Response(Deno.stdin.readable).text();
  console.log(drawTranscript(selectLines(output)).trimEnd());
}
