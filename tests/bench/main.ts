/**
 * `deno task bench`: our programs and what a user would pick instead, measured in the same run, taking
 * turns.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/cli/exit.ts";
import { type CommandLine, type FlagTable, NO_POSITIONALS } from "../../lib/cli/flags.ts";
import { printNote, printResult } from "../../lib/cli/output.ts";
import { type Program, runProgram } from "../../lib/cli/program.ts";
import { chatSuite } from "./chat.ts";
import { drawChart } from "./chart.ts";
import { type Suite, type SuiteName, SUITES } from "./contest.ts";
import { echoSuite } from "./echo.ts";
import { fileSuite } from "./files.ts";
import { describeMachine } from "./machine.ts";
import { formatResults, formatTable, type SuiteResult } from "./report.ts";
import { type Measurement, runContest } from "./rounds.ts";
import { readable } from "./statistics.ts";
import { udpSuite } from "./udp.ts";

const FOLDER = "tests/bench";
/** What was measured last, suite by suite: a run of one suite keeps the others. */
const DATA = `${FOLDER}/results.json`;

const FLAGS = {
  only: {
    kind: "text",
    value: "NAMES",
    help: `measure these suites or contests, with commas: ${SUITES.join(", ")}, echo-100`,
  },
  rounds: {
    kind: "integer",
    value: "ROUNDS",
    min: 1,
    max: 100,
    default: 5,
    help: "times that everybody's turn comes",
  },
  seconds: {
    kind: "number",
    value: "SECONDS",
    min: 0.05,
    max: 10,
    default: 2,
    help: "duration of one measurement of throughput",
  },
  json: { kind: "switch", help: "every measurement and the outcomes as JSON, one object a line" },
  "print-only": { kind: "switch", help: `leave the results and charts in ${FOLDER} as they are` },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "bench",
  summary: "measures the programs against what else there is, taking turns",
  positionals: NO_POSITIONALS,
  flags: FLAGS,
  examples: [
    ["deno task bench", "everything, some minutes; writes results.md and charts"],
    ["deno task bench --only echo --rounds 3", "one suite"],
    ["deno task bench --only echo-bulk --print-only", "one contest, for the eye"],
  ],
  exitCodes: ["1 also if one of our programs failed what is verified before it is measured"],
};

/** What yields each suite; they are looked at only when they are wanted. */
const MAKERS: Readonly<Record<SuiteName, (seconds: number) => Promise<Suite>>> = {
  echo: echoSuite,
  udp: udpSuite,
  file: fileSuite,
  chat: chatSuite,
};

async function main({ flags }: CommandLine<typeof FLAGS>): Promise<number> {
  const wanted = flags.only?.split(",") ?? [];
  const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
  const machine = await describeMachine();
  if (machine.load > 0.5) printNote(`The machine is busy: load ${machine.load.toFixed(1)}`);
  const results: SuiteResult[] = [];
  for (const name of SUITES) {
    if (!isWanted(name) && !wanted.some((word) => word.startsWith(`${name}-`))) continue;
    const suite = await MAKERS[name](flags.seconds);
    const { title, absent } = suite;
    const outcomes = [];
    for (const contest of suite.contests) {
      if (!isWanted(name) && !isWanted(contest.id)) continue;
      const outcome = await runContest(contest, flags.rounds, flags.json ? printJson : printTurn);
      if (flags.json) printJson({ event: "outcome", ...outcome });
      else printResult(`\n${outcome.title}\n\n${formatTable(outcome)}\n`);
      outcomes.push(outcome);
    }
    const { rounds } = flags;
    results.push({ name, title, machine, rounds, outcomes, ...absent !== undefined && { absent } });
  }
  const outcomes = results.flatMap(({ outcomes }) => outcomes);
  const unknown = wanted.filter((word) => {
    return !results.some(({ name }) => name === word) && !outcomes.some(({ id }) => id === word);
  });
  if (unknown.length > 0) {
    throw new UsageError(`Cannot measure "${unknown.join(",")}": no such suite`);
  }
  if (!flags["print-only"]) save(results);
  const failed = outcomes.some(({ rows }) => {
    return rows.some(({ ours, absent }) => ours && absent?.startsWith("failed"));
  });
  return failed ? EXIT.failed : EXIT.done;
}

function printTurn({ contest, entry, round, figures, failure }: Measurement): void {
  const said = failure ?? Object.entries(figures ?? {}).map(([key, value]) => {
    return `${key} ${readable(value)}`;
  }).join(", ");
  printNote(`${contest} round ${round}, ${entry}: ${said}`);
}

function printJson(value: object): void {
  printResult(JSON.stringify("event" in value ? value : { event: "measurement", ...value }));
}

/** Puts what was measured now beside what was measured before, and writes it all. */
function save(results: readonly SuiteResult[]): void {
  const before = new Map(readResults().map((result) => [result.name, result]));
  for (const result of results) {
    before.set(result.name, mergeSuite(before.get(result.name), result));
  }
  const all = SUITES.flatMap((name) => before.get(name) ?? []);
  Deno.writeTextFileSync(DATA, `${JSON.stringify(all, null, 2)}\n`);
  Deno.writeTextFileSync(`${FOLDER}/results.md`, formatResults(all));
  for (const outcome of all.flatMap(({ outcomes }) => outcomes)) {
    Deno.writeTextFileSync(`${FOLDER}/${outcome.id}.svg`, drawChart(outcome));
  }
}

/** A suite of which only some contests were measured keeps the others. */
function mergeSuite(before: SuiteResult | undefined, now: SuiteResult): SuiteResult {
  if (before === undefined) return now;
  const outcomes = new Map([...before.outcomes, ...now.outcomes].map((one) => [one.id, one]));
  return { ...now, outcomes: [...outcomes.values()] };
}

function readResults(): SuiteResult[] {
  try {
    return JSON.parse(Deno.readTextFileSync(DATA));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
