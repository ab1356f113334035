import type { MeterOptions } from "../../lib/meter/tally.ts";
import { connectTo, type Peer } from "./peer.ts";

/** Options for a short measurement, and what it told. */
export class Metering {
  /** Reasons for which connections broke. */
  readonly reasons: string[] = [];
  /** Numbers of the messages that were answered. */
  readonly replies: number[] = [];
  /** Ends the measurement early. */
  readonly controller = new AbortController();
  /** For the function under test. */
  readonly options: MeterOptions;

  constructor(options: Partial<MeterOptions> = {}) {
    this.options = {
      size: 64,
      count: 100,
      duration: Infinity,
      timeout: 15_000,
      signal: this.controller.signal,
      onReply: (sequence) => void this.replies.push(sequence),
      onError: (reason) => void this.reasons.push(reason),
      ...options,
    };
  }
}

/** So many connections to a peer. */
export function connections({ port }: Peer, count: number): Promise<Deno.TcpConn[]> {
  return Promise.all(Array.from({ length: count }, () => connectTo(Number(port))));
}
