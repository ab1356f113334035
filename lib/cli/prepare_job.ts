/**
 * The file client's jobs, from the words of the command line to what runs over a connection. Preparing
 * comes first, so that a slip of the pen is found before anybody is called.
 *
 * @module
 */
import { listFiles, putFiles, verifyFiles } from "../file/client_session.ts";
import type { Operation } from "../file/events.ts";
import { DISK } from "../file/file_layer.ts";
import { findArgument } from "../file/find_argument.ts";
import { type Source, streamSource } from "../file/source.ts";
import { type Found, isSource } from "../file/walk.ts";
import { UsageError } from "./exit.ts";
import { explainFile } from "./explain.ts";
import { printFileList } from "./print_file_list.ts";
import { prepareGet } from "./prepare_get.ts";
import { requireName } from "./require_name.ts";
import type { Launch } from "./rerun.ts";
import { standardInput } from "./standard_streams.ts";
import { asLocalFailure, TRANSFER_EXIT } from "./transfer_exit.ts";
import { transferLimits } from "./transfer_flags.ts";
import { type Job, type JobFlags, STANDARD_STREAM } from "./transfer_job.ts";
import type { TransferReport } from "./transfer_report.ts";

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
      const path = remotePath(paths[0] ?? ".");
      const { recursive, json } = flags;
      const limits = transferLimits(flags);
      return async (channel) => {
        const list = await listFiles(channel, { path, recursive, limits });
        if (printFileList(list, json) > 0) report.exitCode = TRANSFER_EXIT.refused;
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
      throw asLocalFailure(explainFile(error, "file", path, launch));
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

/** A path as the server knows it: people write `photos/`, `./photos` and `.` as well. */
function remotePath(path: string): string {
  const plain = path.replace(/^(\.\/+)+/, "").replace(/\/+$/, "");
  if (plain === "" || plain === ".") return "";
  requireName("path", plain);
  return plain;
}
