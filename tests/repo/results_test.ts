import { assert, assertEquals } from "@std/assert";
import { insertResults, measuredIn } from "../bench/readme.ts";
import { drawChart } from "../bench/chart.ts";
import { formatResults, type SuiteResult } from "../bench/report.ts";
import { readProjectFile } from "../support/project.ts";
import { README } from "../support/readme.ts";

const FILES = { timeout: 10_000 };

/** What was measured last. */
function results(): SuiteResult[] {
  return JSON.parse(readProjectFile("tests/bench/results.json"));
}

Deno.test("every figure of the README's tables comes from the last measurement", FILES, () => {
  assert(measuredIn(README).length > 0, "the README shows figures");
  assertEquals(insertResults(README, results()), README);
});

Deno.test("results.md and the charts are those of the last measurement", FILES, () => {
  const suites = results();
  assertEquals(readProjectFile("tests/bench/results.md"), formatResults(suites));
  for (const outcome of suites.flatMap(({ outcomes }) => outcomes)) {
    assertEquals(readProjectFile(`tests/bench/${outcome.id}.svg`), drawChart(outcome));
  }
});

Deno.test("a contest that the README shows is one that is measured", FILES, () => {
  const known = results().flatMap(({ outcomes }) => outcomes.map(({ id }) => id));
  assertEquals(measuredIn(README).filter((id) => !known.includes(id)), []);
});
