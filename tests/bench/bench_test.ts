import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { drawChart } from "./chart.ts";
import type { Contest, Entry, Figures } from "./contest.ts";
import { formatTable } from "./report.ts";
import { runContest } from "./rounds.ts";
import { readable, spreadOf } from "./statistics.ts";
import { usageIn } from "../support/usage.ts";

const PURE = { timeout: 5_000, permissions: "none" } as const;

Deno.test("the spread of some rounds", PURE, () => {
  const cases: [number[], number, number, number][] = [
    [[5], 5, 5, 5],
    [[3, 1, 2], 2, 1, 3],
    [[4, 1, 3, 2], 2.5, 1, 4],
    // Numbers, not words: 10 stands behind 9.
    [[10, 9, 100], 10, 9, 100],
  ];
  for (const [values, median, min, max] of cases) {
    assertEquals(spreadOf(values), { median, min, max });
  }
  assertThrows(() => spreadOf([]), RangeError, "Cannot take the median of nothing");
});

Deno.test("numbers show their first three digits", PURE, () => {
  const cases: [number, string][] = [
    [0, "0"],
    [0.123456, "0.123"],
    [7.6543, "7.65"],
    [76.543, "76.5"],
    [123_456, "123,000"],
    [-2, "-2"],
  ];
  for (const [value, text] of cases) assertEquals(readable(value), text);
});

Deno.test("processor time and memory of a process and what it started", PURE, () => {
  const line = (
    pid: number,
    name: string,
    parent: number,
    times: number[],
    pages: number,
  ): string =>
    `${pid} (${name}) S ${parent} ${"0 ".repeat(9)}${times.join(" ")} ${"0 ".repeat(6)}${pages} 0`;
  const text = [
    line(1, "init", 0, [9, 9, 9, 9], 9),
    line(100, "server", 1, [10, 20, 0, 0], 3),
    // A name may hold what divides the fields; a child may have the smaller number.
    line(50, "odd) S 1 (name", 100, [1, 2, 3, 4], 5),
    line(200, "grandchild", 50, [100, 0, 0, 0], 7),
    line(300, "stranger", 1, [1_000, 0, 0, 0], 1_000),
    "",
  ].join("\n");
  const units = { ticksPerSecond: 100, pageSize: 4_096 };
  assertEquals(usageIn(text, 100, units), { cpu: 1.4, memory: 15 * 4_096 });
  assertEquals(usageIn(text, 4_711, units), { cpu: 0, memory: 0 });
});

/** A contest between entries that give what they are told to. */
function contest(entries: readonly Entry[]): Contest {
  const columns = [
    { key: "rate", title: "messages/s", better: "more" },
    { key: "cpu", title: "us/message", better: "less" },
  ] as const;
  return { id: "test", title: "A <test>", method: "Nothing is done.", columns, entries };
}

function entry(name: string, rounds: Figures[], more: Partial<Entry> = {}): Entry {
  return {
    name,
    ...more,
    measure: () => {
      const next = rounds.shift();
      return next === undefined
        ? Promise.reject(new Error("two bytes differ\nand so on"))
        : Promise.resolve(next);
    },
  };
}

Deno.test("everybody takes turns, and is compared within a round", PURE, async () => {
  const turns: string[] = [];
  const outcome = await runContest(
    contest([
      entry("ours", [{ rate: 10, cpu: 1 }, { rate: 30, cpu: 1 }], { ours: true }),
      entry("theirs", [{ rate: 5, cpu: 3 }, { rate: 20, cpu: 2 }]),
      entry("broken", [{ rate: 1, cpu: 1 }]),
      entry("missing", [], { absent: "missing is not installed" }),
    ]),
    2,
    ({ entry, round }) => turns.push(`${round} ${entry}`),
  );
  assertEquals(turns, ["1 ours", "1 theirs", "1 broken", "2 theirs", "2 broken", "2 ours"]);
  const [ours, theirs, broken, missing] = outcome.rows;
  assertEquals(ours?.figures["rate"], { median: 20, min: 10, max: 30 });
  assertEquals(ours?.ratios, {});
  assertEquals(theirs?.ratios["rate"], { median: 1.75, min: 1.5, max: 2 });
  assertEquals(theirs?.ratios["cpu"], { median: 2.5, min: 2, max: 3 });
  assertEquals(broken?.absent, "failed: two bytes differ");
  assertEquals(missing?.absent, "missing is not installed");

  const table = formatTable(outcome).split("\n");
  assertEquals(new Set(table.map((line) => line.length)).size, 1, "columns stand below each other");
  assertStringIncludes(table[2]!, "| **ours** | 20 ");
  assertStringIncludes(table[3]!, "1.75x (1.50 - 2.00)");
  const svg = drawChart(outcome);
  assertStringIncludes(svg, "A &lt;test>");
  assertStringIncludes(svg, "missing is not installed");
  assertStringIncludes(svg, "prefers-color-scheme:dark");
  assertEquals(svg.match(/<rect/g)?.length, 2);
});
