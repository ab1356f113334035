/**
 * The moment at which a complete, verified, synced file gets its name. A hard link fails if the name
 * exists: there is no instant at which a check and an act could be told apart. Only replacing, asked
 * for, renames over what is there; that is atomic, too.
 *
 * @module
 */

import { findNameProblem, MAX_PART_BYTES } from "../codec/file_names.ts";
import { cutUtf8, utf8Length } from "../codec/utf8_length.ts";
import type { ExistsPolicy } from "../codec/file_messages.ts";
import type { SafeRoot } from "./safe_root.ts";
import { TransferError } from "./transfer_error.ts";

/** How many names of the form `name (2).ext` are tried. */
const MAX_NAMES_TRIED = 1000;

/** A file that got its name. */
export interface Published {
  /** The parts of the name that it got. */
  readonly parts: readonly string[];
  /** Directories that were made on the way, by their parts. */
  readonly created: readonly (readonly string[])[];
  /** Size of the file that was replaced, if one was. */
  readonly replacedBytes: number | undefined;
}

/** What is known of the way to the name. */
export interface PublishOptions {
  /** Paths of directories that get a mode of their own later. */
  readonly announced?: ReadonlySet<string>;
  /** Whether the directory of the name has just been made sure of, by the file before. */
  readonly isPlain?: boolean;
}

/**
 * Gives a staged file its name.
 *
 * @returns `undefined` if the name is taken and the policy is not to replace or rename.
 * @throws {TransferError} If the way to the name is not made of directories, or something that is no
 * file has the name. Else what the file system throws; the staged file is still there.
 */
export function publish(
  root: SafeRoot,
  stagedPath: string,
  parts: readonly string[],
  policy: ExistsPolicy,
  { announced, isPlain = false }: PublishOptions = {},
): Published | undefined {
  const created = isPlain ? [] : root.makeParents(parts, announced);
  const parent = parts.slice(0, -1);
  if (policy === "replace") {
    const replacedBytes = replace(root, stagedPath, parts);
    root.assertPlain(parent);
    return { parts, created, replacedBytes };
  }
  const tries = policy === "rename" ? MAX_NAMES_TRIED : 1;
  for (let number = 1; number <= tries; number++) {
    const name = number === 1 ? parts : [...parent, numberedName(parts.at(-1) ?? "", number)];
    if (number > 1 && findNameProblem(name.join("/")) !== undefined) break;
    if (!linkNew(root, stagedPath, name)) continue;
    root.assertPlain(parent);
    return { parts: name, created, replacedBytes: undefined };
  }
  return undefined;
}

/**
 * `report.pdf` → `report (2).pdf`; what has no extension, or only that, gets the number at the end. A name
 * that becomes too long loses characters in front of the number.
 */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  const end = ` (${number})${extension}`;
  return cutUtf8(stem, Math.max(1, MAX_PART_BYTES - utf8Length(end))) + end;
}

function linkNew(root: SafeRoot, stagedPath: string, parts: readonly string[]): boolean {
  try {
    root.files.linkSync(stagedPath, root.resolve(parts));
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
  try {
    root.files.removeSync(stagedPath);
  } catch {
    // The file has its name, and that is what counts; the second name goes when partials are pruned.
  }
  return true;
}

function replace(
  root: SafeRoot,
  stagedPath: string,
  parts: readonly string[],
): number | undefined {
  const there = root.look(parts);
  if (there !== undefined && !there.isFile) throw new TransferError("not-a-file");
  root.files.renameSync(stagedPath, root.resolve(parts));
  return there?.size;
}
