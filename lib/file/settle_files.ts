import type { ExistsPolicy } from "../codec/file_messages.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import { equalBytes } from "../codec/bytes.ts";
import { digestOf, hashBytes } from "./digest.ts";
import type { Settled } from "./destination.ts";
import { openPlainFile } from "./open_plain_file.ts";
import { publish, type Published } from "./publish.ts";
import type { SafeRoot } from "./safe_root.ts";
import type { StagedIncoming } from "./staged_incoming.ts";
import { outcomeOf } from "./transfer_error.ts";

/** What is staged can always be opened by its owner: to go on with it, and to see whether it is in use. */
const OWNER_MODE = 0o600;

/** What is wrong with the disk and not with the file: when that is over, the name can be made. */
const COMES_AGAIN: readonly Outcome[] = ["disk-full", "disk-error", "no-access"];

/** One file's way to its name. */
export interface FileSettled extends Settled {
  /** Where it is now, if it got there. */
  readonly published?: Published;
  /** Whether it is whole and right, and only its name could not be made: another time it may get it. */
  readonly keep?: boolean;
}

/** How files get their names. */
export interface SettleOptions {
  /** What to do with names that exist. */
  readonly ifExists: ExistsPolicy;
  /** Whether files are synced before. */
  readonly sync: boolean;
  /** Whether nobody is told what a file that exists has. */
  readonly blind?: boolean;
  /** Paths of directories that get a mode of their own at the end of the job. */
  readonly announced: ReadonlySet<string>;
}

/**
 * Gives complete and verified files their modes and times, syncs them together, so that one turn of the
 * disk serves all, and publishes them one after the other. The files stay open.
 */
export async function settleFiles(
  root: SafeRoot,
  files: readonly StagedIncoming[],
  options: SettleOptions,
): Promise<FileSettled[]> {
  const failures = await Promise.all(files.map((file) => complete(root, file, options.sync)));
  const settled: FileSettled[] = [];
  // Made sure of behind the file that has just been published, which is in front of the next one.
  let plain: string | undefined;
  for (const [at, file] of files.entries()) {
    const failure = failures[at];
    const parent = file.entry.parts.slice(0, -1).join("/");
    const one: FileSettled = failure === undefined
      ? await publishOne(root, file, options, parent === plain)
      : { outcome: failure, storedAs: "" };
    plain = one.published && parent;
    settled.push(one);
  }
  return settled;
}

/** Returns why the file cannot be published, if so. */
async function complete(
  root: SafeRoot,
  { entry, staged }: StagedIncoming,
  sync: boolean,
): Promise<Outcome | undefined> {
  const time = new Date(entry.mtime);
  try {
    setMode(root, staged.path, entry.mode | OWNER_MODE);
    staged.file.utimeSync(time, time);
    if (sync) await staged.file.sync();
    return undefined;
  } catch (error) {
    return outcomeOf(error, "receiving");
  }
}

async function publishOne(
  root: SafeRoot,
  incoming: StagedIncoming,
  { ifExists, announced, blind = false }: SettleOptions,
  isPlain: boolean,
): Promise<FileSettled> {
  const { entry, staged } = incoming;
  try {
    if ((entry.mode | OWNER_MODE) !== entry.mode) setMode(root, staged.path, entry.mode);
    const published = publish(root, staged.path, entry.parts, ifExists, {
      announced,
      isPlain,
    });
    if (published === undefined) {
      return { outcome: await judgeExisting(root, incoming, ifExists, blind), storedAs: "" };
    }
    const renamed = published.parts.at(-1) !== entry.parts.at(-1);
    const storedAs = renamed ? published.parts.join("/") : "";
    return { outcome: "published", storedAs, published };
  } catch (error) {
    const outcome = outcomeOf(error, "receiving");
    const mayComeAgain = COMES_AGAIN.includes(outcome);
    return { outcome, storedAs: "", keep: mayComeAgain && makeOpenable(root, incoming) };
  }
}

/** Takes back the mode that a published file has; returns whether that went well. */
function makeOpenable(root: SafeRoot, { entry, staged }: StagedIncoming): boolean {
  try {
    setMode(root, staged.path, entry.mode | OWNER_MODE);
    return true;
  } catch (error) {
    outcomeOf(error, "receiving");
    return false;
  }
}

function setMode(root: SafeRoot, path: string, mode: number): void {
  if (Deno.build.os !== "windows") root.files.chmodSync(path, mode);
}

/** Somebody else published a file under the name since the job was planned: perhaps the very same. */
async function judgeExisting(
  root: SafeRoot,
  { entry, size, hash }: StagedIncoming,
  ifExists: ExistsPolicy,
  blind: boolean,
): Promise<Outcome> {
  if (ifExists === "skip") return "skipped";
  if (blind) return "taken";
  const { file, facts } = openPlainFile(root, entry.parts);
  try {
    if (facts.size !== size) return "different";
    const theirs = await hashBytes((into) => file.readSync(into), size);
    const same = theirs !== undefined && equalBytes(digestOf(theirs), digestOf(hash));
    return same ? "unchanged" : "different";
  } finally {
    file.close();
  }
}
