import { hostKey, peerHost } from "./address.ts";
import { ExpiringMap } from "./expiring_map.ts";
import { LoopBreaker } from "./loop_breaker.ts";
import { type Caps, RateCap } from "./rate_cap.ts";
import { isGroupAddress, isLoopback, isOwnAddress, isServicePort } from "./source_address.ts";

/** Sources remembered at once; beyond, the one that was silent longest is forgotten. */
export const MAX_SOURCES = 4_096;
/** Milliseconds of silence after which a source is forgotten. */
const SOURCE_LIFETIME = 60_000;
/** Milliseconds that a source in a loop is not listened to. */
export const MUTE_MS = 10_000;
/**
 * Datagrams a second for one host, where nobody says otherwise: ten times what a meter asks for that sends
 * one every millisecond.
 */
export const MAX_PER_SOURCE = 10_000;
/** Datagrams a second for all hosts together, where nobody says otherwise: half of what one core answers. */
export const MAX_IN_ALL = 50_000;

/** Why a datagram is not answered. */
export type Refusal =
  | "lowPort"
  | "ownAddress"
  | "groupAddress"
  | "loop"
  | "sourceRate"
  | "totalRate";

/** What the guard lets through; the defaults answer nobody but plausible clients. */
export interface GuardOptions {
  /** Answer sources with a port below 1024, too. */
  allowLowPorts?: boolean;
  /** Answer the server's own address and port, too. */
  allowOwnAddress?: boolean;
  /** Answer multicast and broadcast sources, too. */
  allowGroupAddresses?: boolean;
  /** Answer a datagram however often it is repeated. */
  allowLoops?: boolean;
  /**
   * Datagrams a second for one host, 0 for no cap. By default {@linkcode MAX_PER_SOURCE} for hosts other
   * than this machine: nobody outside can forge a loopback address, so those caps would protect nobody.
   */
  maxPerSource?: number | undefined;
  /** The same for all hosts together, {@linkcode MAX_IN_ALL} by default. */
  maxInAll?: number | undefined;
  /** Called for each source that is heard for the first time, or after a minute of silence. */
  onSource?: (from: Deno.NetAddr) => void;
}

/** What is remembered of a source: one address and port. */
interface Source {
  /** A number of its own. */
  id: number;
  /** What its rate counts under: who forges addresses can vary the port at no cost. */
  host: string;
  caps: Caps;
  /** What is wrong with the address, whatever comes from it. */
  refusal: Refusal | undefined;
  mutedUntil: number;
}

/**
 * Decides which datagrams a server answers, so that nobody can make it take part in a loop or a flood by
 * forging the source of a datagram. Its memory is capped whatever is sent, and the clock is the caller's.
 */
export class DatagramGuard {
  /** Sources heard; one that was silent for a minute counts anew. */
  heard = 0;
  readonly #own: Deno.NetAddr;
  readonly #options: GuardOptions;
  readonly #sources = new ExpiringMap<string, Source>({
    maxSize: MAX_SOURCES,
    lifetime: SOURCE_LIFETIME,
  });
  readonly #loops = new LoopBreaker();
  readonly #rates = new RateCap();

  /**
   * Makes the guard of one socket.
   *
   * @param own Where it is bound.
   */
  constructor(own: Deno.NetAddr, options: GuardOptions = {}) {
    this.#own = own;
    this.#options = options;
  }

  /** Sources remembered at the moment. */
  get remembered(): number {
    return this.#sources.size;
  }

  /**
   * Decides on one datagram.
   *
   * @param now Milliseconds of any clock that runs forward.
   * @returns Why not to answer it, or `undefined`: answer.
   */
  judge(datagram: Uint8Array, from: Deno.NetAddr, now: number): Refusal | undefined {
    const source = this.#source(from, now);
    if (source.refusal !== undefined) return source.refusal;
    if (now < source.mutedUntil) return "loop";
    if (!this.#options.allowLoops && this.#loops.isLoop(source.id, datagram, now)) {
      source.mutedUntil = now + MUTE_MS;
      return "loop";
    }
    const cap = this.#rates.take(source.host, source.caps, now);
    if (cap === undefined) return undefined;
    return cap === "perHost" ? "sourceRate" : "totalRate";
  }

  /** Tells that a source was answered with a text of our own, which must not come right back from there. */
  replied(text: Uint8Array, to: Deno.NetAddr, now: number): void {
    if (!this.#options.allowLoops) this.#loops.expectBack(this.#source(to, now).id, text, now);
  }

  #source(from: Deno.NetAddr, now: number): Source {
    const key = `${from.hostname}/${from.port}`;
    let source = this.#sources.get(key, now);
    if (source !== undefined) {
      this.#sources.keep(key, now);
      return source;
    }
    const id = ++this.heard;
    const host = peerHost(from);
    const refusal = this.#addressRefusal(from);
    source = { id, host: hostKey(host), caps: this.#caps(host), refusal, mutedUntil: -Infinity };
    this.#sources.set(key, source, now);
    this.#options.onSource?.(from);
    return source;
  }

  #caps(host: string): Caps {
    const { maxPerSource, maxInAll } = this.#options;
    const inside = isLoopback(host);
    const perHost = maxPerSource ?? (inside ? 0 : MAX_PER_SOURCE);
    const inAll = maxInAll ?? (inside ? 0 : MAX_IN_ALL);
    return { perHost: perHost || Infinity, inAll: inAll || Infinity };
  }

  #addressRefusal(from: Deno.NetAddr): Refusal | undefined {
    const { allowLowPorts, allowOwnAddress, allowGroupAddresses } = this.#options;
    if (!allowOwnAddress && isOwnAddress(from, this.#own)) return "ownAddress";
    if (!allowGroupAddresses && isGroupAddress(peerHost(from))) return "groupAddress";
    if (!allowLowPorts && isServicePort(from.port)) return "lowPort";
    return undefined;
  }
}
