/** Where `deno task` puts the directory that it was called from; it runs in the one of deno.json. */
const CALLERS_DIRECTORY = "INIT_CWD";

/**
 * Goes back to where the user typed `deno task`, so that relative names mean what they mean there.
 * Without the permission to know or to read that directory, names count from the one of deno.json.
 *
 * @param script The script's `import.meta.url`, one folder below deno.json.
 */
export function enterCallersDirectory(script: string): void {
  // A variable that is inherited from some other tool says nothing: only a task starts in this place.
  if (Deno.build.standalone || !isHome(script)) return;
  const descriptor = { name: "env", variable: CALLERS_DIRECTORY } as const;
  if (Deno.permissions.querySync(descriptor).state !== "granted") return;
  const path = Deno.env.get(CALLERS_DIRECTORY);
  if (path === undefined) return;
  if (Deno.permissions.querySync({ name: "read", path }).state === "granted") Deno.chdir(path);
}

function isHome(script: string): boolean {
  const home = new URL("..", script);
  if (home.protocol !== "file:") return false;
  const path = decodeURIComponent(home.pathname).replace(/\/$/, "");
  const native = Deno.build.os === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
  return native === Deno.cwd();
}
