/**
 * What the operating system says about processes: processor time and memory, of a process and of all that
 * it started.
 *
 * @module
 */

/** What a process and its descendants have used. */
export interface Usage {
  /** Processor time so far, in seconds. */
  readonly cpu: number;
  /** Resident memory now, in bytes; what processes share counts for each. */
  readonly memory: number;
}

/** What the kernel's figures are in. */
export interface Units {
  readonly ticksPerSecond: number;
  readonly pageSize: number;
}

/** One line of `/proc/PID/stat`, as far as it matters here (see proc(5)). */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

/**
 * Adds up a process and its descendants.
 *
 * @param text Lines of `/proc/PID/stat`, of all processes.
 */
export function usageIn(text: string, root: number, units: Units): Usage {
  const family = familyOf(text, root);
  const sum = (key: "ticks" | "pages"): number => family.reduce((sum, one) => sum + one[key], 0);
  return { cpu: sum("ticks") / units.ticksPerSecond, memory: sum("pages") * units.pageSize };
}

/** A process and all that it started, directly or not. */
function familyOf(text: string, root: number): Process[] {
  const processes = text.split("\n").filter(Boolean).map(parseStat);
  const members = new Set([root]);
  // A child's number may be smaller than its parent's: look until nobody new is found.
  for (let before = 0; before < members.size;) {
    before = members.size;
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid);
  }
  return processes.filter(({ pid }) => members.has(pid));
}

/** The name in the second field may hold blanks and parentheses; behind its last one all is plain. */
function parseStat(line: string): Process {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  // Field 3 of the manual is fields[0]: time of its own, in user and system mode, and of reaped children.
  const ticks = [14, 15, 16, 17].reduce((sum, field) => sum + Number(fields[field - 3]), 0);
  return {
    pid: Number.parseInt(line),
    parent: Number(fields[4 - 3]),
    ticks,
    pages: Number(fields[24 - 3]),
  };
}

/** Asks the system about a process and its descendants; `undefined` where there is no `/proc`. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  const text = await readStats();
  if (text === undefined) return undefined;
  const [ticks, page, ...lines] = text.split("\n");
  return usageIn(lines.join("\n"), pid, {
    ticksPerSecond: Number(ticks),
    pageSize: Number(page),
  });
}

/** The most memory that a process has had resident so far, in bytes; Linux only. */
export async function peakMemory(pid: number): Promise<number> {
  const command = new Deno.Command("sh", { args: ["-c", `cat /proc/${pid}/status`] });
  const status = new TextDecoder().decode((await command.output()).stdout);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Descriptors that a process has open; `undefined` where there is no `/proc`. */
export async function descriptorsOf(pid: number): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const args = ["-c", 'ls "/proc/$0/fd" | wc -l', String(pid)];
  const { stdout } = await new Deno.Command("sh", { args, stderr: "null" }).output();
  return Number(new TextDecoder().decode(stdout));
}

/** Ends a process and its descendants; some servers leave children behind that wait for ever. */
export async function killFamily(pid: number): Promise<void> {
  const text = await readStats() ?? "";
  const family = familyOf(text.split("\n").slice(2).join("\n"), pid).map(({ pid }) => `${pid}`);
  if (family.length === 0) return;
  // Whoever is gone by now makes kill complain, and is what was wanted.
  await new Deno.Command("sh", { args: ["-c", 'kill -KILL "$@"', "sh", ...family], stderr: "null" })
    .output();
}

/** Clock ticks a second, page size, and a line for each process. */
async function readStats(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  // Deno lets nobody read /proc without all permissions; other programs may.
  const script = "getconf CLK_TCK; getconf PAGESIZE; cat /proc/[0-9]*/stat 2>/dev/null";
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script], stderr: "null" })
    .output();
  return new TextDecoder().decode(stdout);
}
