/**
 * `deno task bundle [NAME...]`: each program as one JavaScript file in `dist/` that needs nothing beside it.
 * Its first line is the command that runs it, with the permissions of its task.
 *
 *     deno task bundle
 *     ./dist/echo-server.js
 *     deno run --allow-net=0.0.0.0:7 dist/echo-server.js --host 0.0.0.0 --port 7
 *
 * @module
 */
import { scripts } from "../support/project.ts";
import { bakedFlags, BuildError, scriptOf, unstableFlags } from "./baked.ts";
import { runDeno } from "./child.ts";

/** How to bundle; all has a default. */
export interface BundleOptions {
  /** Where the product goes: `dist`. */
  readonly folder?: string;
  /** Environment variables to add. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Bundles one program.
 *
 * @returns The product's path.
 * @throws {BuildError} If there is no product.
 */
export async function bundleProgram(
  name: string,
  { folder = "dist", env = {} }: BundleOptions = {},
): Promise<string> {
  const { path: script } = scriptOf(name);
  const path = `${folder}/${name}.js`;
  const { code, said } = await runDeno(["bundle", "--quiet", "--output", path, script], env);
  if (code !== 0) {
    // The bundler is not part of Deno: its first use fetches it.
    const reason = said.includes("esbuild")
      ? "the bundler is not in the cache and cannot be downloaded; " +
        "run this once where the npm registry can be reached"
      : said;
    throw new BuildError(`Cannot bundle ${name}: ${reason}`);
  }
  const body = Deno.readTextFileSync(path).replace(/^#!.*\n/, "");
  Deno.writeTextFileSync(path, `${firstLine(name)}\n${body}`);
  if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o755);
  return path;
}

/** The flags that a bundle runs with: it finds no `deno.json`, and imports nothing that lies elsewhere. */
export function bundleFlags(name: string): string[] {
  return [...bakedFlags(name), ...unstableFlags()];
}

function firstLine(name: string): string {
  return ["#!/usr/bin/env -S deno run", ...bundleFlags(name)].join(" ");
}

if (import.meta.main) {
  const names = Deno.args.filter((arg) => arg !== "--");
  try {
    const all = names.length > 0 ? names : scripts().map(({ name }) => name);
    const checked = await runDeno(["check", "--quiet", ...all.map((name) => scriptOf(name).path)]);
    if (checked.code !== 0) throw new BuildError(`Cannot bundle: ${checked.said}`);
    for (const name of all) console.log(await bundleProgram(name));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
