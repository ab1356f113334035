import { MAX_PATH_BYTES } from "../codec/file_names.ts";
import { cutUtf8, utf8Length } from "../codec/utf8_length.ts";
import type { Channel } from "./channel.ts";
import type { Omission } from "./source.ts";
import { type Found, isSource } from "./walk.ts";

/**
 * What of all this a manifest can express: a file is left out if its size, or the sum of all with it, is
 * no exact number, and the path of what is left out already is cut.
 */
export function announceable(items: readonly Found[]): Found[] {
  let sum = 0;
  return items.map((item) => {
    if (!isSource(item)) return { ...item, path: cutPath(item.path) };
    const { path, size } = item.entry;
    if (!Number.isSafeInteger(sum + size)) return { path, outcome: "too-large" } as Omission;
    sum += size;
    return item;
  });
}

function cutPath(path: string): string {
  if (utf8Length(path) <= MAX_PATH_BYTES) return path;
  return `${cutUtf8(path, MAX_PATH_BYTES - utf8Length("…"))}…`;
}

/** Announces what there is, in the order that gives everything its index. */
export async function sendManifest(channel: Channel, items: readonly Found[]): Promise<void> {
  await channel.send({ kind: "manifest", items: items.length, bytes: totalBytes(items) });
  for (const item of items) {
    await channel.send(isSource(item) ? item.entry : { ...item, kind: "omitted" });
  }
  await channel.flush();
}

/** The sizes of all items together, in bytes; what has no size before it ends counts nothing. */
export function totalBytes(items: readonly Found[]): number {
  return items.reduce((sum, item) => isSource(item) ? sum + item.entry.size : sum, 0);
}
