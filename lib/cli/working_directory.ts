import { isAbsolute } from "node:path";
import { explainDirectory } from "./explain.ts";
import type { Launch } from "./rerun.ts";

/** Where `deno task` puts the directory that it was called from; it runs in the one of deno.json. */
const CALLERS_DIRECTORY = "INIT_CWD";

/** The directory that a task was called from, which it could not enter, and why. */
export interface ClosedDirectory {
  /** Its path. */
  readonly path: string;
  /** What stood in the way. */
  readonly error: unknown;
}

/**
 * Goes back to where the user typed `deno task`, so that relative names mean what they mean there.
 *
 * @param script The script's `import.meta.url`, one folder below deno.json.
 * @returns That directory, if it is closed to this program: here, names mean something else.
 */
export function enterCallersDirectory(script: string): ClosedDirectory | undefined {
  // A variable that is inherited from some other tool says nothing: only a task starts in this place.
  if (Deno.build.standalone || !isHome(script)) return undefined;
  const descriptor = { name: "env", variable: CALLERS_DIRECTORY } as const;
  if (Deno.permissions.querySync(descriptor).state !== "granted") return undefined;
  const path = Deno.env.get(CALLERS_DIRECTORY);
  if (path === undefined) return undefined;
  try {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") {
      throw new Deno.errors.NotCapable(`Requires read access to "${path}"`);
    }
    Deno.chdir(path);
  } catch (error) {
    return { path, error };
  }
  return undefined;
}

/**
 * Makes sure that no name is taken for one of another directory than that it was typed in.
 *
 * @throws {CommandError} If a job has relative names, with the command that does it in that directory.
 */
export function requireCallersDirectory(closed: ClosedDirectory | undefined, launch: Launch): void {
  const { read = [], write = [] } = launch.grants;
  if (closed === undefined || [...read, ...write].every(isAbsolute)) return;
  const { path, error } = closed;
  throw explainDirectory(error, path, { ...launch, directory: path });
}

function isHome(script: string): boolean {
  const home = new URL("..", script);
  if (home.protocol !== "file:") return false;
  const path = decodeURIComponent(home.pathname).replace(/\/$/, "");
  const native = Deno.build.os === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
  return native === Deno.cwd();
}
