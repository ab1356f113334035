import { resolve } from "node:path";

/**
 * A path as permissions have to name it. They go by the letter: where a link leads elsewhere, what lies
 * there needs a permission of its own.
 */
export function reachablePaths(path: string): string[] {
  try {
    const real = Deno.realPathSync(path);
    return real === resolve(path) ? [path] : [path, real];
  } catch {
    // Missing, or not to be looked at: who uses it next says so.
    return [path];
  }
}
