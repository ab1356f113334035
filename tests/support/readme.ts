import { readProjectFile } from "./project.ts";

/** The README's text. */
export const README: string = readProjectFile("README.md");

/** A row of the README's table of programs. */
export interface ReadmeRow {
  readonly script: string;
  readonly task: string;
  /** In the README's words: `net: loopback`. */
  readonly permissions: string;
}

/** Commands that stand together in one `sh` block, for one machine, from top to bottom. */
export interface CommandBlock {
  readonly heading: string;
  readonly commands: readonly string[];
}

/** The rows of the table of programs. */
export function programRows(): ReadmeRow[] {
  const rows = README.matchAll(/^\| `([^`]+\.ts)` +\| `([^`]+)` +\| ([^|]+) \|/gm);
  return [...rows].map(([, script, task, permissions]) => {
    return { script: script!, task: task!, permissions: permissions!.trim() };
  });
}

/** The section under a heading, up to the next one of any level. */
export function sectionBelow(heading: string): string {
  const section = README.split(/^(?=##+ )/m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`Cannot find the section "${heading}" in README.md`);
  return section;
}

/** The rows of the tables in the section under a heading that name code, cell by cell. */
export function rowsBelow(heading: string): string[][] {
  const rows = sectionBelow(heading).split("\n").filter((line) => {
    return line.startsWith("| ") && line.includes("`");
  });
  return rows.map((row) => {
    return row.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|"));
  });
}

/** The README's `sh` blocks, in order. */
export function commandBlocks(): CommandBlock[] {
  let heading = "";
  const blocks: CommandBlock[] = [];
  for (const part of README.split(/^(?=#|```)/m)) {
    if (part.startsWith("#")) heading = part.slice(0, part.indexOf("\n"));
    if (!part.startsWith("```sh\n")) continue;
    const commands = part.split("\n").slice(1).map((line) => line.trim()).filter(Boolean);
    blocks.push({ heading, commands });
  }
  return blocks;
}

/** What the permission column's words mean, as flags; several are divided by commas. */
const WORDS: Readonly<Record<string, string>> = {
  "net: loopback": "--allow-net=127.0.0.0/8,[::1],localhost",
  "read: shared": "--allow-read=shared",
  "write: shared": "--allow-write=shared",
  "read: here": "--allow-read=.",
  "write: here": "--allow-write=.",
  "env: INIT_CWD": "--allow-env=INIT_CWD",
};

/** The permission flags that a row promises. */
export function promisedFlags(permissions: string): string[] {
  return permissions.split(", ").map((words) => {
    const flag = WORDS[words];
    if (flag === undefined) throw new Error(`Cannot read the permission "${words}" in README.md`);
    return flag;
  });
}
