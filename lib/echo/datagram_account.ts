/**
 * What a datagram server did, counted and told. Nobody hears of each datagram, only of those that are not
 * answered and of new sources, and of these so many a second and no more: a flood is counted, not written
 * down.
 *
 * @module
 */
import { escapeForDisplay } from "../codec/text.ts";
import { formatAddress } from "../net/address.ts";
import { MUTE_MS, type Refusal } from "../net/datagram_guard.ts";
import { LogLimit } from "../net/log_limit.ts";
import type { ServeEvent } from "../net/serve_options.ts";

/** Log lines of one kind in a second. */
const LINES_PER_SECOND = 10;

/** Why a datagram was not answered. */
export type DropReason = Refusal | "shortRequest";

/** What the log says of each reason, with the flag that lifts it. */
const REASONS: Readonly<Record<DropReason, string>> = {
  lowPort: "a port below 1024 is a service, not a client (--allow-low-ports)",
  ownAddress: "that is this server itself (--allow-own-address)",
  groupAddress: "nothing can come from multicast or broadcast (--allow-group-addresses)",
  loop: `the same datagram again and again; not listening there for ${MUTE_MS / 1_000} s ` +
    "(--allow-loops)",
  sourceRate: "its host has had its share of this second (--max-per-source)",
  totalRate: "all hosts together have had their share of this second (--max-rate)",
  shortRequest: "the reply would be longer (--allow-amplification)",
};

/** What a datagram server did in its life. */
export interface DatagramTotals {
  /** Datagrams received. */
  datagrams: number;
  /** Their bytes. */
  bytesIn: number;
  /** Datagrams answered. */
  echoed: number;
  /** Bytes of the answers. */
  bytesOut: number;
  /** Datagrams not answered, by reason. */
  dropped: Record<DropReason, number>;
  /** Answers that could not be sent. */
  failed: number;
  /** Sources heard; one that was silent for a minute counts anew. */
  sources: number;
}

/** Counts and tells. */
export class DatagramAccount {
  /** The counts so far. */
  readonly totals: DatagramTotals = {
    datagrams: 0,
    bytesIn: 0,
    echoed: 0,
    bytesOut: 0,
    dropped: {
      lowPort: 0,
      ownAddress: 0,
      groupAddress: 0,
      loop: 0,
      sourceRate: 0,
      totalRate: 0,
      shortRequest: 0,
    },
    failed: 0,
    sources: 0,
  };
  readonly #log: (event: ServeEvent) => void;
  readonly #now: () => number;
  readonly #limit = new LogLimit(LINES_PER_SECOND);

  /** Opens the account. */
  constructor({ log, now }: { log: (event: ServeEvent) => void; now: () => number }) {
    this.#log = log;
    this.#now = now;
  }

  /** A datagram came in. */
  received(datagram: Uint8Array): void {
    this.totals.datagrams++;
    this.totals.bytesIn += datagram.length;
  }

  /** It was answered with this. */
  answered(data: Uint8Array): void {
    this.totals.echoed++;
    this.totals.bytesOut += data.length;
  }

  /** Its source is a new one. A field, so that it can be handed on as a function. */
  readonly heard = (from: Deno.NetAddr): void => {
    this.totals.sources++;
    this.#tell("heard", () => {
      const peer = formatAddress(from);
      return { event: "heard", message: `Heard from ${peer}`, peer };
    });
  };

  /** It was not answered. */
  dropped(datagram: Uint8Array, from: Deno.NetAddr, reason: DropReason): void {
    this.totals.dropped[reason]++;
    this.#tell(reason, () => {
      const peer = formatAddress(from);
      const bytes = datagram.length;
      const size = `${bytes} byte${bytes === 1 ? "" : "s"}`;
      const message = `Dropped a datagram of ${size} from ${peer}: ${REASONS[reason]}`;
      return { event: "dropped", message, peer, bytes, reason };
    });
  }

  /** The answer could not be sent. */
  failed(to: Deno.NetAddr, error: unknown): void {
    this.totals.failed++;
    this.#tell("failed", () => {
      const peer = formatAddress(to);
      return { event: "failed", message: `Cannot answer ${peer}: ${describe(error)}`, peer };
    });
  }

  /** Nothing could be received. */
  readonly receiveFailed = (error: unknown): void => {
    this.#tell("receive failed", () => {
      return { event: "receive failed", message: `Cannot receive: ${describe(error)}` };
    });
  };

  #tell(kind: string, event: () => ServeEvent): void {
    const skipped = this.#limit.ask(kind, this.#now());
    if (skipped === undefined) return;
    const told = event();
    if (skipped === 0) return this.#log(told);
    this.#log({ ...told, message: `${told.message} (and ${skipped} more before)`, skipped });
  }
}

function describe(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "network access does not include it; run the server with --allow-net";
  }
  return escapeForDisplay(error instanceof Error ? error.message : String(error));
}
