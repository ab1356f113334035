/**
 * File transfers in words, for logs, progress lines and last lines of both sides.
 *
 * @module
 */
import { durationText } from "../codec/duration_text.ts";
import { classifyOutcome, describeOutcome } from "../codec/file_outcomes.ts";
import { escapeForDisplay } from "../codec/text.ts";
import { textWidth } from "../codec/text_width.ts";
import type { TransferEvent } from "../file/events.ts";
import type { JobFigures } from "../file/job_progress.ts";
import type { Summary } from "../file/summary.ts";
import { cutToWidth } from "./live_line.ts";
import { count } from "./plural.ts";
import { showBytes, sizeText } from "./sizes.ts";

/** Columns of a name; of a shorter piece nobody knows what it is. */
const SHORTEST_NAME = 8;

/** What one side calls what happens. */
export interface Verbs {
  /** While content moves: `sending`. */
  readonly moving: string;
  /** Of a file that is in place: `Sent`. */
  readonly moved: string;
  /** The side that receives: `this machine`. */
  readonly receiver: string;
}

/** Of the side that has the files. */
export const SENDER: Verbs = {
  moving: "sending",
  moved: "Sent",
  receiver: "the receiver",
};
/** Of the side that gets them. */
export const RECEIVER: Verbs = {
  moving: "receiving",
  moved: "Received",
  receiver: "this machine",
};

/** A file that is finished with, as its event says it. */
export type ResultEvent = Extract<TransferEvent, { kind: "result" }>;

/** Something that is not sent. */
export type OmittedEvent = Extract<TransferEvent, { kind: "omitted" }>;

/** One finished file as a sentence: `Sent "a.jpg": 12 bytes`. */
export function describeResult(
  event: ResultEvent | OmittedEvent,
  { moved, receiver }: Verbs,
): string {
  const name = `"${escapeForDisplay(event.path)}"`;
  if (event.kind === "omitted") {
    const isSpecial = event.outcome === "not-a-file";
    const why = isSpecial
      ? "links and special files are never sent"
      : describeOutcome(event.outcome, receiver);
    return `Left out ${name}: ${why}`;
  }
  const { outcome, size, resumed, storedAs, limit } = event;
  switch (outcome) {
    case "published": {
      if (event.type === "directory") return `${moved} ${name}: a directory`;
      const as = storedAs === undefined ? "" : ` as "${escapeForDisplay(storedAs)}"`;
      const from = resumed === 0 ? "" : `, resumed at ${count(resumed, "byte")}`;
      return `${moved} ${name}${as}: ${count(size, "byte")}${from}`;
    }
    case "unchanged":
      return `Unchanged ${name}`;
    default: {
      const cap = limit === undefined ? "" : ` (${sizeText(limit)})`;
      const what = CLASSES[classifyOutcome(outcome)];
      return `${what} ${name}: ${describeOutcome(outcome, receiver)}${cap}`;
    }
  }
}

const CLASSES = { fine: "Skipped", refused: "Refused", failed: "Failed", ended: "Failed" } as const;

/** A finished job as a sentence: `3 files, 12.3 MB in 0.5 s (24.6 MB/s), 1 unchanged`. */
export function describeSummary(summary: Summary, milliseconds: number): string {
  const seconds = Math.max(milliseconds, 1) / 1_000;
  const { published, directories, movedBytes, resumedBytes } = summary;
  const what = [
    count(published, "file"),
    ...(directories === 0
      ? []
      : [directories === 1 ? "1 directory" : `${directories} directories`]),
  ].join(" and ");
  const moved = `${showBytes(movedBytes)} in ${seconds.toFixed(2)} s`;
  const rate = movedBytes === 0 ? "" : ` (${showBytes(movedBytes / seconds)}/s)`;
  const notes = (["unchanged", "skipped", "omitted", "refused", "failed"] as const)
    .flatMap((word) => summary[word] === 0 ? [] : [`${summary[word]} ${word}`]);
  const resumed = summary.resumed === 0
    ? []
    : [`${summary.resumed} resumed, which saved ${showBytes(resumedBytes)}`];
  return [`${what}, ${moved}${rate}`, ...resumed, ...notes].join(", ");
}

/**
 * What a job is at: `sending "a.jpg", 45 %, 12.3 MB of 27.4 MB, 24.6 MB/s, 1 s left`. Where that does not
 * fit, the name is cut, then the bytes are left out, then the name: how far it is stays.
 *
 * @param columns How wide the line may be.
 */
export function describeFigures(
  figures: JobFigures,
  { moving }: Pick<Verbs, "moving">,
  columns: number = Infinity,
): string {
  const { phase, peerBusy, path, done, total, rate, secondsLeft } = figures;
  if (peerBusy !== undefined) {
    const { done, total } = peerBusy;
    const share = total > 0 ? `, ${percent(done, total)}` : "";
    return `the other side is ${peerBusy.phase}${share}`;
  }
  const verb = phase === "transferring" ? moving : phase;
  const name = path === "" || phase === "scanning" ? "" : escapeForDisplay(path, 60);
  const share = total > 0 ? [percent(done, total)] : done > 0 ? [showBytes(done)] : [];
  const bytes = total > 0 && done > 0 ? [`${showBytes(done)} of ${showBytes(total)}`] : [];
  const pace = [
    ...(rate > 0 ? [`${showBytes(rate)}/s`] : []),
    ...(secondsLeft === undefined ? [] : [`${durationText(Math.ceil(secondsLeft))} left`]),
  ];
  for (const facts of [[...share, ...bytes, ...pace], [...share, ...pace]]) {
    const line = withName(verb, name, facts, columns);
    if (line !== undefined) return line;
  }
  return [verb, ...share, ...pace].join(", ");
}

/** The line with as much of the name as fits; `undefined` if that would say nothing. */
function withName(
  verb: string,
  name: string,
  facts: readonly string[],
  columns: number,
): string | undefined {
  const bare = [verb, ...facts].join(", ");
  if (name === "") return textWidth(bare) <= columns ? bare : undefined;
  const room = columns - textWidth(bare) - ' ""'.length;
  if (room < Math.min(textWidth(name), SHORTEST_NAME)) return undefined;
  return [`${verb} "${cutToWidth(name, room)}"`, ...facts].join(", ");
}

function percent(done: number, total: number): string {
  return `${Math.floor(done / total * 100)} %`;
}
