import { describeOutcome } from "../codec/file_outcomes.ts";
import { jsonLine } from "../codec/json_line.ts";
import { escapeForDisplay } from "../codec/text.ts";
import type { Operation, TransferEvent } from "../file/events.ts";
import { JobProgress } from "../file/job_progress.ts";
import type { Summary } from "../file/summary.ts";
import { EXIT } from "./exit.ts";
import { LiveLine } from "./live_line.ts";
import { printNote, printResult } from "./output.ts";
import { count } from "./plural.ts";
import { showBytes } from "./sizes.ts";
import { exitCodeFor, graver } from "./transfer_exit.ts";
import {
  describeFigures,
  describeResult,
  describeSummary,
  type OmittedEvent,
  RECEIVER,
  type ResultEvent,
  SENDER,
} from "./transfer_words.ts";

/** Time between two `progress` events for programs, in milliseconds. */
const PROGRESS_INTERVAL_MS = 1_000;

/** How to report: the flags of the same names. */
export interface ReportOptions {
  /** One JSON object an event. */
  readonly json: boolean;
  /** Only what is wrong. */
  readonly quiet: boolean;
  /** Standard output is for the content of a file: everything said goes to standard error. */
  readonly outputTaken: boolean;
  /** The names that were asked for, each the last part of its path. */
  readonly named: ReadonlySet<string>;
}

/**
 * What the file client says of a job: on a terminal a live line, and a line for what is wrong; in a pipe
 * a line a file; with `--json` an object an event. The summary comes last.
 */
export class TransferReport implements Disposable {
  /** The exit code so far. */
  exitCode: number = EXIT.done;
  /** Files and directories that are finished with. */
  finished = 0;
  readonly #options: ReportOptions;
  readonly #operation: Operation;
  readonly #started = performance.now();
  readonly #progress = new JobProgress();
  readonly #live: LiveLine;
  #lastProgress = performance.now();

  /** Starts the live line if somebody can see it. */
  constructor(operation: Operation, options: ReportOptions) {
    this.#operation = operation;
    this.#options = options;
    this.#live = new LiveLine(
      (columns) => describeFigures(this.#progress.figures(performance.now()), this.#verbs, columns),
      !options.quiet && !options.json,
    );
  }

  /** Takes an event of the job. */
  readonly hear = (event: TransferEvent): void => {
    const now = performance.now();
    this.#progress.hear(event, now);
    if (this.#options.json) this.#write(event, now);
    if (event.kind !== "result" && event.kind !== "omitted") return;
    this.finished++;
    const code = exitCodeFor(event, this.#operation, this.#options.named.has(event.path));
    this.exitCode = graver(this.exitCode, code);
    if (!this.#options.json) this.#tell(event, code);
  };

  /** Says what the job came to. */
  summarize(summary: Summary): void {
    const milliseconds = Math.round(performance.now() - this.#started);
    const { json, quiet } = this.#options;
    this.#live.hide();
    if (json) {
      const { exitCode } = this;
      this.#print(
        jsonLine({
          event: "summary",
          operation: this.#operation,
          milliseconds,
          exitCode,
          ...summary,
        }),
      );
    } else if (!quiet) {
      const line = this.#operation === "verify"
        ? describeComparison(summary)
        : `${this.#verbs.moved} ${describeSummary(summary, milliseconds)}`;
      this.#print(line);
    }
  }

  #print(line: string): void {
    if (this.#options.outputTaken) printNote(line);
    else printResult(line);
  }

  /** What was done so far, for somebody who breaks the job off. */
  interrupt(): string {
    const { done } = this.#progress.figures(performance.now());
    this.#live[Symbol.dispose]();
    const moved = done === 0 ? "" : `, ${showBytes(done)}`;
    return `${count(this.finished, "file")} done${moved}; the same command goes on from there`;
  }

  /** Takes the live line away. */
  [Symbol.dispose](): void {
    this.#live[Symbol.dispose]();
  }

  get #verbs(): typeof SENDER {
    if (this.#operation === "get") return RECEIVER;
    return this.#operation === "put"
      ? SENDER
      : { ...SENDER, moving: "comparing", moved: "Compared" };
  }

  /** A line for people. What is wrong is said in any case, and what is fine where no live line shows it. */
  #tell(event: ResultEvent | OmittedEvent, code: number): void {
    const { quiet } = this.#options;
    const isShown = code !== EXIT.done || (!quiet && !Deno.stderr.isTerminal());
    if (!isShown) return;
    const line = this.#operation === "verify" && event.kind === "result"
      ? describeComparedFile(event)
      : describeResult(event, this.#verbs);
    if (code !== EXIT.done) return this.#live.note(line);
    if (event.kind === "omitted") printNote(line);
    else this.#print(line);
  }

  /** A line for programs; `moved` and `checked` come too often for that, and are gathered. */
  #write(event: TransferEvent, now: number): void {
    const { kind, ...fields } = event;
    switch (kind) {
      case "ready":
      case "request":
      case "served":
      case "busy":
        return;
      case "moved":
      case "checked": {
        if (now - this.#lastProgress < PROGRESS_INTERVAL_MS) return;
        this.#lastProgress = now;
        const { phase, path, done, total, rate, secondsLeft } = this.#progress.figures(now);
        const bytesPerSecond = Math.round(rate);
        const figures = { phase, path, done, total, bytesPerSecond, secondsLeft };
        return this.#print(jsonLine({ event: "progress", ...figures }));
      }
      default:
        this.#print(jsonLine({ event: kind, ...fields }));
    }
  }
}

function describeComparedFile({ path, outcome }: ResultEvent): string {
  const name = `"${escapeForDisplay(path)}"`;
  switch (outcome) {
    case "unchanged":
      return `Same ${name}`;
    case "different":
      return `Different ${name}`;
    case "missing":
      return `Missing ${name}: the server has no such file`;
    default:
      return `Not compared ${name}: ${describeOutcome(outcome)}`;
  }
}

function describeComparison({ unchanged, refused, failed, omitted }: Summary): string {
  const left = omitted === 0 ? "" : `, ${omitted} left out`;
  const bad = refused + failed;
  return `Compared ${count(unchanged + bad, "file")}: ${unchanged} the same, ${bad} not${left}`;
}
