import type { Operation, TransferEvent } from "../file/events.ts";
import { type JobFigures, JobProgress } from "../file/job_progress.ts";
import { countEvent, newSummary, type Summary } from "../file/summary.ts";
import type { ServeEvent } from "../net/serve_options.ts";
import { LiveLine } from "./live_line.ts";
import { createLog, type LogOptions } from "./log.ts";
import { count } from "./plural.ts";
import {
  describeFigures,
  describeResult,
  describeSummary,
  RECEIVER,
  SENDER,
  type Verbs,
} from "./transfer_words.ts";

/** What a server calls what it does at a client's request. */
const VERBS: Readonly<Record<Operation, Verbs>> = {
  put: RECEIVER,
  get: SENDER,
  list: SENDER,
  verify: { ...RECEIVER, moving: "comparing", moved: "Compared" },
};

interface Job {
  readonly operation: Operation;
  readonly started: number;
  readonly progress: JobProgress;
  readonly summary: Summary;
}

/** The log of a file server: a line a file and a job, and on a terminal one that shows how far all are. */
export class TransferLog implements Disposable {
  readonly #jobs = new Map<string, Job>();
  readonly #live: LiveLine;
  readonly #write: (event: ServeEvent) => void;
  readonly #quiet: boolean;

  /** Starts the live line if somebody can see it. */
  constructor(options: LogOptions) {
    const wanted = !options.quiet && options.log === "text";
    this.#live = new LiveLine((columns) => this.#progressLine(columns), wanted);
    this.#quiet = options.quiet;
    this.#write = createLog(options, (line) => this.#live.note(line));
  }

  /** Logs an event of the accept loop. */
  log(event: ServeEvent): void {
    if (event.event === "closed") this.#end(String(event["peer"]), "not finished");
    this.#write(event);
  }

  /** Logs what is worth a line of what happens to a client's files. */
  hear(peer: string, event: TransferEvent): void {
    // Sentences that nobody reads would cost as much as storing a small file.
    if (this.#quiet) return;
    if (event.kind === "request") {
      const { operation } = event;
      const started = performance.now();
      this.#jobs.set(peer, {
        operation,
        started,
        progress: new JobProgress(),
        summary: newSummary(),
      });
      return;
    }
    const job = this.#jobs.get(peer);
    if (job === undefined) return;
    job.progress.hear(event, performance.now());
    countEvent(job.summary, event);
    if (event.kind === "result" || event.kind === "omitted") {
      const message = `${peer}: ${describeResult(event, VERBS[job.operation])}`;
      this.#write({ event: event.kind, message, peer, ...figuresOf(event) });
    }
    if (event.kind === "served") this.#end(peer, "done");
  }

  /** Takes the live line away, until something happens again. */
  hide(): void {
    this.#live.hide();
  }

  /** Takes the live line away for good. */
  [Symbol.dispose](): void {
    this.#live[Symbol.dispose]();
  }

  /** The line of a job that is over, one way or the other. */
  #end(peer: string, end: "done" | "not finished"): void {
    const job = this.#jobs.get(peer);
    if (job === undefined) return;
    this.#jobs.delete(peer);
    const { operation } = job;
    const milliseconds = Math.round(performance.now() - job.started);
    // A list moves nothing that could be counted.
    const summary = operation === "list" ? undefined : job.summary;
    const what = summary === undefined ? "" : `: ${describeSummary(summary, milliseconds)}`;
    const message = `${peer}: ${operation} ${end}${what}`;
    this.#write({ event: "job", message, peer, operation, end, milliseconds, ...summary });
  }

  #progressLine(columns: number): string {
    const now = performance.now();
    const [first, ...others] = this.#jobs;
    if (first === undefined) return "";
    const [peer, { operation, progress }] = first;
    const figures = progress.figures(now);
    if (others.length === 0) {
      const start = `${peer}: `;
      return start + describeFigures(figures, VERBS[operation], columns - start.length);
    }
    const all = [figures, ...others.map(([, job]) => job.progress.figures(now))];
    const moving = `${count(all.length, "transfer")}, moving`;
    return describeFigures(sum(all), { moving }, columns);
  }
}

/** All jobs as one: it takes as long as the longest. */
function sum(all: readonly JobFigures[]): JobFigures {
  const add = (figure: (one: JobFigures) => number): number =>
    all.reduce((total, one) => total + figure(one), 0);
  const times = all.map(({ secondsLeft }) => secondsLeft ?? 0);
  return {
    phase: "transferring",
    peerBusy: undefined,
    path: "",
    done: add(({ done }) => done),
    total: add(({ total }) => total),
    rate: add(({ rate }) => rate),
    secondsLeft: Math.max(...times) || undefined,
  };
}

/** What programs want to know; what has no value is left out. */
function figuresOf(
  event: Extract<TransferEvent, { kind: "result" | "omitted" }>,
): Record<string, string | number> {
  const { kind: _, ...figures } = event;
  const entries = Object.entries(figures).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Record<string, string | number>;
}
