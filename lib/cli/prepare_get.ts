import { basename, dirname } from "node:path";
import { getFiles, type GetOptions, listFiles } from "../file/client_session.ts";
import { DiskDestination } from "../file/disk_destination.ts";
import { DISK } from "../file/file_layer.ts";
import { Quota } from "../file/quota.ts";
import { SafeRoot } from "../file/safe_root.ts";
import { StreamDestination } from "../file/stream_destination.ts";
import { TransferError } from "../file/transfer_error.ts";
import { BodyOutput } from "./body_output.ts";
import { UsageError } from "./exit.ts";
import { explainDirectory } from "./explain.ts";
import { requireName } from "./require_name.ts";
import type { Launch } from "./rerun.ts";
import { settleWriteAccess } from "./settle_write_access.ts";
import { asLocalFailure } from "./transfer_exit.ts";
import { transferLimits } from "./transfer_flags.ts";
import { type Job, type JobFlags, STANDARD_STREAM } from "./transfer_job.ts";
import type { TransferReport } from "./transfer_report.ts";

/**
 * Prepares to get files: into a directory, into one file, or to standard output.
 *
 * @throws {UsageError} If the words do not fit together.
 * @throws {CommandError} If a directory cannot be used.
 */
export function prepareGet(
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
  if (output !== STANDARD_STREAM) {
    return getOneFile(path, output, { flags, launch, report, options });
  }
  return async (channel) => {
    using body = new BodyOutput(undefined, launch);
    using destination = new StreamDestination({
      write: (bytes) => body.write(bytes).then(() => bytes.length),
    });
    report.summarize(await getFiles(channel, paths, destination, options));
  };
}

function getOneFile(
  path: string,
  output: string,
  { flags, launch, report, options }: {
    flags: JobFlags;
    launch: Launch;
    report: TransferReport;
    options: GetOptions;
  },
): Job {
  const root = openDirectory(dirname(output), launch);
  const name = basename(output);
  requireName("--output", name);
  return async (channel) => {
    // A directory would come with all that is in it, under one name.
    const [only] = await listFiles(channel, { path, recursive: false, limits: options.limits });
    if (only !== undefined && "type" in only && only.type === "directory") {
      const message = `Cannot store "${path}" as one file: it is a directory`;
      throw new TransferError("not-a-file", message);
    }
    using destination = newDestination(root, flags);
    const renamed = (): string => name;
    report.summarize(await getFiles(channel, [path], destination, { ...options, renamed }));
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

/** The directory for received files, made if it is missing. @throws {CommandError} If it cannot be used. */
function openDirectory(path: string, launch: Launch): SafeRoot {
  try {
    Deno.mkdirSync(path, { recursive: true });
    const root = new SafeRoot(path, DISK);
    settleWriteAccess(root.path);
    return root;
  } catch (error) {
    throw asLocalFailure(explainDirectory(error, path, launch));
  }
}
