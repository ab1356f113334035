import type { Column, Outcome, Row, SuiteName } from "./contest.ts";
import type { Machine } from "./machine.ts";
import { readable, type Spread } from "./statistics.ts";

/** One suite's outcome, as it is kept. */
export interface SuiteResult {
  readonly name: SuiteName;
  readonly title: string;
  /** Why it was not measured. */
  readonly absent?: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly outcomes: readonly Outcome[];
}

/** A contest as a table: the first column with its spread, and how many times better ours is. */
export function formatTable({ columns, rows }: Outcome): string {
  const head = ["", ...columns.flatMap(headOf)];
  const body = rows.map((row) => {
    const name = row.ours ? `**${row.name}**` : row.name;
    const [first = "", ...others] = columns.flatMap((column, i) => cellsOf(row, column, i === 0));
    return [name, row.absent ?? first, ...others];
  });
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((cells) => cells[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

function headOf({ title, better }: Column, index: number): string[] {
  return [title, ...index === 0 ? ["from - to"] : [], ...better ? ["ours is better by"] : []];
}

function cellsOf(
  { figures, ratios, absent }: Row,
  { key, better }: Column,
  isFirst: boolean,
): string[] {
  const figure = figures[key];
  const none = absent === undefined ? "-" : "";
  const range = figure === undefined ? none : `${readable(figure.min)} - ${readable(figure.max)}`;
  return [
    figure === undefined ? none : readable(figure.median),
    ...isFirst ? [range] : [],
    ...better ? [formatRatio(ratios[key]) ?? none] : [],
  ];
}

function formatRatio(ratio: Spread | undefined): string | undefined {
  return ratio && `${ratio.median.toFixed(2)}x (${ratio.min.toFixed(2)} - ${ratio.max.toFixed(2)})`;
}

/** `results.md`: all suites, each with the machine that it was measured on. */
export function formatResults(suites: readonly SuiteResult[]): string {
  return [
    "# Measured side by side",
    "",
    "Written by `deno task bench`; the figures in README.md come from here. In every round all of a table's",
    "programs take turns, each started anew, and each is verified before it is measured. Figures are medians",
    "of the rounds, the chart's thin lines and the column _from - to_ their extremes. _Ours is better by_",
    "compares each program with our first one in the same round: above 1 ours is better, below 1 the other.",
    "Trust these ratios; absolute figures are those of one machine on one day.",
    ...suites.flatMap(formatSuite),
    "",
  ].join("\n");
}

function formatSuite({ title, absent, machine, rounds, outcomes }: SuiteResult): string[] {
  if (absent !== undefined) return ["", `## ${title}`, "", `Not measured: ${absent}.`];
  const { date, system, processor, memory, load, software } = machine;
  const busy = load > 0.5 ? ` The machine was busy (load ${load.toFixed(1)}): take care.` : "";
  return [
    "",
    `## ${title}`,
    "",
    `${date}: ${processor}, ${memory}, ${system}; ${software.join(", ")}. ` +
    `${rounds} ${rounds === 1 ? "round" : "rounds"}.${busy}`,
    ...outcomes.flatMap((outcome) => [
      "",
      `### ${outcome.title}`,
      "",
      outcome.method,
      "",
      `![${outcome.title}](${outcome.id}.svg)`,
      "",
      formatTable(outcome),
    ]),
  ];
}
