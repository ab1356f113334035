import type { Outcome } from "../codec/file_outcomes.ts";
import type { ReceivedEntry, Settled } from "./destination.ts";
import type { SafeRoot } from "./safe_root.ts";
import { syncDirectories } from "./sync_directories.ts";
import { outcomeOf } from "./transfer_error.ts";
import { Turns } from "./turns.ts";

/** Its owner can always look into a directory and clear it out, whatever mode the sender says. */
const OWNER_MODE = 0o700;

/**
 * Makes the directories of a job. It comes last, because a file that is published changes the time of its
 * directory, and a directory that cannot be written could not take files.
 *
 * @param created Paths of directories that the job has made already; only those that it made, before or
 * now, and those that a job left which did not come so far, get the sender's mode and time.
 */
export async function makeDirectories(
  root: SafeRoot,
  entries: readonly ReceivedEntry[],
  created: Set<string>,
  sync: boolean,
): Promise<Settled[]> {
  const turns = new Turns();
  const changed = new Set<string>();
  const outcomes: Outcome[] = [];
  for (const { parts } of entries) {
    outcomes.push(makeOne(root, parts, created, changed));
    await turns.yieldIfDue();
  }
  // From the inside out: what changes in a directory changes its time, too.
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at];
    if (entry !== undefined && outcomes[at] === "published") {
      outcomes[at] = setModeAndTime(root, entry);
    }
    await turns.yieldIfDue();
  }
  const durable = !sync || await syncDirectories(root.files, changed);
  return outcomes.map((outcome) => ({
    outcome: outcome === "published" && !durable ? "disk-error" : outcome,
    storedAs: "",
  }));
}

function makeOne(
  root: SafeRoot,
  parts: readonly string[],
  created: Set<string>,
  changed: Set<string>,
): Outcome {
  try {
    for (const parent of root.makeParents(parts)) created.add(root.resolve(parent));
    if (root.beginDirectory(parts)) created.add(root.resolve(parts));
    if (!created.has(root.resolve(parts)) && !root.isUnfinished(parts)) return "unchanged";
    changed.add(root.resolve(parts)).add(root.resolve(parts.slice(0, -1)));
    return "published";
  } catch (error) {
    return outcomeOf(error, "receiving");
  }
}

function setModeAndTime(root: SafeRoot, { parts, mode, mtime }: ReceivedEntry): Outcome {
  const path = root.resolve(parts);
  const time = new Date(mtime);
  try {
    root.assertPlain(parts);
    root.files.utimeSync(path, time, time);
    root.assertPlain(parts);
    // Last: from here on it counts as finished.
    if (Deno.build.os !== "windows") root.files.chmodSync(path, mode | OWNER_MODE);
    return "published";
  } catch (error) {
    return outcomeOf(error, "receiving");
  }
}
