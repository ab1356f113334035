/**
 * The figures of README.md: tables and charts between two comments, written from what was measured last.
 *
 * @module
 */
import { formatTable, type SuiteResult } from "./report.ts";

/** `<!-- measured: echo-100 -->`, whatever stands there now, and `<!-- end -->`. */
const BLOCK = /<!-- measured: ([a-z0-9-]+) -->[^]*?<!-- end -->/g;

/** The contests whose figures a text shows. */
export function measuredIn(text: string): string[] {
  return [...text.matchAll(BLOCK)].map(([, id]) => id!);
}

/** Writes the figures into a text; a contest that was not measured says so. */
export function insertResults(text: string, suites: readonly SuiteResult[]): string {
  return text.replace(BLOCK, (_, id: string) => {
    return [`<!-- measured: ${id} -->`, "", ...blockFor(id, suites), "", "<!-- end -->"].join("\n");
  });
}

function blockFor(id: string, suites: readonly SuiteResult[]): string[] {
  for (const { machine, outcomes, rounds } of suites) {
    const outcome = outcomes.find((one) => one.id === id);
    if (outcome === undefined) continue;
    const { title } = outcome;
    return [
      `_${title}_ (${machine.date}, medians of ${rounds} rounds):`,
      "",
      `![${title}](tests/bench/${id}.svg)`,
      "",
      formatTable(outcome),
    ];
  }
  return ["Not measured yet."];
}
