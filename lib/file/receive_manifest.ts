import { LimitError, ProtocolError } from "../codec/errors.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import { findNameProblem, type NameRules } from "../codec/file_names.ts";
import { NameTree } from "../codec/file_name_tree.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import type { Channel } from "./channel.ts";
import type { ReceivedEntry, Refusal } from "./destination.ts";
import type { OnEvent } from "./events.ts";
import { assertFitting } from "./fitting_outcomes.ts";
import type { TransferLimits } from "./limits.ts";
import type { ManifestShare } from "./manifest_share.ts";
import type { WantedNames } from "./wanted_names.ts";

/** What a manifest is held against. */
export interface ManifestRules {
  /** What is too much. */
  readonly limits: TransferLimits;
  /** What names are bad. */
  readonly names: NameRules;
  /** What was asked for; on put everything was. */
  readonly wanted?: WantedNames | undefined;
  /** The path under which an entry is stored, where it is not its own. */
  readonly renamed?: ((path: string) => string) | undefined;
}

/** What the sender announced: everything that is left to decide about it, by index. */
export interface ReceivedManifest {
  /** Every entry in order, those included that are refused. */
  readonly entries: ReceivedEntry[];
  /** Entries that cannot be taken, whatever lies at the destination. */
  readonly refusals: Map<number, Refusal>;
}

/**
 * Reads a manifest and finds, before anything is touched, what breaks rules or limits or collides.
 *
 * @param share What it takes of the memory for all manifests.
 * @throws {LimitError} If the job is too large as a whole.
 * @throws {TransferError} `busy` if too much of that memory is taken.
 * @throws {ProtocolError} If the manifest contradicts itself, or has something nobody asked for.
 */
export async function readManifest(
  channel: Channel,
  rules: ManifestRules,
  emit: OnEvent,
  share: ManifestShare,
): Promise<ReceivedManifest> {
  const { items, bytes } = await channel.expect("manifest");
  const { jobFiles, jobBytes } = rules.limits;
  assertLimit("files", items, jobFiles);
  assertLimit("bytes", bytes, jobBytes);
  share.take(items, 0);
  const manifest: ReceivedManifest = { entries: [], refusals: new Map() };
  const tree = new NameTree();
  let sum = 0;
  let names = 0;
  for (let index = 0; index < items; index++) {
    const message = await channel.expect("entry", "omitted");
    names += message.path.length;
    assertLimit("characters of names", names, rules.limits.jobNames);
    share.take(0, message.path.length);
    rules.wanted?.take(message.path);
    if (message.kind === "omitted") {
      assertFitting(message);
      emit(message);
      continue;
    }
    sum += message.size;
    assertConsistent(message, rules);
    judge(manifest, tree, message, index, rules);
    assertLimit("files", tree.size, jobFiles);
  }
  if (sum !== bytes) {
    throw new ProtocolError(`Cannot accept the job: its ${bytes} bytes are ${sum}`);
  }
  rules.wanted?.finish();
  return manifest;
}

/** Adds an entry, and why it cannot be taken if that is so. */
function judge(
  { entries, refusals }: ReceivedManifest,
  tree: NameTree,
  message: MessageOf<"entry">,
  index: number,
  rules: ManifestRules,
): void {
  const path = rules.renamed?.(message.path) ?? message.path;
  const isBad = findNameProblem(path, rules.names) !== undefined;
  // A bad name is never used, and may have very many parts.
  const parts = isBad ? [] : path.split("/");
  const refusal = isBad ? refuse("bad-name") : findRefusal(message, parts, tree, rules.limits);
  if (refusal !== undefined) refusals.set(index, refusal);
  entries.push({ ...message, index, parts });
}

function assertLimit(what: string, count: number, limit: number): void {
  if (count <= limit) return;
  throw new LimitError(`Cannot accept the job: ${count} ${what}, at most ${limit}`, limit);
}

function assertConsistent({ type, size }: MessageOf<"entry">, rules: ManifestRules): void {
  if (type !== "file" && size > 0) {
    throw new ProtocolError(`Cannot accept the job: a ${type} of ${size} bytes`);
  }
  // What a server has are files; only a client sends what has no size yet.
  if (type === "stream" && rules.wanted !== undefined) {
    throw new ProtocolError("Cannot accept the job: a stream, where files were asked for");
  }
}

function findRefusal(
  { type, size }: MessageOf<"entry">,
  parts: readonly string[],
  tree: NameTree,
  { fileBytes }: TransferLimits,
): Refusal | undefined {
  if (tree.add(parts, type === "directory" ? "directory" : "file") !== undefined) {
    return refuse("collision");
  }
  return size > fileBytes ? refuse("too-large", fileBytes) : undefined;
}

function refuse(outcome: Outcome, limit: number = 0): Refusal {
  return { outcome, limit };
}
