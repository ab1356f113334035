#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost --allow-read=shared --allow-write=shared "$(realpath "$0")" "$@"'
/**
 * Serves and receives files below one directory: whole and verified under their names, or not at all. A
 * transfer that breaks goes on where it stopped when its client comes again.
 *
 *     deno task file-server                     Listening on 127.0.0.1:9090 (tcp)
 *     deno task file-client put report.pdf      Sent "report.pdf": 12345 bytes
 *     deno task file-client get report.pdf --into copies
 *
 * Look for what a stranger can make this server do. Each wait has an end: for the greeting
 * (`--handshake-timeout`), for the next request (`--idle-timeout`), for content (`--minimum-rate`). Each
 * amount has a cap: connections, files, bytes a file, bytes a job, bytes in all (`--quota`). And nothing
 * outside the directory is ever touched, whatever a name says: `lib/file/safe_root.ts`.
 *
 * The protocol is in `lib/codec/file_message.ts`, the two state machines of a job in
 * `lib/file/send_job.ts` and `receive_job.ts`.
 *
 * @module
 */
import { endServer } from "../lib/cli/end_server.ts";
import { UsageError } from "../lib/cli/exit.ts";
import { explainDirectory } from "../lib/cli/explain.ts";
import type { CommandLine, FlagTable, FlagValues } from "../lib/cli/flags.ts";
import { NO_POSITIONALS } from "../lib/cli/flags.ts";
import { openListener } from "../lib/cli/open_listener.ts";
import { pruneStaged } from "../lib/cli/prune_staged.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import type { Launch } from "../lib/cli/rerun.ts";
import { MAX_SECONDS } from "../lib/cli/seconds.ts";
import {
  HOST_FLAG,
  listenOptions,
  portFlag,
  serveLimits,
  SERVER_FLAGS,
  serverGrants,
} from "../lib/cli/server_flags.ts";
import { stopSignal } from "../lib/cli/shutdown.ts";
import { readTokenFile } from "../lib/cli/private_file.ts";
import { TRANSFER_FLAGS, transferLimits } from "../lib/cli/transfer_flags.ts";
import { TransferLog } from "../lib/cli/transfer_log.ts";
import type { TransferEvent } from "../lib/file/events.ts";
import { DISK } from "../lib/file/file_layer.ts";
import { measureUsage } from "../lib/file/measure_usage.ts";
import { MinimumRate, RATE_WINDOW } from "../lib/file/minimum_rate.ts";
import { Quota } from "../lib/file/quota.ts";
import { SafeRoot } from "../lib/file/safe_root.ts";
import { type Access, serveFiles, type ServeFilesOptions } from "../lib/file/server_session.ts";
import { throttle } from "../lib/file/throttle.ts";
import { TransferError } from "../lib/file/transfer_error.ts";
import type { Connection } from "../lib/net/connection.ts";
import { serve } from "../lib/net/serve.ts";
import { SERVE_LIMITS, type ServeOptions, type ServeTotals } from "../lib/net/serve_options.ts";

/** Where files are, if nothing else is said. */
const DEFAULT_DIRECTORY = "shared";
/** The part of the grace time after which jobs are told to stop: the rest is for telling the client. */
const STOP_SHARE = 0.8;

/** How to serve files; what is not about files is for the accept loop. */
export interface FileServerOptions extends ServeOptions {
  /** What is served, to whom and with which limits: the same for all connections. */
  readonly files: Omit<ServeFilesOptions, "onEvent" | "signal">;
  /** Milliseconds from accept (behind TLS, from its handshake) to the end of greeting and proof. */
  readonly greetingTimeout: number;
  /** Bytes a second that a client must keep up while a job is on; 0 for any. */
  readonly minimumRate: number;
  /** Over how long that is measured, in milliseconds. */
  readonly rateWindow?: number;
  /** Bytes a second that a connection may move; without it as many as go. */
  readonly rate?: number | undefined;
  /** Hears what happens to files. */
  readonly onEvent: (peer: string, event: TransferEvent) => void;
}

/** Serves files on a listener, to many clients at once, until the signal stops it. */
export async function serveFilesOn(
  listener: Deno.Listener,
  options: FileServerOptions,
): Promise<ServeTotals> {
  const { signal, grace = SERVE_LIMITS.grace } = options;
  // Jobs that cannot end within the grace time are told so before it is over.
  const stopJobs = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => {
    const reason = new TransferError("stopping");
    timer = setTimeout(() => stopJobs.abort(reason), grace * STOP_SHARE);
  }, { once: true });
  try {
    return await serve(
      listener,
      (client) => serveClient(client, stopJobs.signal, options),
      options,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** One client, from its greeting to its last job. */
async function serveClient(
  client: Connection,
  signal: AbortSignal,
  options: FileServerOptions,
): Promise<void> {
  const { files, greetingTimeout, minimumRate, rateWindow = RATE_WINDOW, rate, onEvent } = options;
  const linger = options.linger ?? SERVE_LIMITS.linger;
  const reason = `no greeting within ${greetingTimeout / 1000} s`;
  const greeting = setTimeout(() => client.cut(reason), greetingTimeout);
  const watched = new MinimumRate(client, {
    bytesPerSecond: minimumRate,
    window: rateWindow,
    // It is told; but who does not read would not notice.
    onTooSlow: () => setTimeout(() => client.cut("too slow"), linger),
  });
  const stream = rate === undefined ? watched : throttle(watched, rate);
  try {
    await serveFiles(stream, {
      ...files,
      signal,
      onEvent: (event) => {
        if (event.kind === "ready") clearTimeout(greeting);
        // Between two jobs the client owes us nothing; the idle timeout is all.
        if (event.kind === "request") watched.watching = true;
        if (event.kind === "served") watched.watching = false;
        if (event.kind === "peer-busy") watched.forgive();
        onEvent(client.peer, event);
      },
    });
  } catch (error) {
    // The client was told why; to close at once would destroy that.
    await client.end(linger).catch(() => {});
    throw error;
  } finally {
    clearTimeout(greeting);
    watched.stop();
  }
}

const FLAGS = {
  dir: {
    kind: "text",
    value: "DIR",
    default: DEFAULT_DIRECTORY,
    help: "what is served, and where received files go",
  },
  "read-only": { kind: "switch", help: "give files, take none" },
  "write-only": { kind: "switch", help: "take files, show and give none" },
  ...HOST_FLAG,
  port: portFlag(9_090),
  ...SERVER_FLAGS,
  "max-connections": { ...SERVER_FLAGS["max-connections"], default: 256 },
  "max-per-host": { ...SERVER_FLAGS["max-per-host"], default: 64 },
  "idle-timeout": { ...SERVER_FLAGS["idle-timeout"], default: 60 },
  "handshake-timeout": {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: MAX_SECONDS,
    default: SERVE_LIMITS.handshakeTimeout / 1000,
    help: "time for TLS handshake, greeting and proof",
  },
  quota: {
    kind: "size",
    value: "BYTES",
    min: 0,
    default: 1024 ** 4,
    help: "most bytes in the directory, unfinished transfers included",
  },
  ...TRANSFER_FLAGS,
} as const satisfies FlagTable;

type FileServerFlags = FlagValues<typeof FLAGS>;

const PROGRAM: Program<typeof FLAGS> = {
  name: "file-server",
  summary: "serves and receives files below one directory: verified, resumable, never half-written",
  positionals: NO_POSITIONALS,
  flags: FLAGS,
  examples: [
    ["deno task file-server", "serves and receives under ./shared"],
    ["deno task file-server --read-only", "gives files and takes none"],
    ["deno task file-server --prune", "removes what transfers left that never went on"],
  ],
};

async function main({ flags }: CommandLine<typeof FLAGS>): Promise<number> {
  const launch = { script: import.meta.url, args: Deno.args, grants: fileGrants(flags) };
  const root = openRoot(flags.dir, launch);
  if (flags.prune) return pruneStaged(root, flags);
  const files = {
    root,
    access: accessOf(flags),
    limits: transferLimits(flags),
    quota: new Quota(flags.quota, await measureUsage(root)),
    sync: !flags["no-sync"],
    token: flags["token-file"] === undefined
      ? undefined
      : readTokenFile(flags["token-file"], launch),
  };
  const listener = openListener(listenOptions(flags, launch), launch, ({ host, port, backlog }) => {
    return Deno.listen({ hostname: host, port, tcpBacklog: backlog });
  });
  using log = new TransferLog(flags);
  const handshake = flags["handshake-timeout"] * 1_000;
  const totals = await serveFilesOn(listener, {
    ...serveLimits(flags),
    files,
    handshakeTimeout: handshake,
    greetingTimeout: handshake,
    minimumRate: flags["minimum-rate"],
    rate: flags.rate,
    onEvent: (peer, event) => log.hear(peer, event),
    log: (event) => log.log(event),
    signal: stopSignal(),
  });
  log[Symbol.dispose]();
  return endServer(totals, flags);
}

function fileGrants(flags: FileServerFlags): Launch["grants"] {
  const { net = [], read = [], write = [] } = serverGrants(flags);
  const { dir, "token-file": token } = flags;
  return {
    net,
    read: [dir, ...read, ...(token === undefined ? [] : [token])],
    write: [dir, ...write],
  };
}

function accessOf(flags: FileServerFlags): Access {
  if (flags["read-only"] && flags["write-only"]) {
    throw new UsageError("Option --read-only cannot go with --write-only");
  }
  return flags["read-only"] ? "read-only" : flags["write-only"] ? "write-only" : "read-write";
}

/** The directory; that of the task is made if it is missing, another one might be a slip of the pen. */
function openRoot(directory: string, launch: Launch): SafeRoot {
  try {
    if (directory === DEFAULT_DIRECTORY) Deno.mkdirSync(directory, { recursive: true });
    return new SafeRoot(directory, DISK);
  } catch (error) {
    throw explainDirectory(error, directory, launch);
  }
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
