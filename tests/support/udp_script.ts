/**
 * A UDP peer that misbehaves by plan: what it does to each probe is known beforehand, and so is every
 * counter of a meter that talks to it.
 *
 * @module
 */
import { DatagramProbe } from "../../lib/codec/datagram_probe.ts";
import type { Random } from "./random.ts";

/** What happens to a probe. */
export type Fate =
  | "echo"
  /** No answer. */
  | "drop"
  /** Several answers. */
  | "duplicate"
  /** The answer to the next probe comes first. */
  | "swap"
  /** The answer comes so many probes later that it is late. */
  | "late"
  /** A byte of the answer is another. */
  | "corrupt"
  /** The answer is cut. */
  | "truncate"
  /** Beside the answer come a probe of another run and a copy from another host. */
  | "forge";

/** The counters of the meter's summary. */
export interface Counters {
  /** Probes sent. */
  sent: number;
  /** Came back whole and in time. */
  received: number;
  /** Never came back. */
  lost: number;
  /** Came back too late. */
  late: number;
  /** Came back once more. */
  duplicates: number;
  /** Came back after one that was sent later. */
  reordered: number;
  /** Came back with other bytes. */
  corrupted: number;
  /** Came back as a part. */
  truncated: number;
  /** Are no answers. */
  foreign: number;
}

/** A datagram that the peer sends. */
export interface ScriptedAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** It comes from another host or port. */
  readonly stranger: boolean;
}

/** The peer: gets probes, says what to answer. */
export class UdpScript {
  /** What the meter should count in the end. */
  readonly expected: Counters;
  readonly #random: Random;
  readonly #fates: readonly Fate[];
  readonly #copies: readonly number[];
  readonly #delay: number;
  readonly #held = new Map<number, Uint8Array<ArrayBuffer>>();

  /** @param delay Probes that a late answer is held back for; with so many that it ends before, none is late. */
  constructor(random: Random, count: number, delay: number) {
    this.#random = random;
    this.#delay = delay;
    this.#fates = plan(random, count, delay);
    this.#copies = this.#fates.map((fate) => fate === "duplicate" ? random.integer(2, 12) : 1);
    this.expected = tally(this.#fates, this.#copies);
  }

  /** What the peer sends when this probe arrives, in order. */
  answers(probe: Uint8Array): ScriptedAnswer[] {
    const sequence = new DataView(probe.buffer, probe.byteOffset).getUint32(4);
    const copy = Uint8Array.from(probe);
    const list = this.#own(this.#fates[sequence] ?? "echo", copy, sequence);
    this.#release(sequence - 1, "swap", list);
    this.#release(sequence - this.#delay, "late", list);
    return list;
  }

  #release(sequence: number, fate: Fate, list: ScriptedAnswer[]): void {
    const bytes = this.#held.get(sequence);
    if (bytes === undefined || this.#fates[sequence] !== fate) return;
    this.#held.delete(sequence);
    list.push({ bytes, stranger: false });
  }

  #own(fate: Fate, probe: Uint8Array<ArrayBuffer>, sequence: number): ScriptedAnswer[] {
    const echo = { bytes: probe, stranger: false };
    switch (fate) {
      case "drop":
        return [];
      case "duplicate":
        return Array(this.#copies[sequence]!).fill(echo);
      case "swap":
      case "late":
        this.#held.set(sequence, probe);
        return [];
      case "corrupt":
        probe[this.#random.integer(0, probe.length - 1)]! ^= this.#random.integer(1, 255);
        return [echo];
      case "truncate":
        return [{ ...echo, bytes: probe.slice(0, this.#random.integer(0, probe.length - 1)) }];
      case "forge": {
        const other = new DatagramProbe({ run: this.#random.uint32(), size: probe.length });
        const bytes = other.compose(sequence, 0).slice();
        return [{ bytes: probe, stranger: true }, echo, { bytes, stranger: false }];
      }
      default:
        return [echo];
    }
  }
}

const SPECIAL = ["drop", "duplicate", "swap", "late", "corrupt", "truncate", "forge"] as const;

/** Each fate turns up, in the beginning, and behind that half of the probes have one of their own. */
function plan(random: Random, count: number, delay: number): Fate[] {
  const fates: Fate[] = [];
  const add = (fate: Fate): void => {
    const left = count - fates.length;
    // Who is late, or overtaken, needs somebody who comes before.
    if (fate === "late" && left <= delay || fate === "swap" && left < 2) return;
    fates.push(fate);
    if (fate === "swap") fates.push("echo");
  };
  for (const due: Fate[] = [...SPECIAL]; due.length > 0;) {
    add(due.splice(random.integer(0, due.length - 1), 1)[0]!);
  }
  const either = [...SPECIAL, ...SPECIAL.map(() => "echo" as const)];
  while (fates.length < count) add(random.pick<Fate>(either));
  return fates;
}

function tally(fates: readonly Fate[], copies: readonly number[]): Counters {
  const of = (...wanted: Fate[]): number => fates.filter((fate) => wanted.includes(fate)).length;
  return {
    sent: fates.length,
    received: of("echo", "duplicate", "swap", "forge"),
    lost: of("drop"),
    late: of("late"),
    duplicates: copies.reduce((sum, number) => sum + number - 1, 0),
    reordered: of("swap"),
    corrupted: of("corrupt"),
    truncated: of("truncate"),
    foreign: 2 * of("forge"),
  };
}
