/**
 * `deno task compile:NAME`: a program as one executable in `dist/`, with the permissions of its task built
 * in. What follows `--` goes to `deno compile` (`--target`), and permissions are added to the task's own:
 *
 *     deno task compile:echo-server
 *     deno task compile:echo-server -- --target aarch64-apple-darwin
 *     deno task compile:echo-server -- --allow-net=0.0.0.0:7
 *
 * @module
 */
import { VERSION } from "../../lib/cli/version.ts";
import { bakedFlags, BuildError, scriptOf } from "./baked.ts";
import { type Outcome, runDeno } from "./child.ts";

const STARTER = new URL("start_once.ts", import.meta.url).href;

/** How to compile; all has a default. */
export interface CompileOptions {
  /** Where the product goes: `dist`. */
  readonly folder?: string;
  /** Further flags of `deno compile`. */
  readonly flags?: readonly string[];
  /** Environment variables to add: `DENORT_BIN`. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Compiles one program, and starts the product once if it is for this system.
 *
 * @returns The product's path and a line about it.
 * @throws {BuildError} If there is no product, or none that works.
 */
export async function compileProgram(
  name: string,
  { folder = "dist", flags = [], env = {} }: CompileOptions = {},
): Promise<{ path: string; report: string }> {
  const { path: script } = scriptOf(name);
  const target = targetOf(flags);
  const path = `${folder}/${name}${target.includes("windows") ? ".exe" : ""}`;
  const permissions = flags.filter(isPermission);
  const others = flags.filter((flag) => !isPermission(flag));
  const checked = await runDeno(["check", "--quiet", script], env);
  if (checked.code !== 0) throw new BuildError(`Cannot compile ${name}: ${checked.said}`);
  const baked = bakedFlags(name, permissions);
  const args = ["compile", "--quiet", "--no-check", ...baked, ...others];
  const compiled = await runDeno([...args, "--output", `${folder}/${name}`, script], env);
  if (compiled.code !== 0) {
    throw new BuildError(`Cannot compile ${name}: ${await failure(compiled.said, target, env)}`);
  }
  if (target !== Deno.build.target) {
    return { path, report: `${path}: for ${target}, not started here` };
  }
  const starting = ["run", "--no-prompt", `--allow-run=${path}`, STARTER, path];
  const wrong = wrongProduct(name, await runDeno(starting));
  if (wrong === undefined) return { path, report: `${path}: starts, ${baked.slice(1).join(" ")}` };
  Deno.removeSync(path);
  throw new BuildError(`Cannot compile ${name}: ${wrong}`);
}

/** Why a product is of no use, by its answer to `--version`; `undefined` if it is the program. */
export function wrongProduct(name: string, { code, said }: Outcome): string | undefined {
  const wanted = `${name} ${VERSION}`;
  if (code === 0 && said === `${wanted}\n`) return undefined;
  const [line = ""] = said.split("\n");
  const hint = line.startsWith("deno ")
    ? "DENORT_BIN names deno itself, and must name denort of the same version"
    : "if DENORT_BIN is set, it must name denort of this Deno's version";
  return `the product answers --version with "${line}" and exit code ${code}, not with "${wanted}"; ${hint}`;
}

/** A failed `deno compile` in a sentence. */
async function failure(
  said: string,
  target: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const archive = `denort-${target}.zip`;
  if (!said.includes(archive)) return causes(said);
  const { said: info } = await runDeno(["info", "--json"], env);
  const folder = `${JSON.parse(info).denoDir}/dl/release/v${Deno.version.deno}`;
  return `the runtime that goes into executables is not in the cache and cannot be downloaded; ` +
    `put ${archive} into ${folder}, or unpack it and let DENORT_BIN name the file`;
}

/** The reasons that Deno gives, from the general to the special, on one line. */
function causes(said: string): string {
  const [text = ""] = said.split("\nStack backtrace:");
  return text.replace(/^error: /, "").replace(/\n\s*(Caused by:|\d+:)?\s*/g, ": ")
    .replace(/(: )+/g, ": ").replace(/: $/, "");
}

function targetOf(flags: readonly string[]): string {
  const at = flags.findIndex((flag) => /^--target(=|$)/.test(flag));
  if (at < 0) return Deno.build.target;
  return flags[at]!.split("=")[1] ?? flags[at + 1] ?? Deno.build.target;
}

function isPermission(flag: string): boolean {
  return /^--(allow|deny)-/.test(flag);
}

if (import.meta.main) {
  const [name = "", ...flags] = Deno.args.filter((arg) => arg !== "--");
  try {
    console.log((await compileProgram(name, { flags })).report);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
