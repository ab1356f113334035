import { classifyOutcome } from "../codec/file_outcomes.ts";
import type { TransferEvent } from "./events.ts";

/** The figures of a job, the same on both sides. */
export interface Summary {
  /** Files that got their names. */
  published: number;
  /** Directories that were made. */
  directories: number;
  /** Bytes of those files. */
  publishedBytes: number;
  /** Files that were the same on both sides already. */
  unchanged: number;
  /** Files left alone because their names exist and the policy says so. */
  skipped: number;
  /** What is not sent: links and special files, and what is missing or cannot be read. */
  omitted: number;
  /** Files that one side did not want or have. */
  refused: number;
  /** Files whose transfer was begun and failed. */
  failed: number;
  /** Files that were continued. */
  resumed: number;
  /** Bytes of those files that needed not move again. */
  resumedBytes: number;
  /** Bytes of content that crossed the wire. */
  movedBytes: number;
}

/** A summary of nothing. */
export function newSummary(): Summary {
  return {
    published: 0,
    directories: 0,
    publishedBytes: 0,
    unchanged: 0,
    skipped: 0,
    omitted: 0,
    refused: 0,
    failed: 0,
    resumed: 0,
    resumedBytes: 0,
    movedBytes: 0,
  };
}

/** Adds what an event says to the figures. */
export function countEvent(summary: Summary, event: TransferEvent): void {
  if (event.kind === "moved") summary.movedBytes += event.bytes;
  if (event.kind === "omitted") summary.omitted++;
  if (event.kind !== "result") return;
  if (event.type === "directory" && classifyOutcome(event.outcome) === "fine") {
    if (event.outcome === "published") summary.directories++;
  } else if (event.outcome === "published") {
    summary.published++;
    summary.publishedBytes += event.size;
    if (event.resumed > 0) summary.resumed++;
    summary.resumedBytes += event.resumed;
  } else if (event.outcome === "unchanged") summary.unchanged++;
  else if (event.outcome === "skipped") summary.skipped++;
  else if (classifyOutcome(event.outcome) === "refused") summary.refused++;
  else summary.failed++;
}
