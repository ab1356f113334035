#!/usr/bin/env -S deno run --allow-net=127.0.0.0/8,[::1],localhost
/**
 * Echo over UDP (RFC 862): each datagram's data goes back to where it came from, unchanged: an empty one,
 * the largest one, any bytes.
 *
 *     deno task udp-echo-server                 Listening on 127.0.0.1:20001 (udp)
 *     deno task udp-echo-client                 Received Hello, world
 *
 * Look for three things that tutorials leave out:
 * - a datagram is a message, not a piece of a stream: it comes whole or not at all, and nothing is ever
 *   joined. What does not fit into the buffer is cut without a word, so the buffer is larger than any;
 * - nobody connects and nobody leaves: who sent it stands on each datagram, and *may be a lie*. A server
 *   that answers whatever comes is a weapon: one forged datagram makes two of them talk to each other for
 *   ever. `DatagramGuard` decides whom to answer, and an answer is never longer than the question;
 * - one bad datagram must not end the service for all: a send that fails is counted, and the loop goes on.
 *
 * @module
 */
import { announce } from "../lib/cli/announce.ts";
import { EXIT, UsageError } from "../lib/cli/exit.ts";
import {
  type CommandLine,
  type FlagTable,
  type FlagValues,
  NO_POSITIONALS,
} from "../lib/cli/flags.ts";
import { explainListen } from "../lib/cli/explain.ts";
import { createLog, type LogEvent } from "../lib/cli/log.ts";
import { printResult } from "../lib/cli/output.ts";
import { count } from "../lib/cli/plural.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import type { Launch } from "../lib/cli/rerun.ts";
import { HOST_FLAG, portFlag, SERVER_FLAGS } from "../lib/cli/server_flags.ts";
import { stopSignal } from "../lib/cli/shutdown.ts";
import { encodeUtf8, escapeForDisplay } from "../lib/codec/text.ts";
import { bareHost, formatAddress, formatHostPort } from "../lib/net/address.ts";
import type { DatagramSocket } from "../lib/net/datagram.ts";
import {
  DatagramGuard,
  type GuardOptions,
  MAX_IN_ALL,
  MAX_PER_SOURCE,
  MUTE_MS,
  type Refusal,
} from "../lib/net/datagram_guard.ts";
import { LogLimit } from "../lib/net/log_limit.ts";
import { receiveDatagrams } from "../lib/net/receive_datagrams.ts";
import { isLoopback } from "../lib/net/source_address.ts";

/** Bytes of the longest `--reply`: what every host can receive in one piece is not much more (RFC 1122, 3.3.2). */
const MAX_REPLY = 512;
/** Log lines of one kind in a second; a flood is counted, not written down. */
const LOG_LINES_PER_SECOND = 10;

/** Why a datagram was not answered. */
export type DropReason = Refusal | "shortRequest";

/** What the log and the summary call it: one word for the summary, and a reason with the flag that lifts it. */
const DROPS: Readonly<Record<DropReason, readonly [word: string, why: string]>> = {
  lowPort: ["low port", "a port below 1024 is a service, not a client (--allow-low-ports)"],
  ownAddress: ["own address", "that is this server itself (--allow-own-address)"],
  groupAddress: [
    "group address",
    "nothing can come from multicast or broadcast (--allow-group-addresses)",
  ],
  loop: [
    "loop",
    `the same datagram again and again; not listening there for ${
      MUTE_MS / 1_000
    } s (--allow-loops)`,
  ],
  sourceRate: ["source rate", "its host has had its share of this second (--max-per-source)"],
  totalRate: ["total rate", "all hosts together have had their share of this second (--max-rate)"],
  shortRequest: ["short request", "the reply would be longer (--allow-amplification)"],
};

/** How to serve; all but the signal has a default. */
export interface UdpEchoOptions extends GuardOptions {
  /** Aborted to stop. */
  signal: AbortSignal;
  /** What to answer instead of the datagram's own data, in bytes. */
  reply?: Uint8Array | undefined;
  /** Answer requests that are shorter than the reply, too. */
  allowAmplification?: boolean;
  /** Called for each event. */
  log?: (event: LogEvent) => void;
  /** Milliseconds of a clock that runs forward. */
  now?: () => number;
}

/** What the server did in its life. */
export interface UdpEchoTotals {
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

/**
 * Answers datagrams until the signal stops it; the socket is closed then. Each is answered before the next
 * one is received: what comes meanwhile waits in the socket's own buffer.
 */
export async function serveUdpEcho(
  socket: DatagramSocket,
  options: UdpEchoOptions,
): Promise<UdpEchoTotals> {
  const { signal, reply, allowAmplification = false, now = () => performance.now() } = options;
  const limit = new LogLimit(LOG_LINES_PER_SECOND);
  const totals: UdpEchoTotals = {
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

  function tell(kind: string, event: LogEvent): void {
    const skipped = limit.ask(kind, now());
    if (skipped === undefined) return;
    const more = skipped === 0 ? "" : ` (and ${skipped} more before)`;
    options.log?.({ ...event, message: event.message + more, ...(skipped > 0 ? { skipped } : {}) });
  }

  const onSource = (from: Deno.NetAddr): void => {
    const peer = formatAddress(from);
    tell("heard", { event: "heard", message: `Heard from ${peer}`, peer });
  };
  const guard = new DatagramGuard(socket.addr as Deno.NetAddr, { ...options, onSource });

  function drop(datagram: Uint8Array, from: Deno.NetAddr, reason: DropReason): void {
    totals.dropped[reason]++;
    const peer = formatAddress(from);
    const bytes = datagram.length;
    const message = `Dropped ${count(bytes, "byte")} from ${peer}: ${DROPS[reason][1]}`;
    tell(reason, { event: "dropped", message, peer, bytes, reason });
  }

  async function answer(datagram: Uint8Array, from: Deno.NetAddr): Promise<void> {
    totals.datagrams++;
    totals.bytesIn += datagram.length;
    const refusal = guard.judge(datagram, from, now());
    if (refusal !== undefined) return drop(datagram, from, refusal);
    const data = reply ?? datagram;
    if (data.length > datagram.length && !allowAmplification) {
      return drop(datagram, from, "shortRequest");
    }
    try {
      await socket.send(data, from);
    } catch (error) {
      if (signal.aborted) return;
      totals.failed++;
      const peer = formatAddress(from);
      const message = `Cannot answer ${peer}: ${describe(error)}`;
      return tell("failed", { event: "failed", message, peer });
    }
    totals.echoed++;
    totals.bytesOut += data.length;
    if (reply !== undefined) guard.replied(reply, from, now());
  }

  await receiveDatagrams(socket, answer, {
    signal,
    onError: (error) => {
      const message = `Cannot receive: ${describe(error)}`;
      tell("receive", { event: "receive failed", message });
    },
  });
  return { ...totals, sources: guard.heard };
}

function describe(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "network access does not include it; run the server with --allow-net";
  }
  return escapeForDisplay(error instanceof Error ? error.message : String(error));
}

const FLAGS = {
  ...HOST_FLAG,
  port: portFlag(20_001),
  reply: { kind: "text", value: "TEXT", help: "answer with this text instead, 512 bytes at most" },
  "allow-amplification": {
    kind: "switch",
    help: "answer requests shorter than --reply, too: a forger's traffic grows",
  },
  "allow-low-ports": { kind: "switch", help: "answer sources with a port below 1024, too" },
  "allow-own-address": { kind: "switch", help: "answer this server's own address and port, too" },
  "allow-group-addresses": {
    kind: "switch",
    help: "answer multicast and broadcast addresses, too",
  },
  "allow-loops": { kind: "switch", help: "answer a datagram however often it is repeated" },
  "max-per-source": {
    kind: "integer",
    value: "DATAGRAMS",
    min: 0,
    max: 10_000_000,
    help:
      `answers a second to one host, 0 for no cap; without it ${MAX_PER_SOURCE} beyond loopback`,
  },
  "max-rate": {
    kind: "integer",
    value: "DATAGRAMS",
    min: 0,
    max: 10_000_000,
    help: `answers a second in all, 0 for no cap; without it ${MAX_IN_ALL} beyond loopback`,
  },
  log: SERVER_FLAGS.log,
  quiet: SERVER_FLAGS.quiet,
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "udp-echo-server",
  summary: "returns each datagram to its source (RFC 862 over UDP), but takes part in no loop",
  positionals: NO_POSITIONALS,
  flags: FLAGS,
  examples: [
    ["deno task udp-echo-server", "listens on 127.0.0.1:20001"],
    ['deno task udp-echo-server --reply "Hello UDP Client"', "answers with a text of its own"],
    ["deno task udp-echo-server --max-per-source 100", "100 answers a second for each host"],
  ],
};

type UdpEchoFlags = FlagValues<typeof FLAGS>;

async function main({ flags }: CommandLine<typeof FLAGS>): Promise<number> {
  const reply = flags.reply === undefined ? undefined : encodeUtf8(flags.reply);
  if (reply !== undefined && reply.length > MAX_REPLY) {
    throw new UsageError(
      `Option --reply got ${reply.length} bytes: expected at most ${MAX_REPLY}`,
    );
  }
  if (flags["allow-amplification"] && reply === undefined) {
    throw new UsageError("Option --allow-amplification needs --reply as well");
  }
  const socket = open(flags);
  const signal = stopSignal();
  announce(socket.addr, "udp");
  const totals = await serveUdpEcho(socket, {
    signal,
    reply,
    allowAmplification: flags["allow-amplification"],
    allowLowPorts: flags["allow-low-ports"],
    allowOwnAddress: flags["allow-own-address"],
    allowGroupAddresses: flags["allow-group-addresses"],
    allowLoops: flags["allow-loops"],
    maxPerSource: flags["max-per-source"],
    maxInAll: flags["max-rate"],
    log: createLog(flags),
  });
  return end(totals, flags);
}

function open(flags: UdpEchoFlags): Deno.DatagramConn {
  const { port } = flags;
  const hostname = bareHost(flags.host);
  try {
    return Deno.listenDatagram({ transport: "udp", hostname, port });
  } catch (error) {
    const launch = { script: import.meta.url, args: Deno.args, grants: grants(hostname) };
    throw explainListen(error, formatHostPort(hostname, port), launch);
  }
}

/** Sending needs permission for each peer, not only for the own address: beyond loopback, for all. */
function grants(host: string): Launch["grants"] {
  if (host === "::1") return { net: ["[::1]"] };
  return { net: isLoopback(host) ? ["127.0.0.0/8"] : "all" };
}

/** The last line, a result, and the same figures in the log for programs. */
function end(totals: UdpEchoTotals, flags: UdpEchoFlags): number {
  const { dropped, ...figures } = totals;
  const { datagrams, bytesIn, bytesOut, echoed, failed, sources } = figures;
  const reasons = Object.entries(dropped).filter(([, number]) => number > 0)
    .map(([reason, number]) => `${number} ${DROPS[reason as DropReason][0]}`);
  const all = Object.values(dropped).reduce((sum, number) => sum + number, 0);
  const message = `Stopped: ${count(datagrams, "datagram")} from ${count(sources, "source")}, ` +
    `${bytesIn} bytes in, ${bytesOut} bytes out, ${echoed} echoed, ${all} dropped` +
    (reasons.length > 0 ? ` (${reasons.join(", ")})` : "") +
    (failed > 0 ? `, ${failed} failed` : "");
  printResult(message);
  if (flags.log === "json") {
    createLog(flags)({ event: "stopped", message, ...figures, dropped: all, ...dropped });
  }
  return EXIT.done;
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
