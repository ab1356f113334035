/**
 * What building needs beyond Deno itself, and whether it is here; nothing is downloaded to find out.
 *
 * @module
 */
import type { Requirement } from "../support/machine.ts";
import { ScratchDirectory } from "../support/scratch.ts";
import { runDeno } from "./child.ts";

/** Nobody listens there: what is not in the cache fails at once instead of being fetched. */
const NOWHERE = "http://127.0.0.1:9";

/** Environment in which Deno reaches neither registries nor the place where its runtimes are. */
export const OFFLINE: Readonly<Record<string, string>> = {
  NPM_CONFIG_REGISTRY: NOWHERE,
  HTTP_PROXY: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  NO_PROXY: "",
};

/** The bundler, which the first `deno bundle` fetches. */
export async function needsBundler(): Promise<Requirement> {
  return requirement(
    await works("bundle"),
    "the bundler is not in the cache; deno task bundle fetches it",
  );
}

/** The runtime that goes into executables, which the first `deno compile` fetches. */
export async function needsRuntime(): Promise<Requirement> {
  return requirement(
    await works("compile"),
    "the runtime of executables is not in the cache; deno task compile fetches it",
  );
}

async function works(subcommand: "bundle" | "compile"): Promise<boolean> {
  using scratch = new ScratchDirectory();
  const source = scratch.file("probe.js");
  Deno.writeTextFileSync(source, 'console.log("at work");\n');
  const product = scratch.file("product");
  const args = [subcommand, "--quiet", "--no-config", "--output", product, source];
  if ((await runDeno(args, OFFLINE)).code !== 0) return false;
  if (subcommand === "bundle") return true;
  const starting = ["eval", `await new Deno.Command(${JSON.stringify(product)}).spawn().status`];
  return (await runDeno(starting)).said === "at work\n";
}

function requirement(met: boolean, reason: string): Requirement {
  return { ignore: !met, reason: met ? "" : ` (left out: ${reason})` };
}
