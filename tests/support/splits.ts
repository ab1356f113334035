/**
 * A byte stream has no message boundaries: what a decoder gives must not depend on where the network
 * cut the bytes. These functions feed one input in many ways.
 *
 * @module
 */

import { Random, testSeed } from "./random.ts";

/** Random ways to cut the input, beside whole and byte by byte. */
const RANDOM_SPLITS = 20;

/** One way to cut an input. */
export interface Split {
  /** For assertion messages: how the input was cut, with the seed where chance did it. */
  readonly label: string;
  /** The pieces in order, none of them empty. */
  readonly chunks: Uint8Array[];
}

/**
 * Calls `feed` with the input whole, byte by byte, and in seeded random pieces.
 *
 * Each piece is a copy of its own; put `label` into every assertion message.
 */
export function forEachSplit(
  bytes: Uint8Array,
  feed: (chunks: Uint8Array[], label: string) => void,
  seed: number = testSeed(),
): void {
  for (const { label, chunks } of splits(bytes, seed)) feed(chunks, label);
}

/** The same splits as a list, for tests that await between them. */
export function splits(bytes: Uint8Array, seed: number = testSeed()): Split[] {
  const random = new Random(seed);
  const list: Split[] = [
    { label: "whole", chunks: cut(bytes, () => Math.max(1, bytes.length)) },
    { label: "byte by byte", chunks: cut(bytes, () => 1) },
  ];
  for (let round = 1; round <= RANDOM_SPLITS; round++) {
    const longest = random.integer(1, 1 + Math.ceil(bytes.length / 2));
    const chunks = cut(bytes, () => random.integer(1, longest));
    list.push({ label: `random split ${round} of seed ${seed}`, chunks });
  }
  return list;
}

function cut(bytes: Uint8Array, size: () => number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + size();
    chunks.push(bytes.slice(at, end));
    at = end;
  }
  return chunks;
}
