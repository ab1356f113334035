#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost --allow-read=. --allow-write=. "$(realpath "$0")" "$@"'
/**
 * Sends files to the file server and fetches them: whole, verified, and going on where it stopped.
 *
 *     deno task file-client put report.pdf photos/        files and directories, or "-" with --name
 *     deno task file-client get report.pdf --into copies
 *     deno task file-client list
 *     deno task file-client verify report.pdf             the same bytes there and here?
 *     deno task file-client                               asks "File to send:" on a terminal
 *
 * Look for what "sent" means. Not that all bytes were written to a socket: the server has compared their
 * SHA-256, has put them under their name, and has said so. Whatever happens before that, the server keeps
 * what came, under no name that anybody could mistake, and the same command goes on from there.
 *
 * @module
 */
import { dirname } from "node:path";
import { askSecret } from "../lib/cli/ask_secret.ts";
import {
  CLIENT_FLAGS,
  clientGrants,
  connectOptions,
  TARGET_FLAG,
  targetPort,
} from "../lib/cli/client_flags.ts";
import { CommandError, EXIT, UsageError } from "../lib/cli/exit.ts";
import type { CommandLine, FlagTable, FlagValues } from "../lib/cli/flags.ts";
import { inputLines } from "../lib/cli/input_lines.ts";
import { openConnection, target } from "../lib/cli/open_connection.ts";
import { printNote, printPrompt, printResult } from "../lib/cli/output.ts";
import { count } from "../lib/cli/plural.ts";
import { readTokenFile } from "../lib/cli/private_file.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import type { Grants, Launch } from "../lib/cli/rerun.ts";
import { serverTask } from "../lib/cli/server_task.ts";
import { leaveOnInterrupt } from "../lib/cli/shutdown.ts";
import { explainTransfer, graver, TRANSFER_EXIT_CODES } from "../lib/cli/transfer_exit.ts";
import { pruneBefore, TRANSFER_FLAGS } from "../lib/cli/transfer_flags.ts";
import { openDirectory, prepareJob, STANDARD_STREAM } from "../lib/cli/transfer_jobs.ts";
import { TransferReport } from "../lib/cli/transfer_report.ts";
import { jsonLine } from "../lib/codec/json_line.ts";
import { escapeForDisplay } from "../lib/codec/text.ts";
import type { Channel } from "../lib/file/channel.ts";
import { openSession } from "../lib/file/client_session.ts";
import type { OnEvent, Operation } from "../lib/file/events.ts";
import { DISK, lookAt } from "../lib/file/file_layer.ts";
import { MinimumRate, RATE_WINDOW } from "../lib/file/minimum_rate.ts";
import { Staging } from "../lib/file/staging.ts";
import { throttle } from "../lib/file/throttle.ts";
import { TransferError } from "../lib/file/transfer_error.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";

/** How to talk to a server. */
export interface SessionOptions {
  /** The secret, if the server wants one. */
  readonly token?: Uint8Array | undefined;
  /** Bytes a second that the server must keep up; 0 for any. */
  readonly minimumRate: number;
  /** Bytes a second to move at most. */
  readonly rate?: number | undefined;
  /** Hears what happens. */
  readonly onEvent: OnEvent;
}

/**
 * One conversation with a server: greeting, proof, the job, and the end. The connection is the caller's.
 *
 * @throws {TransferError} If the server refuses, is too slow, or does not know the token.
 * @throws {ProtocolError} If it is none, or breaks the protocol.
 */
export async function withSession<Result>(
  server: ByteStream,
  { token, minimumRate, rate, onEvent }: SessionOptions,
  job: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  const watched = new MinimumRate(server, { bytesPerSecond: minimumRate, window: RATE_WINDOW });
  watched.watching = true;
  const hear: OnEvent = (event) => {
    // Who is busy, there or here, is not slow.
    if (event.kind === "peer-busy" || event.kind === "busy") watched.forgive();
    onEvent(event);
  };
  const stream = rate === undefined ? watched : throttle(watched, rate);
  try {
    using channel = await openSession(stream, { token, onEvent: hear });
    const result = await job(channel);
    await stream.closeWrite();
    return result;
  } finally {
    watched.stop();
  }
}

const FLAGS = {
  ...TARGET_FLAG,
  port: targetPort(9_090),
  ...CLIENT_FLAGS,
  "if-exists": {
    kind: "choice",
    choices: ["refuse", "replace", "rename", "skip"],
    default: "refuse",
    help: "what to do where a file of that name has other content",
  },
  name: { kind: "text", value: "NAME", help: "put: the name under which the one file is stored" },
  into: { kind: "text", value: "DIR", help: "get: where received files go (here if not given)" },
  output: {
    kind: "text",
    value: "FILE",
    short: "o",
    help: "get: put the one file here, - for standard output",
  },
  recursive: { kind: "switch", help: "list: go down into directories" },
  json: { kind: "switch", help: "events and the summary as JSON, one object a line" },
  quiet: { kind: "switch", help: "say only what is wrong" },
  ...TRANSFER_FLAGS,
} as const satisfies FlagTable;

type FileClientFlags = FlagValues<typeof FLAGS>;

const PROGRAM: Program<typeof FLAGS> = {
  name: "file-client",
  summary: "sends, fetches, lists and compares files: verified, resumable, never half-written",
  positionals: { names: "[put|get|list|verify PATH…]", min: 0, max: Infinity },
  flags: FLAGS,
  examples: [
    ["deno task file-client put report.pdf photos/", "sends a file and a directory"],
    ["deno task file-client put - --name notes.txt < notes", "sends standard input"],
    ["deno task file-client get photos --into copies", "fetches a directory"],
    ["deno task file-client get notes.txt -o -", "prints a file"],
    ["deno task file-client list photos --json", "one object a line"],
    ["deno task file-client verify photos/", "compares, and transfers nothing"],
    ["deno task file-client", "asks which file to send"],
  ],
  exitCodes: TRANSFER_EXIT_CODES,
};

const OPERATIONS: readonly Operation[] = ["put", "get", "list", "verify"];

/** What all jobs of one run share. */
interface Run {
  readonly flags: FileClientFlags;
  readonly launch: Launch;
  token: Uint8Array | undefined;
  /** The job that is on. */
  report: TransferReport | undefined;
}

async function main({ flags, positionals }: CommandLine<typeof FLAGS>): Promise<number> {
  const [word = "put", ...paths] = positionals;
  const operation = OPERATIONS.find((one) => one === word);
  if (operation === undefined) {
    throw new UsageError(`Unknown command "${word}": expected put, get, list or verify`);
  }
  const launch = {
    script: import.meta.url,
    args: Deno.args,
    grants: grantsFor(operation, paths, flags),
  };
  if (flags.prune) return prune(flags, launch);
  requirePaths(operation, positionals, flags);
  const { "token-file": file } = flags;
  const token = file === undefined ? undefined : readTokenFile(file, launch);
  const run: Run = { flags, launch, token, report: undefined };
  leaveOnInterrupt(() => {
    run.report?.[Symbol.dispose]();
    return `${count(run.report?.finished ?? 0, "file")} done; the same command goes on from there`;
  });
  try {
    if (positionals.length === 0) return await askForFiles(run);
    return await doJob(run, operation, paths);
  } catch (error) {
    if (flags.json && error instanceof CommandError) {
      const { message, exitCode } = error;
      printResult(jsonLine({ event: "error", message, exitCode }));
    }
    throw error;
  }
}

/** One job over one connection, reported as it goes. */
async function doJob(run: Run, operation: Operation, paths: readonly string[]): Promise<number> {
  const { flags, launch } = run;
  const { json, quiet, output, rate } = flags;
  const options = connectOptions(flags, launch);
  const outputTaken = output === STANDARD_STREAM;
  using report = new TransferReport(operation, { json, quiet, outputTaken });
  run.report = report;
  try {
    const job = await prepareJob(operation, paths, flags, launch, report);
    for (;;) {
      using server = await openConnection(
        options,
        { launch, serverTask: serverTask("file-server", flags.port, FLAGS.port.default) },
        ({ host, port, timeout }) => {
          return Deno.connect({ hostname: host, port, signal: AbortSignal.timeout(timeout) });
        },
      );
      const { token } = run;
      const session = { token, rate, minimumRate: flags["minimum-rate"], onEvent: report.hear };
      try {
        await withSession(server, session, job);
        return report.exitCode;
      } catch (error) {
        if (token !== undefined || !wantsToken(error) || !askToken(run)) throw error;
      }
    }
  } catch (error) {
    throw explainTransfer(error, target(options), launch);
  }
}

/** Whether this side gave up because it has no token. */
function wantsToken(error: unknown): boolean {
  return error instanceof TransferError && error.outcome === "authentication" && !error.fromPeer;
}

/** Asks for the token where there is somebody to ask. */
function askToken(run: Run): boolean {
  run.report?.[Symbol.dispose]();
  const typed = askSecret("Token:") ?? "";
  if (typed !== "") run.token = new TextEncoder().encode(typed);
  return run.token !== undefined;
}

/** Asks for one file after the other, until an empty line. */
async function askForFiles(run: Run): Promise<number> {
  let exitCode: number = EXIT.done;
  const ask = (): void => printPrompt("File to send: ");
  ask();
  for await (const line of inputLines()) {
    const path = line.trim();
    if (path === "") return exitCode;
    if (lookAt(DISK, path) === undefined) printNote(`There is no "${escapeForDisplay(path)}"`);
    else exitCode = graver(exitCode, await doJob(run, "put", [path]));
    ask();
  }
  printNote("");
  return exitCode;
}

function requirePaths(
  operation: Operation,
  positionals: readonly string[],
  { output, name, into }: FileClientFlags,
): void {
  const paths = positionals.length - 1;
  if (paths === -1 && !(Deno.stdin.isTerminal() && Deno.stderr.isTerminal())) {
    throw new UsageError("Missing argument: expected put, get, list or verify, and paths");
  }
  if (paths === 0 && operation !== "list") {
    throw new UsageError(`Missing argument: ${operation} what?`);
  }
  if (paths > 1 && operation === "list") throw new UsageError("Cannot list more than one path");
  if (operation !== "get" && (into ?? output) !== undefined) {
    throw new UsageError(`Option --${into === undefined ? "output" : "into"} goes with get`);
  }
  if (into !== undefined && output !== undefined) {
    throw new UsageError("Option --into cannot go with --output");
  }
  if (operation !== "put" && name !== undefined) {
    throw new UsageError("Option --name goes with put");
  }
}

/** What the job needs: to read what is sent, to read and write where received files go. */
function grantsFor(
  operation: Operation,
  paths: readonly string[],
  flags: FileClientFlags,
): Grants {
  const { net = [], read = [], write = [] } = clientGrants(flags);
  const { into = ".", output, "token-file": token } = flags;
  const needed = token === undefined ? [...read] : [...read, token];
  if (flags.prune) return { net, read: [into], write: [into] };
  if (operation === "list") return { net, read: needed, write };
  if (operation !== "get") {
    // The directory of a file as well, to see that no link is on the way.
    const sources = paths.filter((path) => path !== STANDARD_STREAM).map((path) => dirname(path));
    return { net, read: [...new Set([...needed, ...sources])], write };
  }
  if (output === STANDARD_STREAM) return { net, read: needed, write };
  const directory = output === undefined ? into : dirname(output);
  return { net, read: [...needed, directory], write: [...write, directory] };
}

function prune(flags: FileClientFlags, launch: Launch): number {
  const root = openDirectory(flags.into ?? ".", launch);
  const removed = new Staging(root).prune(pruneBefore(flags));
  const bytes = removed.reduce((sum, { size }) => sum + size, 0);
  printResult(`Removed ${count(removed.length, "unfinished transfer")}, ${count(bytes, "byte")}`);
  return EXIT.done;
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
