/**
 * Missing permissions in one line that can be pasted: what was denied, and the command that grants it.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

/** What a program needs for the job that its command line describes. */
export interface Grants {
  /** `HOST:PORT`, `HOST` or `unix:/absolute/path`; or everything, where the peers are not known before. */
  readonly net?: readonly string[] | "all";
  /** Paths to read. */
  readonly read?: readonly string[];
  /** Paths to write. */
  readonly write?: readonly string[];
}

/** How a program was started, as far as it matters for starting it again. */
export interface Launch {
  /** The script's `import.meta.url`. */
  readonly script: string;
  /** Its arguments, as typed. */
  readonly args: readonly string[];
  /** What the job needs. */
  readonly grants: Grants;
  /** Whether it uses UDP, which the runtime counts as unstable. */
  readonly udp?: boolean;
  /** Where the command is to be typed, if not in the current directory. */
  readonly directory?: string;
}

/** The command that runs the same job with what it needs: no more than that. */
export function rerunCommand(launch: Launch): string {
  // An executable has its permissions built in: nobody can add one when it starts.
  if (Deno.build.standalone) return recompileCommand(launch);
  const { script, args, directory } = launch;
  return quoteWords([
    "deno",
    "run",
    ...unstableFlags(launch),
    ...grantFlags(launch),
    shortPath(script, directory),
    ...args,
  ]);
}

/** The command that makes an executable that has, beyond its task's permissions, what the job needs. */
export function recompileCommand(launch: Launch): string {
  const name = launch.script.replace(/^.*\//, "").replace(/\.ts$/, "").replaceAll("_", "-");
  return quoteWords(["deno", "task", `compile:${name}`, "--", ...grantFlags(launch)]);
}

function grantFlags({ grants }: Launch): string[] {
  return (["net", "read", "write"] as const).flatMap((kind) => {
    const values = grants[kind] ?? [];
    if (values === "all") return [`--allow-${kind}`];
    return values.length === 0 ? [] : [`--allow-${kind}=${values.join(",")}`];
  });
}

/** What deno.json switches on for a script beside it, and a bundle must be told: this code lies in its file. */
function unstableFlags({ script, udp = false }: Launch): string[] {
  const hasConfig = script !== import.meta.url && typeof Deno.listenDatagram === "function";
  return hasConfig || !udp ? [] : config.unstable.map((name) => `--unstable-${name}`);
}

/** Words as a shell takes them back for the same words. */
export function quoteWords(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}

/** What the process may reach now, in words. */
export function netAccessInWords(): string {
  const { state } = Deno.permissions.querySync({ name: "net", host: "127.0.0.1" });
  return state === "granted"
    ? "network access is limited to loopback"
    : "network access was not granted";
}

/** A file URL as a path, short where it lies below a directory, the current one if none is given. */
export function shortPath(script: string, directory: string = Deno.cwd()): string {
  const url = new URL(script);
  if (url.protocol !== "file:") return script;
  const path = decodeURIComponent(url.pathname);
  const native = Deno.build.os === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
  const base = `${directory}${Deno.build.os === "windows" ? "\\" : "/"}`;
  return native.startsWith(base) ? native.slice(base.length) : native;
}

/** Quotes what a POSIX shell would not take literally; on Windows, a backslash is no more than that. */
function shellQuote(word: string): string {
  const plain = Deno.build.os === "windows" ? /^[\w@%+=:,./\\-]+$/ : /^[\w@%+=:,./-]+$/;
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
