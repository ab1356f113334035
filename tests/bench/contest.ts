/**
 * What is measured, as data: a contest has entries (our program, and what a user would pick instead), and
 * every entry yields the same figures.
 *
 * @module
 */
import type { Spread } from "./statistics.ts";

/** The programs that are measured, each in a suite of its own. */
export const SUITES = ["echo", "udp", "file", "chat"] as const;
/** One of them. */
export type SuiteName = typeof SUITES[number];

/** One kind of figure. The first one of a contest is what its chart shows. */
export interface Column {
  readonly key: string;
  /** With its unit: `CPU us/message`. */
  readonly title: string;
  /** Which way is better, where a ratio to ours is to be shown. */
  readonly better?: "more" | "less";
}

/** What one measurement of one entry gave, by the columns' keys. */
export type Figures = Readonly<Record<string, number>>;

/** One who takes part. */
export interface Entry {
  readonly name: string;
  /** One of our own programs; the first of them is what the others are compared with. */
  readonly ours?: boolean;
  /** Why there is nothing to measure: `ncat is not installed`. */
  readonly absent?: string;
  /**
   * Starts it anew, verifies that it does its job, and only then measures.
   *
   * @throws If it does not do its job.
   */
  measure(): Promise<Figures>;
}

/** One discipline. */
export interface Contest {
  /** Names its chart's file: `echo-100`. */
  readonly id: string;
  readonly title: string;
  /** What exactly is done, in a sentence or two. */
  readonly method: string;
  readonly columns: readonly Column[];
  readonly entries: readonly Entry[];
}

/** How an entry did. */
export interface Row {
  readonly name: string;
  readonly ours: boolean;
  /** Why there are no figures. */
  readonly absent?: string;
  readonly figures: Readonly<Record<string, Spread>>;
  /** Times that ours was better than this one, of pairs taken in the same round; above 1, ours is. */
  readonly ratios: Readonly<Record<string, Spread>>;
}

/** How a contest went. */
export interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly method: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** A suite's contests, or the reason why there are none. */
export interface Suite {
  readonly name: SuiteName;
  readonly title: string;
  readonly absent?: string;
  readonly contests: readonly Contest[];
}
