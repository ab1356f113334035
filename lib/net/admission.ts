import { hostKey } from "./address.ts";

/**
 * Decides who is served: one of these a server, however many listeners or workers it has.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const admission = new Admission({ maxConnections: 2, maxPerHost: 1 });
 * await admission.slot();
 * assertEquals(admission.admit("192.0.2.1"), true);
 * await admission.slot();
 * assertEquals(admission.admit("192.0.2.1"), false); // Its second: the caller closes it and gives back the slot
 * admission.giveBack();
 * admission.leave("192.0.2.1");
 * ```
 */
export class Admission {
  /** Connections of one host, 0 for as many as fit; a change counts for those to come. */
  maxPerHost: number;
  #free: number;
  readonly #perHost = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];

  /** Opens the house; `maxPerHost` 0 means no limit of its own. */
  constructor(limits: { maxConnections: number; maxPerHost: number }) {
    this.#free = limits.maxConnections;
    this.maxPerHost = limits.maxPerHost;
  }

  /** Resolves with a slot taken, at once or when somebody leaves; first come, first served. */
  slot(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** Gives a slot back, to the one who waits longest. */
  giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  /** Counts a connection from `host`, or returns `false` if that host has its share already. */
  admit(host: string): boolean {
    const key = hostKey(host);
    const count = this.#perHost.get(key) ?? 0;
    if (this.maxPerHost > 0 && count >= this.maxPerHost) return false;
    this.#perHost.set(key, count + 1);
    return true;
  }

  /** Ends a connection that was admitted: its host's count and its slot are free again. */
  leave(host: string): void {
    const key = hostKey(host);
    const count = this.#perHost.get(key) ?? 0;
    if (count <= 1) this.#perHost.delete(key);
    else this.#perHost.set(key, count - 1);
    this.giveBack();
  }
}
