/**
 * A sweep in words, or as JSON for programs.
 *
 * @module
 */
import { maxPayload } from "../net/datagram.ts";
import { type DatagramOutput, microseconds } from "./datagram_report.ts";
import type { SizeOutcome } from "./size_search.ts";
import type { SweepResult, SweepStep } from "./size_sweep.ts";

const OUTCOMES: Readonly<Record<SizeOutcome, string>> = {
  returned: "came back",
  truncated: "came back in part",
  silent: "no answer",
  refused: "not sent, too large for this machine's socket",
};

/** Tells of one size while the sweep goes on. */
export function printStep(
  step: SweepStep,
  { json, live, quiet, result, note }: DatagramOutput,
): void {
  if (quiet) return;
  const { milliseconds, ...figures } = step;
  const time = milliseconds === undefined ? {} : { microseconds: microseconds(milliseconds) };
  if (json) result(JSON.stringify({ event: "step", ...figures, ...time }));
  else if (live) note(`${step.size} bytes: ${OUTCOMES[step.outcome]}`);
}

/** Prints the largest size that comes back, and where it stops; nothing if none does, except as JSON. */
export function printSweep(
  { largest, limit }: SweepResult,
  server: Deno.NetAddr,
  { target, json, result }: DatagramOutput,
): void {
  if (json) {
    const sizes = { largest: largest?.size, limit: limit?.size, reason: limit?.outcome };
    return result(JSON.stringify({ event: "summary", target, ...sizes }));
  }
  if (largest === undefined) return;
  result(`Largest datagram that comes back from ${target}: ${largest.size} bytes`);
  result(whereItStops(largest, limit, server.hostname));
}

function whereItStops(largest: SweepStep, limit: SweepStep | undefined, host: string): string {
  if (limit === undefined) {
    const family = host.includes(":") ? "IPv6" : "IPv4";
    return largest.size === maxPayload(host)
      ? `That is all that UDP over ${family} can carry`
      : "Larger ones were not tried: the sweep was stopped";
  }
  const between = limit.size - largest.size > 1 ? "; the sizes between were not tried" : "";
  return `${reason(limit)}${between}`;
}

function reason({ size, outcome, tries, returned }: SweepStep): string {
  switch (outcome) {
    case "truncated":
      return `Of ${size} bytes only ${returned} come back: the server's buffer ends there`;
    case "refused":
      return `${size} bytes are not sent: this machine's own socket stops there`;
    default:
      return `${size} bytes do not come back in ${tries} tries: the path or the server stops there`;
  }
}
