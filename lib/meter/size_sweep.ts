import { DatagramProbe, PROBE_HEADER_BYTES } from "../codec/datagram_probe.ts";
import type { ConnectedSocket } from "../net/connected_socket.ts";
import { maxPayload } from "../net/datagram.ts";
import { type SizeOutcome, SizeSearch } from "./size_search.ts";

/** Datagrams of one size that are sent before it counts as too large: one may just be lost. */
export const TRIES_PER_SIZE = 3;

/** One size, and what became of it. */
export interface SweepStep {
  /** Bytes of the datagram's data. */
  size: number;
  /** What became of it. */
  outcome: SizeOutcome;
  /** Datagrams sent. */
  tries: number;
  /** The round trip, if it came back. */
  milliseconds?: number;
  /** Bytes that came back, if it was a part. */
  returned?: number;
}

/** What a sweep found. */
export interface SweepResult {
  /** The largest size that came back, if any did. */
  largest?: SweepStep;
  /** The smallest size that did not, if there is one. */
  limit?: SweepStep;
}

/** How to sweep. */
export interface SweepOptions {
  /** Milliseconds to wait for each answer. */
  wait: number;
  /** Aborted to end early. */
  signal: AbortSignal;
  /** Called for each size. */
  onStep?: (step: SweepStep) => void;
}

/**
 * Finds the largest datagram that the server returns.
 *
 * @throws Whatever sending throws, except that a datagram is too large.
 */
export async function sweepSizes(
  socket: ConnectedSocket,
  { wait, signal, onStep = () => {} }: SweepOptions,
): Promise<SweepResult> {
  const search = new SizeSearch(PROBE_HEADER_BYTES, maxPayload(socket.server.hostname));
  const result: SweepResult = {};
  for (let size; !signal.aborted && (size = search.next()) !== undefined;) {
    const step = await trySize(socket, size, wait);
    onStep(step);
    search.report(size, step.outcome);
    if (step.outcome === "returned") result.largest = step;
    else result.limit = step;
  }
  return result;
}

async function trySize(
  socket: ConnectedSocket,
  size: number,
  wait: number,
): Promise<SweepStep> {
  // A run of its own: a late answer to another size is told by its run number.
  const probe = new DatagramProbe({ run: crypto.getRandomValues(new Uint32Array(1))[0]!, size });
  let truncated: number | undefined;
  for (let tries = 1; tries <= TRIES_PER_SIZE; tries++) {
    const sentAt = performance.now();
    try {
      await socket.send(probe.compose(tries, sentAt));
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      return { size, outcome: "refused", tries };
    }
    for (let answer; (answer = await socket.next(sentAt + wait)) !== undefined;) {
      const { kind } = probe.examine(answer);
      if (kind === "intact") {
        return { size, outcome: "returned", tries, milliseconds: performance.now() - sentAt };
      }
      if (kind !== "truncated") continue;
      truncated = answer.length;
      break;
    }
  }
  const tries = TRIES_PER_SIZE;
  return truncated === undefined
    ? { size, outcome: "silent", tries }
    : { size, outcome: "truncated", tries, returned: truncated };
}

/** The system's refusal of a datagram of this size has no class of its own. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EMSGSIZE";
}
