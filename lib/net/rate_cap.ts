import { ExpiringMap } from "./expiring_map.ts";

/** The length of a turn, in milliseconds. */
const SECOND = 1_000;
/** Hosts counted at once; beyond, the one whose second began first is forgotten. */
const MAX_HOSTS = 4_096;

/** Datagrams a second; `Infinity` for no cap. */
export interface Caps {
  /** For this host. */
  perHost: number;
  /** For all hosts together. */
  inAll: number;
}

/**
 * Counts what is answered in a second, for each host and in all. A host's second begins with its first
 * datagram, so its state lives for that second and no longer.
 */
export class RateCap {
  readonly #counts = new ExpiringMap<string, { count: number }>({
    maxSize: MAX_HOSTS,
    lifetime: SECOND,
  });
  #total = 0;
  #since = -Infinity;

  /** Hosts counted at the moment. */
  get hosts(): number {
    return this.#counts.size;
  }

  /**
   * Counts one datagram, unless it is one too many.
   *
   * @param caps Those of this host. One without a cap in all takes nothing away from the others.
   * @param now Milliseconds of any clock that runs forward.
   * @returns The cap that is reached, if one is.
   */
  take(host: string, { perHost, inAll }: Caps, now: number): keyof Caps | undefined {
    if (perHost === Infinity && inAll === Infinity) return undefined;
    if (now - this.#since >= SECOND) {
      this.#total = 0;
      this.#since = now;
    }
    let mine = this.#counts.get(host, now);
    if (mine === undefined) {
      mine = { count: 0 };
      this.#counts.set(host, mine, now);
    }
    if (mine.count >= perHost) return "perHost";
    if (this.#total >= inAll) return "inAll";
    mine.count++;
    if (inAll < Infinity) this.#total++;
    return undefined;
  }
}
