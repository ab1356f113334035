#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * Tries to connect to ports and says what each try came to: `connect_ex()` with words.
 *
 *     deno task port-check 127.0.0.1 65432
 *     deno task port-check localhost 22 80 8000-8010
 *
 * Look for how failures are told apart. To connect is to send a SYN, and there are only so many answers:
 * SYN-ACK (open), RST (closed: the host is there, the port is not), an ICMP message from somebody on the
 * way (unreachable), or none at all (filtered, which only a time limit can tell). The system puts them into
 * error codes, which is what a program goes by: their messages differ from system to system.
 *
 * An answer is one host's word at one moment. Check your own hosts, or those whose owners agree.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { CLIENT_FLAGS } from "../lib/cli/client_flags.ts";
import { EXIT, UsageError } from "../lib/cli/exit.ts";
import { explainConnect } from "../lib/cli/explain_socket.ts";
import type { CommandLine, FlagTable } from "../lib/cli/flags.ts";
import { printNote, printResult } from "../lib/cli/output.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import type { Launch } from "../lib/cli/rerun.ts";
import { leaveOnInterrupt } from "../lib/cli/shutdown.ts";
import { parsePorts } from "../lib/codec/port_list.ts";
import { escapeForDisplay } from "../lib/codec/text.ts";
import { bareHost, formatHostPort } from "../lib/net/address.ts";
import { withDeadline } from "../lib/net/deadline.ts";

/** What became of a try. `failed`: this machine could not even try. */
export type PortState =
  | "open"
  | "closed"
  | "filtered"
  | "unreachable"
  | "unresolved"
  | "failed";

/** One port's result. */
export interface PortReport {
  /** As it was given: a name or an address. */
  readonly host: string;
  /** As it was given. */
  readonly port: number;
  /** What became of the try. */
  readonly state: PortState;
  /** The system's name for what went wrong, such as `ECONNREFUSED`; `null` for an open port. */
  readonly error: string | null;
  /** How long it took to know, in milliseconds. */
  readonly milliseconds: number;
  /** The state in words. */
  readonly meaning: string;
}

/** What each error code says about a port (connect(2), getaddrinfo(3)). */
const MEANINGS: Readonly<Record<string, readonly [state: PortState, meaning: string]>> = {
  ECONNREFUSED: ["closed", "the host answers, but nothing listens there"],
  ECONNRESET: ["closed", "the host took the connection back at once"],
  ETIMEDOUT: ["filtered", "no answer: a firewall drops what comes, or the host is off"],
  EHOSTUNREACH: ["unreachable", "no way to this host: it is off, or a firewall says so"],
  EHOSTDOWN: ["unreachable", "the host is down"],
  ENETUNREACH: ["unreachable", "no way to its network"],
  ENETDOWN: ["unreachable", "this machine's network is down"],
  ENOTFOUND: ["unresolved", "nobody has this name"],
  EAI_AGAIN: ["unresolved", "no name server answers"],
  EMFILE: ["failed", "too many open files here; try fewer at once with --parallel"],
  EADDRNOTAVAIL: ["failed", "this machine has no address or port left to connect from"],
};

/** How to try. */
export interface CheckOptions {
  /** Milliseconds after which no answer is an answer. */
  timeout: number;
  /** Opens a connection, or throws what stood in the way. */
  connect?: (host: string, port: number, timeout: number) => Promise<Deno.TcpConn>;
}

function connectTcp(hostname: string, port: number, timeout: number): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname, port, signal: AbortSignal.timeout(timeout) });
}

/**
 * Tries one port.
 *
 * @throws {Deno.errors.NotCapable} If this program may not connect there: that says nothing of the port.
 */
export async function checkPort(
  host: string,
  port: number,
  { timeout, connect = connectTcp }: CheckOptions,
): Promise<PortReport> {
  const start = performance.now();
  const report = (state: PortState, error: string | null, meaning: string): PortReport => {
    return { host, port, state, error, milliseconds: since(start), meaning };
  };
  try {
    using conn = await connect(host, port, timeout);
    const { localAddr, remoteAddr } = conn;
    // Both ends the same: the system picked this very port to connect from, and met itself (RFC 9293,
    // section 3.5, simultaneous open). It happens with high ports of one's own machine.
    if (localAddr.port === remoteAddr.port && localAddr.hostname === remoteAddr.hostname) {
      return report("closed", "ECONNREFUSED", "nothing listens there: the connection met itself");
    }
    return report("open", null, "something listens there");
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const code = codeOf(error);
    const [state, meaning] = MEANINGS[code] ??
      ["failed", escapeForDisplay(error instanceof Error ? error.message : String(error))];
    return report(state, code, meaning);
  }
}

/** The system's name for an error. */
function codeOf(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (typeof code === "string") return code;
  if (name === "TimeoutError") return "ETIMEDOUT";
  // Only a name server is waited for like this.
  if (name === "DeadlineError") return "EAI_AGAIN";
  // The runtime gives every error of the system a code, except one: a name that has no address, or that
  // cannot have one.
  return name === "Error" || name === "URIError" ? "ENOTFOUND" : String(name);
}

/** How to try many. */
export interface CheckAllOptions extends CheckOptions {
  /** Tries under way at once. */
  parallel: number;
  /** Called with each result, in the order of the ports. */
  onReport: (report: PortReport) => void;
  /** Looks a name up, or throws an error with a code. */
  resolve?: (host: string) => Promise<unknown>;
}

/**
 * Tries every port, a few at a time, and tells their results in order.
 *
 * @throws {Deno.errors.NotCapable} As {@linkcode checkPort} does.
 */
export async function checkPorts(
  host: string,
  ports: readonly number[],
  { parallel, onReport, resolve = lookup, ...options }: CheckAllOptions,
): Promise<void> {
  // A name that nobody has is looked up once, not once a port.
  const unresolved = await checkName(host, options.timeout, resolve);
  if (unresolved !== undefined) {
    for (const port of ports) onReport({ ...unresolved, port });
    return;
  }
  const reports: PortReport[] = [];
  let next = 0;
  let told = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < ports.length; index = next++) {
      reports[index] = await checkPort(host, ports[index]!, options);
      for (let report; (report = reports[told]) !== undefined; told++) onReport(report);
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, ports.length) }, work));
}

/** The result for all ports of a host that has no address; `undefined` if it has one. */
async function checkName(
  host: string,
  timeout: number,
  resolve: (host: string) => Promise<unknown>,
): Promise<Omit<PortReport, "port"> | undefined> {
  if (isIP(host) !== 0) return undefined;
  const start = performance.now();
  try {
    const options = { milliseconds: timeout, message: "no name server", onExpire: () => {} };
    await withDeadline(resolve(host), options);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    // To look a name up takes more permission than to connect to one port of it: connecting will tell.
    if (code === "EPERM") return undefined;
    const meaning = MEANINGS[code]?.[1] ?? "the name cannot be looked up";
    return { host, state: "unresolved", error: code, milliseconds: since(start), meaning };
  }
}

/** Milliseconds since then, with one decimal. */
function since(start: number): number {
  return Math.round((performance.now() - start) * 10) / 10;
}

const FLAGS = {
  "connect-timeout": {
    ...CLIENT_FLAGS["connect-timeout"],
    help: "time after which a port without an answer counts as filtered",
  },
  parallel: {
    kind: "integer",
    value: "PORTS",
    min: 1,
    max: 1_000,
    default: 32,
    help: "ports to try at once",
  },
  json: { kind: "switch", help: "results as JSON, one object a port" },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "port-check",
  summary: "tries to connect to ports and says which are open, closed, filtered or out of reach",
  positionals: { names: "HOST PORT…|FROM-TO…", min: 2, max: Infinity },
  flags: FLAGS,
  examples: [
    ["deno task port-check 127.0.0.1 65432", "tries one port"],
    ["deno task port-check localhost 22 80 8000-8010", "tries several, and a range"],
    ["deno task port-check ::1 1-1024 --parallel 100 --json", "for programs"],
  ],
  exitCodes: ["0 only if all ports are open, 1 if any is not"],
};

async function main({ flags, positionals }: CommandLine<typeof FLAGS>): Promise<number> {
  const [first = "", ...words] = positionals;
  const host = bareHost(first);
  const ports = requirePorts(words);
  let checked = 0;
  let open = 0;
  leaveOnInterrupt(() => `${checked} of ${ports.length} ports checked, ${open} open`);
  const seconds = flags["connect-timeout"];
  try {
    await checkPorts(host, ports, {
      timeout: seconds * 1_000,
      parallel: flags.parallel,
      onReport: (report) => {
        checked++;
        if (report.state === "open") open++;
        printResult(flags.json ? JSON.stringify(report) : formatReport(report));
      },
    });
  } catch (error) {
    throw explainConnect(error, host, launchFor(host, ports), { timeout: seconds });
  }
  if (ports.length > 1) printNote(`${open} of ${ports.length} ports open`);
  return open === ports.length ? EXIT.done : EXIT.failed;
}

function requirePorts(words: readonly string[]): number[] {
  try {
    return parsePorts(words);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(error.message);
    throw error;
  }
}

/** A permission a port, unless that would be a long list. */
function launchFor(host: string, ports: readonly number[]): Launch {
  const each = ports.map((port) => formatHostPort(host, port));
  const whole = host.includes(":") ? `[${host}]` : host;
  const net = ports.length <= 3 ? each : [whole];
  return { script: import.meta.url, args: Deno.args, grants: { net } };
}

/** One line: `127.0.0.1:65432  closed       0.3 ms  ECONNREFUSED: nothing listens there`. */
export function formatReport(
  { host, port, state, error, milliseconds, meaning }: PortReport,
): string {
  const where = formatHostPort(escapeForDisplay(host), port);
  const time = `${milliseconds.toFixed(1)} ms`;
  const reason = error === null ? meaning : `${error}: ${meaning}`;
  return `${where.padEnd(15)}  ${state.padEnd(11)}  ${time.padStart(9)}  ${reason}`;
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
