/**
 * The file client's jobs, from the words of the command line to what runs over a connection. Preparing
 * comes first, so that a slip of the pen is found before anybody is called.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { ExistsPolicy } from "../codec/file_messages.ts";
import { findNameProblem } from "../codec/file_names.ts";
import { describeOutcome } from "../codec/file_outcomes.ts";
import { jsonLine } from "../codec/json_line.ts";
import { escapeForDisplay } from "../codec/text.ts";
import type { Channel } from "../file/channel.ts";
import { getFiles, listFiles, putFiles, verifyFiles } from "../file/client_session.ts";
import { DiskDestination } from "../file/disk_destination.ts";
import type { Operation } from "../file/events.ts";
import { DISK } from "../file/file_layer.ts";
import { findArgument } from "../file/find_argument.ts";
import { Quota } from "../file/quota.ts";
import { SafeRoot } from "../file/safe_root.ts";
import { type Omission, type Source, streamSource } from "../file/source.ts";
import { StreamDestination } from "../file/stream_destination.ts";
import { TransferError } from "../file/transfer_error.ts";
import { type Found, isSource } from "../file/walk.ts";
import { BodyOutput } from "./body_output.ts";
import { EXIT, UsageError } from "./exit.ts";
import { explainDirectory, explainFile } from "./explain.ts";
import { printNote, printResult } from "./output.ts";
import type { Launch } from "./rerun.ts";
import { standardInput } from "./standard_streams.ts";
import { TRANSFER_EXIT } from "./transfer_exit.ts";
import { type TransferFlags, transferLimits } from "./transfer_flags.ts";
import type { TransferReport } from "./transfer_report.ts";

/** Standard input or output in the place of a file. */
export const STANDARD_STREAM = "-";

/** The flags that say what a job does. */
export interface JobFlags extends TransferFlags {
  /** What to do with names that exist. */
  readonly "if-exists": ExistsPolicy;
  /** The name of the one file that is sent. */
  readonly name: string | undefined;
  /** Where received files go. */
  readonly into: string | undefined;
  /** Where the one received file goes. */
  readonly output: string | undefined;
  /** Whether a list goes down into directories. */
  readonly recursive: boolean;
  /** Whether a list is for programs. */
  readonly json: boolean;
}

/** A job that is ready to run. */
export type Job = (channel: Channel) => Promise<void>;

/**
 * Prepares a job.
 *
 * @throws {UsageError} If the words do not make one.
 * @throws {CommandError} If a directory cannot be used.
 */
export async function prepareJob(
  operation: Operation,
  paths: readonly string[],
  flags: JobFlags,
  launch: Launch,
  report: TransferReport,
): Promise<Job> {
  const onEvent = report.hear;
  switch (operation) {
    case "put": {
      const ifExists = flags["if-exists"];
      const found = await collect(paths, flags, launch);
      return async (channel) => {
        report.summarize(await putFiles(channel, found, { ifExists, onEvent }));
      };
    }
    case "verify": {
      const found = await collect(paths, flags, launch);
      return async (channel) => {
        report.summarize(await verifyFiles(channel, found, { onEvent }));
      };
    }
    case "get":
      return prepareGet(paths.map(remotePath), flags, launch, report);
    case "list": {
      const path = remotePath(paths[0] ?? "");
      const { recursive, json } = flags;
      const limits = transferLimits(flags);
      return async (channel) => {
        const list = await listFiles(channel, { path, recursive, limits });
        if (printList(list, json) > 0) report.exitCode = TRANSFER_EXIT.refused;
      };
    }
  }
}

/** What the paths mean on this machine. */
async function collect(
  paths: readonly string[],
  { name, ...flags }: JobFlags,
  launch: Launch,
): Promise<Found[]> {
  if (name !== undefined) requireName("--name", name);
  if (paths.includes(STANDARD_STREAM)) {
    if (name === undefined) {
      throw new UsageError("Standard input has no name: give one with --name");
    }
    if (paths.length > 1) throw new UsageError('Cannot send "-" together with other files');
    return [streamSource(standardInput, name)];
  }
  const found: Found[] = [];
  for (const path of paths) {
    try {
      found.push(...await findArgument(path, DISK, flags["max-files"]));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      throw explainFile(error, "file", path, launch);
    }
  }
  if (name === undefined) return found;
  const [only, ...others] = found;
  if (
    only === undefined || others.length > 0 || (isSource(only) && only.entry.type === "directory")
  ) {
    throw new UsageError("Option --name is for one file");
  }
  return [isSource(only) ? renamed(only, name) : only];
}

function renamed({ entry, open }: Source, path: string): Source {
  return { entry: { ...entry, path }, open };
}

function prepareGet(
  paths: readonly string[],
  flags: JobFlags,
  launch: Launch,
  report: TransferReport,
): Job {
  const { output, into } = flags;
  const options = { limits: transferLimits(flags), onEvent: report.hear };
  if (output === undefined) {
    const root = openDirectory(into ?? ".", launch);
    return async (channel) => {
      using destination = newDestination(root, flags);
      report.summarize(await getFiles(channel, paths, destination, options));
    };
  }
  const [path = ""] = paths;
  if (paths.length > 1 || path === "") throw new UsageError("Option --output is for one file");
  if (output === STANDARD_STREAM) {
    return async (channel) => {
      using body = new BodyOutput(undefined, launch);
      using destination = new StreamDestination({
        write: (bytes) => body.write(bytes).then(() => bytes.length),
      });
      report.summarize(await getFiles(channel, paths, destination, options));
    };
  }
  const root = openDirectory(dirname(output), launch);
  const name = basename(output);
  requireName("--output", name);
  return async (channel) => {
    // A directory would come with all that is in it, under one name.
    const [only] = await listFiles(channel, { path, recursive: false, limits: options.limits });
    const isDirectory = only !== undefined && "type" in only && only.type === "directory";
    if (isDirectory) {
      throw new TransferError(
        "not-a-file",
        `Cannot store "${path}" as one file: it is a directory`,
      );
    }
    using destination = newDestination(root, flags);
    const summary = await getFiles(channel, paths, destination, {
      ...options,
      renamed: () => name,
    });
    report.summarize(summary);
  };
}

function newDestination(root: SafeRoot, flags: JobFlags): DiskDestination {
  return new DiskDestination(root, {
    ifExists: flags["if-exists"],
    verify: false,
    sync: !flags["no-sync"],
    quota: new Quota(Infinity),
  });
}

/** The directory for received files, made if it is missing. */
export function openDirectory(path: string, launch: Launch): SafeRoot {
  try {
    Deno.mkdirSync(path, { recursive: true });
    return new SafeRoot(path, DISK);
  } catch (error) {
    throw explainDirectory(error, path, launch);
  }
}

/** A path as the server knows it: people write `photos/`, `./photos` and `.` as well. */
function remotePath(path: string): string {
  const plain = path.replace(/^(\.\/+)+/, "").replace(/\/+$/, "");
  if (plain === "" || plain === ".") return "";
  requireName("path", plain);
  return plain;
}

function requireName(what: string, name: string): void {
  const problem = findNameProblem(name);
  if (problem === undefined) return;
  throw new UsageError(`Cannot use ${what} "${escapeForDisplay(name)}": ${problem}`);
}

/** Prints what the server has. @returns How much of it is only an excuse. */
function printList(list: Awaited<ReturnType<typeof listFiles>>, json: boolean): number {
  const width = Math.max(0, ...list.map((item) => "size" in item ? `${item.size}`.length : 0));
  let excuses = 0;
  for (const item of list) {
    if (!("type" in item)) excuses += printOmission(item, json);
    else if (json) printResult(jsonLine({ event: "entry", ...item, kind: undefined }));
    else {
      const { type, size, mtime, path } = item;
      const time = new Date(mtime).toISOString().replace(/\.\d+Z$/, "Z");
      const name = `${escapeForDisplay(path, Infinity)}${type === "directory" ? "/" : ""}`;
      printResult(`${String(size).padStart(width)}  ${time}  ${name}`);
    }
  }
  return excuses;
}

function printOmission({ path, outcome }: Omission, json: boolean): number {
  if (json) printResult(jsonLine({ event: "omitted", path, outcome }));
  else printNote(`Left out "${escapeForDisplay(path)}": ${describeOutcome(outcome)}`);
  return outcome === "not-a-file" ? EXIT.done : 1;
}
