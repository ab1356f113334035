import type { FileLayer } from "./file_layer.ts";
import { outcomeOf } from "./transfer_error.ts";

/**
 * Makes new names in directories durable; returns whether that worked for all. Windows has no such call
 * and keeps names in its journal anyway.
 */
export async function syncDirectories(
  files: FileLayer,
  paths: ReadonlySet<string>,
): Promise<boolean> {
  if (Deno.build.os === "windows") return true;
  const synced = await Promise.all([...paths].map((path) => syncDirectory(files, path)));
  return !synced.includes(false);
}

async function syncDirectory(files: FileLayer, path: string): Promise<boolean> {
  try {
    const directory = files.openSync(path, { read: true });
    try {
      await directory.sync();
    } finally {
      directory.close();
    }
    return true;
  } catch (error) {
    outcomeOf(error, "receiving");
    return false;
  }
}
