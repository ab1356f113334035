/**
 * `deno task soak`: a hostile week in a short time. All servers run at once, each with somebody who treats
 * it as the internet would; in the end each must still do its job, and have given back what it took.
 *
 * @module
 */
import { EXIT, UsageError } from "../../lib/cli/exit.ts";
import { type CommandLine, type FlagTable, NO_POSITIONALS } from "../../lib/cli/flags.ts";
import { printNote, printResult } from "../../lib/cli/output.ts";
import { count } from "../../lib/cli/plural.ts";
import { type Program, runProgram } from "../../lib/cli/program.ts";
import { testSeed } from "../support/random.ts";
import { CHAT, LOUD_CHAT } from "./chat.ts";
import { ECHO, ECHO_STOPPED, ECHO_WITHOUT_DESCRIPTORS } from "./echo.ts";
import { FILES } from "./files.ts";
import { GREETING, MESSAGES } from "./lines.ts";
import type { Torture } from "./torture.ts";
import { UDP_ECHO } from "./udp.ts";
import { type Account, MEMORY_BOUND_MIB, torment } from "./victim.ts";

/** Who is tortured; all at once. */
const TORTURES: readonly Torture[] = [
  ECHO,
  ECHO_WITHOUT_DESCRIPTORS,
  ECHO_STOPPED,
  UDP_ECHO,
  MESSAGES,
  GREETING,
  FILES,
  CHAT,
  LOUD_CHAT,
];

const FLAGS = {
  minutes: {
    kind: "number",
    value: "MINUTES",
    min: 0.01,
    max: 100_000,
    default: 60,
    help: "how long",
  },
  seed: {
    kind: "integer",
    value: "NUMBER",
    min: 0,
    max: 0xffff_ffff,
    help: "what chance does, as the report of an earlier soak named it",
  },
  only: { kind: "text", value: "NAMES", help: "servers to torture, with commas" },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "soak",
  summary: "treats all servers badly for a while, and makes sure that they come through",
  positionals: NO_POSITIONALS,
  flags: FLAGS,
  examples: [
    ["deno task soak", "an hour"],
    ["deno task soak --minutes 2", "as the gate does"],
    ["deno task soak --minutes 1 --only echo-server", "one server"],
  ],
  exitCodes: ["1 also if something did not hold"],
};

async function main({ flags }: CommandLine<typeof FLAGS>): Promise<number> {
  const wanted = flags.only === undefined ? TORTURES : flags.only.split(",").map(find);
  const seed = flags.seed ?? testSeed();
  printNote(`Seed ${seed}: ${count(wanted.length, "server")}, ${count(flags.minutes, "minute")}`);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), flags.minutes * 60_000);
  Deno.addSignalListener("SIGINT", () => stop.abort());
  const accounts = await Promise.all(wanted.map(async (torture) => {
    // The same chances for it, whoever else is tortured.
    const account = await torment(torture, seed + TORTURES.indexOf(torture), stop.signal);
    printResult(describe(account));
    return account;
  }));
  clearTimeout(timer);
  const failures = accounts.flatMap(({ name, failures }) =>
    failures.map((one) => `${name}: ${one}`)
  );
  for (const failure of failures) printNote(`Failed with seed ${seed}: ${failure}`);
  const bouts = accounts.reduce((sum, { bouts }) => sum + total(bouts), 0);
  printResult(
    failures.length === 0
      ? `All held: ${count(accounts.length, "server")}, ${
        count(bouts, "bout")
      }; none has more descriptors than before, ` +
        `nor ${MEMORY_BOUND_MIB} MiB more memory; every log line is escaped`
      : `${failures.length} did not hold`,
  );
  return failures.length === 0 ? EXIT.done : EXIT.failed;
}

function find(wanted: string): Torture {
  const torture = TORTURES.find(({ name }) => name === wanted);
  if (torture !== undefined) return torture;
  const known = TORTURES.map(({ name }) => name).join(", ");
  throw new UsageError(`Option --only got "${wanted}": expected any of ${known}`);
}

function describe({ name, bouts, proofs, logLines, memory, descriptors }: Account): string {
  const kinds = Object.entries(bouts).map(([kind, count]) => `${kind} ${count}`).join(", ");
  const [before, after] = memory.map((mebibytes) => Math.round(mebibytes));
  return `${name}: ${
    total(bouts)
  } bouts (${kinds}); ${proofs} proofs; memory ${before} -> ${after} MiB, ` +
    `descriptors ${descriptors.join(" -> ")}, ${logLines} log lines`;
}

function total(bouts: Readonly<Record<string, number>>): number {
  return Object.values(bouts).reduce((sum, count) => sum + count, 0);
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
