/**
 * The project as data: its folder, its files, its tasks, its README.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

/** The repository's folder, with a slash at the end. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** One task of deno.json. */
export interface Task {
  readonly name: string;
  readonly description: string;
  readonly command: string;
}

/** All tasks, in the file's order. */
export const TASKS: readonly Task[] = Object.entries(config.tasks).map(([name, task]) => {
  return { name, ...task };
});

/** A program: a script, its task and its executable carry one name. */
export interface Script {
  /** `echo-server`. */
  readonly name: string;
  /** `servers/echo_server.ts`. */
  readonly path: string;
}

/** Every script that users start, servers first. */
export function scripts(): Script[] {
  return ["servers", "clients"].flatMap((folder) => {
    return filesBelow(folder).filter((path) => path.endsWith(".ts")).map((path) => {
      const name = path.replace(/^.*\//, "").replace(/\.ts$/, "").replaceAll("_", "-");
      return { name, path };
    });
  });
}

/** Paths of all files below a folder of the project, sorted, relative to the root. */
export function filesBelow(folder: string): string[] {
  const paths: string[] = [];
  for (const entry of Deno.readDirSync(new URL(`${folder}/`, ROOT))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) paths.push(...filesBelow(path));
    else paths.push(path);
  }
  return paths.sort();
}

/** A text file of the project. */
export function readProjectFile(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** The permission flags of a command line, such as `--allow-net=127.0.0.1`. */
export function permissionFlags(command: string): string[] {
  return command.split(/\s+/).filter((word) => /^(-A|-[RWNES]+|--allow-|--deny-)/.test(word));
}
