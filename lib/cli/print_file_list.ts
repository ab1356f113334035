import { describeOutcome } from "../codec/file_outcomes.ts";
import { jsonLine } from "../codec/json_line.ts";
import { escapeForDisplay } from "../codec/text.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import type { Omission } from "../file/source.ts";
import { printNote, printResult } from "./output.ts";

/**
 * Prints what the server has: a line a file on standard output, what it leaves out on standard error; for
 * programs all of it as JSON.
 *
 * @returns How much of it could not be listed: a link is left out on purpose, and is not counted.
 */
export function printFileList(
  list: readonly (MessageOf<"entry"> | Omission)[],
  json: boolean,
): number {
  const width = list.reduce(
    (widest, item) => Math.max(widest, "size" in item ? `${item.size}`.length : 0),
    0,
  );
  let failed = 0;
  for (const item of list) {
    if ("type" in item) printEntry(item, json, width);
    else {
      printOmission(item, json);
      if (item.outcome !== "not-a-file") failed++;
    }
  }
  return failed;
}

function printEntry(
  entry: MessageOf<"entry">,
  json: boolean,
  width: number,
): void {
  if (json) return printResult(jsonLine({ event: "entry", ...entry, kind: undefined }));
  const { type, size, mtime, path } = entry;
  const time = new Date(mtime).toISOString().replace(/\.\d+Z$/, "Z");
  const name = `${escapeForDisplay(path, Infinity)}${type === "directory" ? "/" : ""}`;
  printResult(`${String(size).padStart(width)}  ${time}  ${name}`);
}

function printOmission({ path, outcome }: Omission, json: boolean): void {
  if (json) printResult(jsonLine({ event: "omitted", path, outcome }));
  else printNote(`Left out "${escapeForDisplay(path)}": ${describeOutcome(outcome)}`);
}
