import { lookAt } from "./file_layer.ts";
import { storedBytes } from "./quota.ts";
import type { SafeRoot } from "./safe_root.ts";
import { outcomeOf } from "./transfer_error.ts";
import { Turns } from "./turns.ts";

/**
 * Counts what is stored below a root, partial files included, as a `Quota` does: files and directories in
 * whole blocks. Links count as what they are and are not followed; what cannot be read counts nothing.
 */
export async function measureUsage(root: SafeRoot): Promise<number> {
  const turns = new Turns();
  const waiting: string[][] = [[]];
  let used = 0;
  for (let parts = waiting.pop(); parts !== undefined; parts = waiting.pop()) {
    try {
      root.assertPlain(parts);
      for (const { name, isDirectory } of root.files.readDirSync(root.resolve(parts))) {
        const below = [...parts, name];
        if (isDirectory) waiting.push(below);
        const facts = isDirectory ? undefined : lookAt(root.files, root.resolve(below));
        used += storedBytes(facts?.isFile ? facts.size : 0);
      }
    } catch (error) {
      outcomeOf(error, "sending");
    }
    await turns.yieldIfDue();
  }
  return used;
}
