import type { Channel } from "./channel.ts";
import { type Found, isSource } from "./walk.ts";

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
