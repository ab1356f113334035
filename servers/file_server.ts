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
 * The protocol is in `lib/codec/file_layouts.ts`, the two state machines of a job in
 * `lib/file/send_job.ts` and `receive_job.ts`.
 *
 * @module
 */
import { endServer } from "../lib/cli/end_server.ts";
import { explainDirectory } from "../lib/cli/explain.ts";
import {
  accessOf,
  DEFAULT_DIRECTORY,
  FILE_SERVER_FLAGS,
  type FileServerFlags,
  fileServerGrants,
} from "../lib/cli/file_server_flags.ts";
import type { CommandLine } from "../lib/cli/flags.ts";
import { NO_POSITIONALS } from "../lib/cli/flags.ts";
import { createLog } from "../lib/cli/log.ts";
import { openListener } from "../lib/cli/open_listener.ts";
import { pruneStaged } from "../lib/cli/prune_staged.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import type { Launch } from "../lib/cli/rerun.ts";
import { listenOptions, serveLimits } from "../lib/cli/server_flags.ts";
import { settleWriteAccess } from "../lib/cli/settle_write_access.ts";
import { stopSignal } from "../lib/cli/shutdown.ts";
import { readTokenFile } from "../lib/cli/private_file.ts";
import { assertRates, transferLimits } from "../lib/cli/transfer_flags.ts";
import { TransferLog } from "../lib/cli/transfer_log.ts";
import { concatBytes } from "../lib/codec/bytes.ts";
import { encodeFileMessage } from "../lib/codec/file_message.ts";
import { encodePreamble } from "../lib/codec/file_preamble.ts";
import type { TransferEvent } from "../lib/file/events.ts";
import { DISK, lookAt } from "../lib/file/file_layer.ts";
import { manifestMemory } from "../lib/file/manifest_share.ts";
import { measureUsage } from "../lib/file/measure_usage.ts";
import { MinimumRate, RATE_WINDOW } from "../lib/file/minimum_rate.ts";
import { Quota } from "../lib/file/quota.ts";
import { SafeRoot } from "../lib/file/safe_root.ts";
import { serveFiles, type ServeFilesOptions } from "../lib/file/server_session.ts";
import { throttle } from "../lib/file/throttle.ts";
import { TransferError } from "../lib/file/transfer_error.ts";
import type { Connection } from "../lib/net/connection.ts";
import { serve } from "../lib/net/serve.ts";
import { SERVE_LIMITS, type ServeOptions, type ServeTotals } from "../lib/net/serve_options.ts";

/** The part of the grace time after which jobs are told to stop: the rest is for telling the client. */
const STOP_SHARE = 0.8;

/** What a client hears whose host has too many connections, instead of a greeting. */
const FULL = concatBytes([
  encodePreamble(),
  encodeFileMessage({ kind: "error", outcome: "busy", limit: 0 }),
]);

/** How to serve files; what is not about files is for the accept loop. */
export interface FileServerOptions extends ServeOptions {
  /** What is served, to whom and with which limits: the same for all connections. */
  readonly files: Omit<ServeFilesOptions, "onEvent" | "signal" | "stopping">;
  /** Milliseconds from accept to the end of greeting and proof, a TLS handshake included. */
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
  const stop = (): void => {
    const reason = new TransferError("stopping", "The server stopped");
    timer = setTimeout(() => stopJobs.abort(reason), grace * STOP_SHARE);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await serve(
      listener,
      (client) => serveClient(client, stopJobs.signal, options),
      { ...options, refusal: () => FULL },
    );
  } finally {
    signal.removeEventListener("abort", stop);
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
  const late = client.acceptedAt + greetingTimeout - performance.now();
  const greeting = setTimeout(() => client.cut(reason), late);
  let cutting: ReturnType<typeof setTimeout> | undefined;
  const watched = new MinimumRate(client, {
    bytesPerSecond: minimumRate,
    window: rateWindow,
    // It is told; but who does not read would not notice.
    onTooSlow: () => {
      cutting = setTimeout(() => client.cut("too slow"), linger);
    },
  });
  const stream = rate === undefined ? watched : throttle(watched, rate);
  try {
    await serveFiles(stream, {
      ...files,
      signal,
      stopping: options.signal,
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
    clearTimeout(cutting);
    watched.stop();
  }
}

const PROGRAM: Program<typeof FILE_SERVER_FLAGS> = {
  name: "file-server",
  summary: "serves and receives files below one directory: verified, resumable, never half-written",
  positionals: NO_POSITIONALS,
  flags: FILE_SERVER_FLAGS,
  examples: [
    ["deno task file-server", "serves and receives under ./shared"],
    ["deno task file-server --read-only", "gives files and takes none"],
    ["deno task file-server --prune", "removes what transfers left that never went on"],
  ],
};

async function main({ flags }: CommandLine<typeof FILE_SERVER_FLAGS>): Promise<number> {
  const launch = { script: import.meta.url, args: Deno.args, grants: fileServerGrants(flags) };
  const access = accessOf(flags);
  assertRates(flags);
  const { "token-file": file, "handshake-timeout": seconds } = flags;
  const token = file === undefined ? undefined : readTokenFile(file, launch);
  if (flags.prune) return pruneStaged(flags.dir, flags, launch);
  const root = openRoot(flags, launch);
  // Where nothing is taken, nothing needs to be counted.
  const used = access === "read-only" ? 0 : await measureUsage(root);
  const limits = transferLimits(flags);
  const quota = new Quota(flags.quota, used);
  // Before the first line is out: who has read it may stop the server at once.
  const signal = stopSignal();
  const listener = openListener(listenOptions(flags, launch), launch, ({ host, port, backlog }) => {
    return Deno.listen({ hostname: host, port, tcpBacklog: backlog });
  });
  using log = new TransferLog(flags);
  const totals = await serveFilesOn(listener, {
    ...serveLimits(flags),
    files: {
      root,
      access,
      limits,
      quota,
      memory: manifestMemory(limits),
      sync: !flags["no-sync"],
      token,
    },
    handshakeTimeout: seconds * 1_000,
    greetingTimeout: seconds * 1_000,
    minimumRate: flags["minimum-rate"],
    rate: flags.rate,
    onEvent: (peer, event) => log.hear(peer, event),
    log: (event) => log.log(event),
    signal,
  });
  // The last line is for standard output, where a live line must not be in its way.
  log.hide();
  return endServer(totals, flags);
}

/** The directory; that of the task is made if it is missing, another one might be a slip of the pen. */
function openRoot(flags: FileServerFlags, launch: Launch): SafeRoot {
  const { dir, "read-only": readOnly } = flags;
  try {
    if (dir === DEFAULT_DIRECTORY && !readOnly && lookAt(DISK, dir) === undefined) {
      Deno.mkdirSync(dir);
      createLog(flags)({ event: "made", message: `Made directory "${dir}"`, path: dir });
    }
    const root = new SafeRoot(dir, DISK);
    if (!readOnly) settleWriteAccess(root.path);
    return root;
  } catch (error) {
    throw explainDirectory(error, dir, launch);
  }
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
