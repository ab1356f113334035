import type { BusyPhase } from "../codec/file_messages.ts";
import type { Phase, TransferEvent } from "./events.ts";

/** Over how long the rate is measured, in milliseconds. */
const RATE_WINDOW = 4_000;
/** The least time between two samples of it, in milliseconds. */
const SAMPLE_INTERVAL = 200;

/** How far a job is, at one moment. */
export interface JobFigures {
  /** What this side does. */
  readonly phase: Phase;
  /** What the other side does, if that is what everybody waits for. */
  readonly peerBusy:
    | { readonly phase: BusyPhase; readonly done: number; readonly total: number }
    | undefined;
  /** The file that moves or is compared, not escaped. */
  readonly path: string;
  /** Bytes that are finished with, those included that needed not move. */
  readonly done: number;
  /** Bytes of the whole job; 0 while that is not known. */
  readonly total: number;
  /** Bytes a second, lately. */
  readonly rate: number;
  /** Seconds to the end at that rate; `undefined` if nobody can say. */
  readonly secondsLeft: number | undefined;
}

/** Follows one job by its events, in constant memory. */
export class JobProgress {
  #phase: Phase = "scanning";
  #peerBusy: JobFigures["peerBusy"];
  #path = "";
  #done = 0;
  #total = 0;
  /** Bytes moved or compared: what the rate is about. */
  #worked = 0;
  /** Files whose content was begun and whose result is still to come: few, as results follow closely. */
  readonly #begun = new Set<string>();
  readonly #samples: { readonly time: number; readonly worked: number }[] = [];

  /** Takes an event. */
  hear(event: TransferEvent, now: number): void {
    if (event.kind !== "peer-busy") this.#peerBusy = undefined;
    switch (event.kind) {
      case "phase":
        this.#phase = event.phase;
        this.#worked = 0;
        this.#samples.length = 0;
        break;
      case "job":
        this.#total = event.bytes;
        break;
      case "start":
        this.#path = event.path;
        this.#begun.add(event.path);
        this.#done += event.offset;
        break;
      case "checked":
        this.#path = event.path;
        this.#work(event.bytes, now);
        break;
      case "moved":
        this.#done += event.bytes;
        this.#work(event.bytes, now);
        break;
      case "result":
        // What was not begun needed not move.
        if (!this.#begun.delete(event.path)) this.#done += event.size;
        break;
      case "peer-busy":
        this.#peerBusy = event;
    }
  }

  /** How far it is. */
  figures(now: number): JobFigures {
    const rate = this.#rate(now);
    // Content of unknown size, such as standard input, is not in the total.
    const left = Math.max(0, this.#total - this.#done);
    return {
      phase: this.#phase,
      peerBusy: this.#peerBusy,
      path: this.#path,
      done: this.#phase === "checking" ? this.#worked : this.#done,
      total: this.#phase === "checking" || this.#done > this.#total ? 0 : this.#total,
      rate,
      secondsLeft: this.#phase === "transferring" && rate > 0 && this.#total > 0
        ? left / rate
        : undefined,
    };
  }

  #work(bytes: number, now: number): void {
    this.#worked += bytes;
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.time < SAMPLE_INTERVAL) return;
    this.#samples.push({ time: now, worked: this.#worked });
    while (now - this.#samples[0]!.time > RATE_WINDOW) this.#samples.shift();
  }

  #rate(now: number): number {
    const [first] = this.#samples;
    if (first === undefined || now - first.time < SAMPLE_INTERVAL) return 0;
    return (this.#worked - first.worked) / (now - first.time) * 1_000;
  }
}
