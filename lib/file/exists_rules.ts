import type { ExistsPolicy } from "../codec/file_messages.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import type { ReceivedEntry } from "./destination.ts";

/** What to do with names that exist. */
export interface ExistsRules {
  /** What to do if the content is another. */
  readonly ifExists: ExistsPolicy;
  /** Compare only: nothing is stored, and what does not exist is missing. */
  readonly verify: boolean;
  /** Write only: nobody is told whether what exists is the same, because that tells what it is. */
  readonly blind?: boolean;
}

/** Why an entry is not wanted, given what lies under its name; `undefined` if it is. */
export function findRefusal(
  { type, size }: ReceivedEntry,
  there: Deno.FileInfo | undefined,
  { verify, ifExists, blind }: ExistsRules,
): Outcome | undefined {
  if (there === undefined) return verify ? "missing" : undefined;
  if (type === "directory") return there.isDirectory ? undefined : "not-a-file";
  if (!there.isFile) return "not-a-file";
  if (!verify && ifExists === "skip") return "skipped";
  if (blind && ifExists === "refuse") return "taken";
  const mayBeSame = type === "file" && there.size === size;
  return (verify || ifExists === "refuse") && !mayBeSame ? "different" : undefined;
}
