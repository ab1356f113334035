#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
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
import { explainListen } from "../lib/cli/explain_socket.ts";
import { createLog } from "../lib/cli/log.ts";
import { printServed } from "../lib/cli/output.ts";
import { count } from "../lib/cli/plural.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import type { Launch } from "../lib/cli/rerun.ts";
import { requireDatagrams } from "../lib/cli/require_datagrams.ts";
import { HOST_FLAG, portFlag, SERVER_FLAGS } from "../lib/cli/server_flags.ts";
import { stopSignal } from "../lib/cli/shutdown.ts";
import { encodeUtf8 } from "../lib/codec/text.ts";
import {
  DatagramAccount,
  type DatagramTotals,
  type DropReason,
} from "../lib/echo/datagram_account.ts";
import { bareHost, formatHostPort } from "../lib/net/address.ts";
import type { DatagramSocket } from "../lib/net/datagram.ts";
import {
  DatagramGuard,
  type GuardOptions,
  MAX_IN_ALL,
  MAX_PER_SOURCE,
} from "../lib/net/datagram_guard.ts";
import { receiveDatagrams } from "../lib/net/receive_datagrams.ts";
import type { ServeEvent } from "../lib/net/serve_options.ts";
import { isLoopback } from "../lib/net/source_address.ts";

/** Bytes of the longest `--reply`: with its headers it fits the 576 that every host takes (RFC 1122, 3.3.2). */
const MAX_REPLY = 512;

/** How to serve; all but the signal has a default. */
export interface UdpEchoOptions extends GuardOptions {
  /** Aborted to stop. */
  signal: AbortSignal;
  /** What to answer instead of the datagram's own data, in bytes. */
  reply?: Uint8Array | undefined;
  /** Answer requests that are shorter than the reply, too. */
  allowAmplification?: boolean;
  /** Called for each event. */
  log?: (event: ServeEvent) => void;
  /** Milliseconds of a clock that runs forward. */
  now?: () => number;
}

/**
 * Answers datagrams until the signal stops it; the socket is closed then. Each is answered before the next
 * one is received: what comes meanwhile waits in the socket's own buffer.
 */
export async function serveUdpEcho(
  socket: DatagramSocket,
  options: UdpEchoOptions,
): Promise<DatagramTotals> {
  const { signal, reply, allowAmplification = false, log = () => {} } = options;
  const { now = () => performance.now() } = options;
  const account = new DatagramAccount({ log, now });
  const guard = new DatagramGuard(socket.addr as Deno.NetAddr, {
    ...options,
    onSource: account.heard,
  });

  async function answer(datagram: Uint8Array, from: Deno.NetAddr): Promise<void> {
    account.received(datagram);
    const refusal = guard.judge(datagram, from, now());
    if (refusal !== undefined) return account.dropped(datagram, from, refusal);
    const data = reply ?? datagram;
    if (data.length > datagram.length && !allowAmplification) {
      return account.dropped(datagram, from, "shortRequest");
    }
    try {
      await socket.send(data, from);
    } catch (error) {
      // That peer's misfortune, not the others'. Cut off by the stop, it is nobody's.
      if (!signal.aborted) account.failed(from, error);
      return;
    }
    account.answered(data);
    if (reply !== undefined) guard.replied(reply, from, now());
  }

  await receiveDatagrams(socket, answer, { signal, onError: account.receiveFailed });
  return account.totals;
}

const FLAGS = {
  ...HOST_FLAG,
  port: portFlag(20_001),
  reply: { kind: "text", value: "TEXT", help: "answer with this text instead, 512 bytes at most" },
  "allow-amplification": {
    kind: "switch",
    needs: "reply",
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
  const launch = { script: import.meta.url, args: Deno.args, grants: grants(hostname), udp: true };
  requireDatagrams(launch);
  try {
    return Deno.listenDatagram({ transport: "udp", hostname, port });
  } catch (error) {
    throw explainListen(error, formatHostPort(hostname, port), launch);
  }
}

/** Sending needs permission for each peer, not only for the own address: beyond loopback, for all. */
function grants(host: string): Launch["grants"] {
  if (host === "::1") return { net: ["[::1]"] };
  if (host === "localhost") return { net: ["localhost", "127.0.0.0/8", "[::1]"] };
  return { net: isLoopback(host) ? ["127.0.0.0/8"] : "all" };
}

/** What the summary calls the reasons for not answering. */
const DROPS: Readonly<Record<DropReason, string>> = {
  lowPort: "low port",
  ownAddress: "own address",
  groupAddress: "group address",
  loop: "loop",
  sourceRate: "source rate",
  totalRate: "total rate",
  shortRequest: "short request",
};

/** The last line, a result, and the same figures in the log for programs. */
function end(totals: DatagramTotals, flags: UdpEchoFlags): number {
  const { dropped, ...figures } = totals;
  const { datagrams, bytesIn, bytesOut, echoed, failed, sources } = figures;
  const reasons = (Object.keys(DROPS) as DropReason[]).filter((reason) => dropped[reason] > 0)
    .map((reason) => `${dropped[reason]} ${DROPS[reason]}`);
  const all = Object.values(dropped).reduce((sum, number) => sum + number, 0);
  const message = `Stopped: ${count(datagrams, "datagram")} from ${count(sources, "source")}, ` +
    `${bytesIn} bytes in, ${bytesOut} bytes out, ${echoed} echoed, ${all} dropped` +
    (reasons.length > 0 ? ` (${reasons.join(", ")})` : "") +
    (failed > 0 ? `, ${failed} failed` : "");
  printServed(message);
  if (flags.log === "json") {
    createLog(flags)({ event: "stopped", message, ...figures, dropped: all, ...dropped });
  }
  return EXIT.done;
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
