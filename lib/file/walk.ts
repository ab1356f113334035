/**
 * Collects what is to be sent: files and directories below a root, in the order of their names. Links and
 * special files are never followed or opened; they are left out with a note, and so is whatever has a
 * name that no receiver would take.
 *
 * @module
 */

import { LimitError } from "../codec/errors.ts";
import { findNameProblem, foldPart, STAGING_DIRECTORY } from "../codec/file_names.ts";
import { lookAt } from "./file_layer.ts";
import type { ManifestShare } from "./manifest_share.ts";
import type { SafeRoot } from "./safe_root.ts";
import { directorySource, fileSource, type Omission, type Source } from "./source.ts";
import { outcomeOf, TransferError } from "./transfer_error.ts";
import { Turns } from "./turns.ts";

/** What was found, or that something is left out and why. */
export type Found = Source | Omission;

/** How to walk. */
export interface WalkOptions {
  /** Where the walk begins, as parts of the name below the root; `[]` is the root itself. */
  readonly parts: readonly string[];
  /** The name that it is sent under; `""` for the root itself. */
  readonly path: string;
  /** Whether to go into directories that are found; the one where the walk begins is always entered. */
  readonly recursive?: boolean;
  /** Most things to find. */
  readonly limit: number;
  /** Grows with what is found, if many walks share memory. */
  readonly share?: ManifestShare;
}

/** Whether something found is to be sent. */
export function isSource(found: Found): found is Source {
  return "entry" in found;
}

/**
 * Walks down from one place.
 *
 * @throws {LimitError} If more than `limit` things are found.
 * @throws {TransferError} `busy` if their share of memory is too large.
 */
export async function walk(root: SafeRoot, options: WalkOptions): Promise<Found[]> {
  const { parts, path, recursive = true, limit } = options;
  const found: Found[] = [];
  const turns = new Turns();
  const first: Place = { parts, path, item: examine(root, parts, path, () => root.look(parts)) };
  const waiting = [first];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let { item } = next;
    const isDirectory = item === undefined || (isSource(item) && item.entry.type === "directory");
    if (isDirectory && (recursive || next === first)) {
      try {
        // Reversed, because the last one put in comes out first.
        for (const place of (await lookInto(root, next, options, turns)).reverse()) {
          waiting.push(place);
        }
      } catch (error) {
        if (error instanceof TransferError && error.endsAll) throw error;
        // Sent without what is in it, it would look complete.
        item = { path: next.path, outcome: outcomeOf(error, "sending") };
      }
    }
    if (item !== undefined) found.push(item);
    if (found.length > limit) {
      throw new LimitError(`Cannot collect files: more than ${limit} are not allowed`, limit);
    }
    if (turns.due) await turns.yieldIfDue();
  }
  return found;
}

/** Something on the way. */
interface Place {
  readonly parts: readonly string[];
  readonly path: string;
  /** What lies there; `undefined` for the root itself, which has no name to be sent under. */
  readonly item: Found | undefined;
}

function examine(
  root: SafeRoot,
  parts: readonly string[],
  path: string,
  look: () => Deno.FileInfo | undefined,
): Found | undefined {
  if (path !== "" && findNameProblem(path) !== undefined) return { path, outcome: "bad-name" };
  try {
    const facts = look();
    if (facts === undefined) return { path, outcome: "missing" };
    if (facts.isDirectory) return path === "" ? undefined : directorySource(facts, path);
    return facts.isFile ? fileSource(root, parts, facts, path) : { path, outcome: "not-a-file" };
  } catch (error) {
    return { path, outcome: outcomeOf(error, "sending") };
  }
}

/**
 * What is in a directory, in the order of names, one more than `limit` at most. The way to it is made
 * sure of twice for all of them together: nothing is opened here, and what was seen through a link that
 * came meanwhile is forgotten.
 */
async function lookInto(
  root: SafeRoot,
  { parts, path }: Place,
  { limit, share }: WalkOptions,
  turns: Turns,
): Promise<Place[]> {
  root.assertPlain(parts);
  const names: string[] = [];
  for (const { name } of root.files.readDirSync(root.resolve(parts))) {
    // Ours, and nobody's business.
    if (foldPart(name) !== foldPart(STAGING_DIRECTORY)) names.push(name);
  }
  const places: Place[] = [];
  for (const name of names.sort().slice(0, limit + 1)) {
    const here = [...parts, name];
    const below = path === "" ? name : `${path}/${name}`;
    share?.take(1, below.length);
    const look = (): Deno.FileInfo | undefined => {
      const facts = lookAt(root.files, root.resolve(here));
      // The runtime reads bytes that are no UTF-8 as U+FFFD, and then finds nothing of that name.
      if (facts === undefined && name.includes("\ufffd")) throw new TransferError("bad-name");
      return facts;
    };
    places.push({ parts: here, path: below, item: examine(root, here, below, look) });
    if (turns.due) await turns.yieldIfDue();
  }
  root.assertPlain(parts);
  return places;
}
