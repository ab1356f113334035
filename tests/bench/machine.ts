import { cpus } from "node:os";

/** What the figures were taken on. */
export interface Machine {
  /** `2026-03-01`. */
  readonly date: string;
  readonly system: string;
  readonly processor: string;
  readonly memory: string;
  /** Running processes before the benchmark, averaged over a minute; figures of a busy machine say little. */
  readonly load: number;
  /** What took part, with versions. */
  readonly software: readonly string[];
}

/** How each program says which version it is. */
const VERSIONS: readonly (readonly [name: string, ...command: string[]])[] = [
  ["Node", "node", "--version"],
  ["Python", "python3", "--version"],
  ["C", "cc", "-dumpfullversion"],
  ["ncat", "ncat", "--version"],
  ["socat", "socat", "-V"],
  ["rsync", "rsync", "--version"],
  ["ngIRCd", "ngircd", "--version"],
];

/** Describes this machine. */
export async function describeMachine(): Promise<Machine> {
  const all = cpus();
  const { total } = Deno.systemMemoryInfo();
  const versions = await Promise.all(VERSIONS.map(versionOf));
  return {
    date: new Date().toISOString().slice(0, 10),
    system: `${Deno.build.os} ${Deno.osRelease()}, ${Deno.build.arch}`,
    processor: `${all.length} x ${all[0]?.model.trim() ?? "unknown processor"}`,
    memory: `${Math.round(total / 2 ** 30)} GiB`,
    load: Deno.loadavg()[0] ?? 0,
    software: [`Deno ${Deno.version.deno}`, ...versions.filter((version) => version !== "")],
  };
}

async function versionOf(
  [name, command = "", ...args]: readonly [string, ...string[]],
): Promise<string> {
  try {
    const { stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" }).output();
    const decoder = new TextDecoder();
    const [version] = /\d+(\.\d+)+/.exec(decoder.decode(stdout) + decoder.decode(stderr)) ?? [];
    return `${name} ${version ?? "of an unknown version"}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
