import { createHash, type Hash } from "node:crypto";
import { Turns } from "./turns.ts";

/** Bytes read at a time: larger reads gain nothing on a cached file (27 GB/s), smaller ones cost calls. */
const READ_BYTES = 256 * 1024;

/** A running SHA-256, fresh. */
export function newHash(): Hash {
  return createHash("sha256");
}

/** The digest so far; the running hash can go on. */
export function digestOf(hash: Hash): Uint8Array {
  return new Uint8Array(hash.copy().digest());
}

/** Reads the next bytes into an array and says how many; `null` at the end. */
export type ReadBytes = (into: Uint8Array) => number | null | Promise<number | null>;

/** What {@linkcode hashBytes} can be told. */
export interface HashOptions {
  /** Called with the count of bytes done since the last call; may send a sign of life. */
  readonly onBytes?: ((count: number) => void | Promise<void>) | undefined;
  /** Aborted to stop in between. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Hashes the next `length` bytes, with others taking turns.
 *
 * @returns The running hash; `undefined` if there are fewer bytes.
 */
export async function hashBytes(
  read: ReadBytes,
  length: number,
  { onBytes, signal }: HashOptions = {},
): Promise<Hash | undefined> {
  const hash = newHash();
  const buffer = new Uint8Array(Math.min(length, READ_BYTES));
  const turns = new Turns();
  for (let left = length; left > 0;) {
    const count = await read(buffer.subarray(0, Math.min(left, READ_BYTES)));
    if (count === null) return undefined;
    hash.update(buffer.subarray(0, count));
    left -= count;
    await onBytes?.(count);
    await turns.yieldIfDue();
    signal?.throwIfAborted();
  }
  return hash;
}
