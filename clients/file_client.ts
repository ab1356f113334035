#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost --allow-read=. --allow-write=. --allow-env=INIT_CWD "$(realpath "$0")" "$@"'
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
import { basename } from "node:path";
import { askSecret } from "../lib/cli/ask_secret.ts";
import { CLIENT_FLAGS, connectOptions, TARGET_FLAG, targetPort } from "../lib/cli/client_flags.ts";
import { CommandError, EXIT } from "../lib/cli/exit.ts";
import type { CommandLine, FlagTable, FlagValues } from "../lib/cli/flags.ts";
import { inputLines } from "../lib/cli/input_lines.ts";
import { openConnection, target } from "../lib/cli/open_connection.ts";
import { printNote, printPrompt, printResult } from "../lib/cli/output.ts";
import { readTokenFile } from "../lib/cli/private_file.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { pruneStaged } from "../lib/cli/prune_staged.ts";
import type { Launch } from "../lib/cli/rerun.ts";
import { commandGrants, readCommand } from "../lib/cli/transfer_command.ts";
import { serverTask } from "../lib/cli/server_task.ts";
import { leaveOnInterrupt } from "../lib/cli/shutdown.ts";
import {
  asLocalFailure,
  explainTransfer,
  graver,
  TRANSFER_EXIT_CODES,
} from "../lib/cli/transfer_exit.ts";
import { TRANSFER_FLAGS, transferLimits } from "../lib/cli/transfer_flags.ts";
import { STANDARD_STREAM } from "../lib/cli/transfer_job.ts";
import { prepareJob } from "../lib/cli/prepare_job.ts";
import { TransferReport } from "../lib/cli/transfer_report.ts";
import { enterCallersDirectory, requireCallersDirectory } from "../lib/cli/working_directory.ts";
import { jsonLine } from "../lib/codec/json_line.ts";
import { escapeForDisplay } from "../lib/codec/text.ts";
import type { Channel } from "../lib/file/channel.ts";
import { openSession } from "../lib/file/client_session.ts";
import type { OnEvent, Operation } from "../lib/file/events.ts";
import { DISK, lookAt } from "../lib/file/file_layer.ts";
import { MinimumRate, RATE_WINDOW } from "../lib/file/minimum_rate.ts";
import { throttle } from "../lib/file/throttle.ts";
import { TransferError } from "../lib/file/transfer_error.ts";
import type { ConnectOptions } from "../lib/net/connect.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";
import { SERVE_LIMITS } from "../lib/net/serve_options.ts";

/** How to talk to a server. */
export interface SessionOptions {
  /** The secret, if the server wants one. */
  readonly token?: Uint8Array | undefined;
  /** Bytes a second that the server must keep up; 0 for any. */
  readonly minimumRate: number;
  /** Over how long that is measured, in milliseconds. */
  readonly rateWindow?: number | undefined;
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
  { token, minimumRate, rateWindow = RATE_WINDOW, rate, onEvent }: SessionOptions,
  job: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  let cutting: ReturnType<typeof setTimeout> | undefined;
  const watched = new MinimumRate(server, {
    bytesPerSecond: minimumRate,
    window: rateWindow,
    // It is told; but to tell who does not read would never end.
    onTooSlow: () => {
      cutting = setTimeout(() => server[Symbol.dispose](), SERVE_LIMITS.linger);
    },
  });
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
    clearTimeout(cutting);
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
    insteadOf: ["prune"],
    help: "what to do where a file of that name has other content",
  },
  name: {
    kind: "text",
    value: "NAME",
    insteadOf: ["prune"],
    help: "put: the name under which the one file is stored",
  },
  into: {
    kind: "text",
    value: "DIR",
    insteadOf: ["output"],
    help: "get: where received files go (here if not given)",
  },
  output: {
    kind: "text",
    value: "FILE",
    short: "o",
    insteadOf: ["prune"],
    help: "get: put the one file here, - for standard output",
  },
  recursive: { kind: "switch", insteadOf: ["prune"], help: "list: go down into directories" },
  json: {
    kind: "switch",
    insteadOf: ["prune"],
    help: "events and the summary as JSON, one object a line",
  },
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

/** What all jobs of one run share. */
interface Run {
  readonly flags: FileClientFlags;
  readonly options: ConnectOptions;
  launch: Launch;
  token: Uint8Array | undefined;
  /** The job that is on. */
  report: TransferReport | undefined;
}

async function main({ flags, positionals }: CommandLine<typeof FLAGS>): Promise<number> {
  const closed = enterCallersDirectory(import.meta.url);
  const asks = Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  const command = readCommand(positionals, flags, asks);
  const grants = commandGrants(command, flags);
  const launch = { script: import.meta.url, args: Deno.args, grants };
  try {
    locally(() => requireCallersDirectory(closed, launch));
    if (flags.prune) return locally(() => pruneStaged(flags.into ?? ".", flags, launch));
    const run = locally(() => prepareRun(flags, launch));
    leaveOnInterrupt(() => run.report?.interrupt() ?? "nothing was asked for yet");
    if (positionals.length === 0) return await askForFiles(run);
    return await doJob(run, command.operation, command.paths);
  } catch (error) {
    return endInFailure(error, flags);
  }
}

/** Does what needs files of this machine, and no server. */
function locally<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw asLocalFailure(error);
  }
}

/** Tells programs why it ends; who reads only standard error, as its output is taken, gets no sentence. */
function endInFailure(error: unknown, { json, output }: FileClientFlags): number {
  if (!json || !(error instanceof CommandError)) throw error;
  const { message, exitCode } = error;
  const line = jsonLine({ event: "error", message, exitCode });
  if (output === STANDARD_STREAM) {
    printNote(line);
    return exitCode;
  }
  printResult(line);
  throw error;
}

/** Reads the files that flags name. */
function prepareRun(flags: FileClientFlags, launch: Launch): Run {
  const { "token-file": file } = flags;
  const token = file === undefined ? undefined : readTokenFile(file, launch);
  const options = connectOptions(flags, launch);
  return { flags, options, launch, token, report: undefined };
}

/** One job, reported as it goes. */
async function doJob(
  run: Run,
  operation: Operation,
  paths: readonly string[],
): Promise<number> {
  const { flags, launch } = run;
  const { json, quiet, output } = flags;
  const outputTaken = output === STANDARD_STREAM;
  const resumable = !outputTaken && !paths.includes(STANDARD_STREAM);
  const named = new Set(paths.map((path) => basename(path)));
  const options = { json, quiet, outputTaken, resumable, named };
  using report = new TransferReport(operation, options);
  run.report = report;
  try {
    const job = await prepareJob(operation, paths, flags, launch, report);
    await connectAndDo(run, report.hear, job);
    return report.exitCode;
  } catch (error) {
    throw explain(error, run, resumable);
  }
}

function explain(error: unknown, { options, launch, flags }: Run, resumable: boolean): unknown {
  const limits = transferLimits(flags);
  return explainTransfer(error, { where: target(options), launch, limits, resumable });
}

/** A job over a connection of its own; over a second one if the server wants a token and somebody has it. */
async function connectAndDo<Result>(
  run: Run,
  onEvent: OnEvent,
  job: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  const { flags, options, launch } = run;
  const { rate, "minimum-rate": minimumRate } = flags;
  const hints = { launch, serverTask: serverTask("file-server", flags.port, FLAGS.port.default) };
  for (;;) {
    using server = await openConnection(options, hints, ({ host, port, timeout }) => {
      return Deno.connect({ hostname: host, port, signal: AbortSignal.timeout(timeout) });
    });
    const { token } = run;
    try {
      return await withSession(server, { token, rate, minimumRate, onEvent }, job);
    } catch (error) {
      if (token !== undefined || !wantsToken(error) || !askToken(run)) throw error;
    }
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

/** Asks for one file after the other, until an empty line. What is wrong with one does not end it. */
async function askForFiles(run: Run): Promise<number> {
  // Is the server there, and does it want a token? Two readers of the terminal would rob each other.
  try {
    await connectAndDo(run, () => {}, () => Promise.resolve());
  } catch (error) {
    throw explain(error, run, true);
  }
  let exitCode: number = EXIT.done;
  const ask = (): void => printPrompt("File to send: ");
  ask();
  for await (const path of inputLines()) {
    if (path.trim() === "") return exitCode;
    if (isMissing(path)) printNote(`There is no "${escapeForDisplay(path)}"`);
    else exitCode = graver(exitCode, await tryToSend(run, path));
    ask();
  }
  printNote("");
  return exitCode;
}

/** Whether nothing has that name. What may not even be looked at is explained when it is to be sent. */
function isMissing(path: string): boolean {
  try {
    return lookAt(DISK, path) === undefined;
  } catch {
    return false;
  }
}

async function tryToSend(run: Run, path: string): Promise<number> {
  // As if it had been on the command line: so stands it in the command that grants what it needs.
  const grants = commandGrants({ operation: "put", paths: [path] }, run.flags);
  run.launch = { ...run.launch, args: ["put", path, ...Deno.args], grants };
  try {
    return await doJob(run, "put", [path]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    printNote(error.message);
    return error.exitCode;
  }
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
