/**
 * A small seeded generator, so that a failed random test can be run again: every assertion message
 * names the seed, and `deno test FILE -- --seed=N` runs the same test with it.
 *
 * @module
 */

/** The seed of the command line, else one that differs from run to run; needs no permission. */
export function testSeed(): number {
  const given = Deno.args.find((argument) => argument.startsWith("--seed="));
  if (given !== undefined) return Number(given.slice("--seed=".length)) >>> 0;
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** A deterministic generator (a Weyl sequence through a mixing function); not for secrets. */
export class Random {
  #state: number;

  /** @param seed Equal seeds give equal sequences. */
  constructor(readonly seed: number = testSeed()) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number {
    this.#state = (this.#state + 0x9e37_79b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.uint32() / 2 ** 32 * (max - min + 1));
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(0, items.length - 1)];
    if (item === undefined) throw new RangeError("Cannot pick from an empty list");
    return item;
  }

  /** So many random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.uint32() & 0xff);
  }
}
