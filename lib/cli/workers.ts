import { type ServeTotals } from "../net/serve_options.ts";
import { listenerKind } from "../net/listen.ts";
import { serveInWorkers, type WorkersOptions } from "../net/workers.ts";
import { announce } from "./announce.ts";
import { CommandError, UsageError } from "./exit.ts";
import { explainListen } from "./explain_socket.ts";
import { whereToListen } from "./open_listener.ts";
import { type Launch, rerunCommand, shortPath } from "./rerun.ts";

/**
 * Runs a server's workers, the script's own module in each, and announces it once all of them listen.
 *
 * @throws {CommandError} If this system or the permissions do not allow it.
 */
export async function runWorkers(
  options: Omit<WorkersOptions, "onListening">,
  launch: Launch,
): Promise<ServeTotals> {
  const { listen, workers } = options;
  if (listen.unix !== undefined) throw new UsageError("Option --workers cannot go with --unix");
  if (Deno.build.os !== "linux") {
    throw new CommandError(
      `Cannot start ${workers} workers: only Linux lets several listeners share a port`,
    );
  }
  checkReadAccess(launch);
  try {
    return await serveInWorkers(launch.script, {
      ...options,
      onListening: (port) => {
        const { host: hostname } = listen;
        announce({ transport: "tcp", hostname, port }, listenerKind(listen));
      },
    });
  } catch (error) {
    throw explainListen(error, whereToListen(listen), launch);
  }
}

/** A worker loads its modules anew, and that is reading files: the one thing here that needs `--allow-read`. */
function checkReadAccess(launch: Launch): void {
  if (Deno.build.standalone) return;
  // Bundled, everything lies in one file: the script's.
  const paths = import.meta.url === launch.script
    ? [launch.script]
    : ["../../servers", "../../lib", "../../deno.json"];
  const sources = paths.map((path) => new URL(path, import.meta.url));
  const granted = sources.every((url) => {
    return Deno.permissions.querySync({ name: "read", path: url }).state === "granted";
  });
  if (granted) return;
  const read = [...sources.map((url) => shortPath(url.href)), ...launch.grants.read ?? []];
  const command = rerunCommand({ ...launch, grants: { ...launch.grants, read } });
  throw new CommandError(`Cannot start workers: each reads its code from files; run: ${command}`);
}
