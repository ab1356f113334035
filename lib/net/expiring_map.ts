/** An entry and when it was set, by the caller's clock. */
interface Entry<V> {
  value: V;
  at: number;
}

/**
 * A map for what strangers can make grow: it holds so many entries at most, each for so long at most. The
 * oldest entry makes room for a new one. The clock is the caller's, so that a test can turn it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const map = new ExpiringMap<string, number>({ maxSize: 2, lifetime: 1_000 });
 * map.set("a", 1, 0);
 * map.set("b", 2, 0);
 * map.set("c", 3, 500);
 * assertEquals([map.get("a", 500), map.get("c", 500)], [undefined, 3]);
 * assertEquals(map.get("c", 1_500), undefined);
 * ```
 */
export class ExpiringMap<K, V> {
  readonly #maxSize: number;
  readonly #lifetime: number;
  /** In the order of setting, so the first ones expire first. */
  readonly #entries = new Map<K, Entry<V>>();

  /**
   * Makes an empty map.
   *
   * @param limits `lifetime` is in the unit of the clock, milliseconds as a rule.
   */
  constructor(limits: { maxSize: number; lifetime: number }) {
    this.#maxSize = limits.maxSize;
    this.#lifetime = limits.lifetime;
  }

  /** Entries held, expired ones that nobody has met yet included. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value, unless it has expired. */
  get(key: K, now: number): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (now - entry.at < this.#lifetime) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Sets a value, whose lifetime starts now, and drops what has expired. */
  set(key: K, value: V, now: number): void {
    this.#entries.delete(key);
    for (const [oldest, { at }] of this.#entries) {
      if (this.#entries.size < this.#maxSize && now - at < this.#lifetime) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, at: now });
  }

  /** Starts a value's lifetime anew once a quarter of it is over: often enough, and seldom work. */
  keep(key: K, now: number): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && now - entry.at >= this.#lifetime / 4) {
      this.set(key, entry.value, now);
    }
  }
}
