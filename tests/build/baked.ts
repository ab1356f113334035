/**
 * What a product carries with it: the permissions of its program's task, and the runtime features that
 * `deno.json` switches on, for it runs where there is no `deno.json`.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { joinGrants } from "../support/process.ts";
import { permissionFlags, type Script, scripts, TASKS } from "../support/project.ts";

/** A build that cannot go on, with the sentence to print: no trace. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/**
 * The script of a program.
 *
 * @throws {BuildError} If there is none of that name.
 */
export function scriptOf(name: string): Script {
  const all = scripts();
  const script = all.find((script) => script.name === name);
  if (script !== undefined) return script;
  throw new BuildError(
    `Cannot build "${name}": the programs are ${all.map(({ name }) => name).join(", ")}`,
  );
}

/**
 * The flags of `deno run` with which a product behaves as its task does.
 *
 * @param more Permissions that this product has beyond its task's, such as an address to serve on.
 */
export function bakedFlags(name: string, more: readonly string[] = []): string[] {
  const task = TASKS.find((task) => task.name === name);
  if (task === undefined) throw new BuildError(`Cannot build ${name}: deno.json has no such task`);
  return joinGrants(["--no-prompt", ...permissionFlags(task.command), ...more]);
}

/** The same features as flags: a bundle has no other place for them than its command line. */
export function unstableFlags(): string[] {
  return config.unstable.map((feature) => `--unstable-${feature}`);
}
