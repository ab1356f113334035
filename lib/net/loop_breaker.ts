import { crc32 } from "node:zlib";

/**
 * Copies of one datagram from one source that are still a client's: two may well come at once, when the
 * network doubles a datagram.
 */
const MAX_COPIES = 2;
/** Copies a second that are forgiven. A client that repeats itself five times a second keeps its distance. */
const FORGIVEN_PER_SECOND = 10;
/** Pairs of source and payload that are remembered; others overwrite them, so this never grows. */
const SLOTS = 4_096;

/**
 * Tells a loop from a client. Two echo servers that were made to talk to each other by one datagram with a
 * forged source (CERT CA-1996-01, CVE-2024-2169) send each other the same payload for ever, as fast as they
 * can. A client does not: a meter numbers its probes, and a person is slow.
 *
 * The rule: each datagram adds 1 to the level of its source and payload, and the level sinks by 10 a second.
 * Above 2, it is a loop: n copies of one datagram in less than (n - 2) x 100 ms, so the third within 100 ms,
 * the fourth within 200 ms. A loop whose round trip takes longer looks like a client and is left to the rate
 * caps.
 *
 * Payloads are told apart by CRC-32 and length, so a false alarm needs three collisions in a row.
 */
export class LoopBreaker {
  readonly #sources = new Float64Array(SLOTS);
  readonly #payloads = new Uint32Array(SLOTS);
  readonly #lengths = new Uint16Array(SLOTS);
  readonly #levels = new Float64Array(SLOTS);
  readonly #times = new Float64Array(SLOTS);

  /**
   * Counts a datagram.
   *
   * @param source A number of its own for each source, from 1 up.
   * @param now Milliseconds of any clock that runs forward.
   * @returns Whether this is a loop.
   */
  isLoop(source: number, payload: Uint8Array, now: number): boolean {
    const slot = this.#slot(source, payload, now);
    return ++this.#levels[slot]! > MAX_COPIES;
  }

  /** Counts our own fixed text as seen from where it goes: if it comes right back, that is a loop. */
  expectBack(source: number, payload: Uint8Array, now: number): void {
    this.#levels[this.#slot(source, payload, now)] = MAX_COPIES;
  }

  /** The slot of this pair, its level as of now. */
  #slot(source: number, payload: Uint8Array, now: number): number {
    const sum = crc32(payload);
    const slot = (sum ^ Math.imul(source, 0x9e37_79b1)) & (SLOTS - 1);
    const known = this.#sources[slot] === source && this.#payloads[slot] === sum &&
      this.#lengths[slot] === payload.length;
    const forgiven = FORGIVEN_PER_SECOND * (now - this.#times[slot]!) / 1_000;
    this.#levels[slot] = known ? Math.max(this.#levels[slot]! - forgiven, 0) : 0;
    this.#sources[slot] = source;
    this.#payloads[slot] = sum;
    this.#lengths[slot] = payload.length;
    this.#times[slot] = now;
    return slot;
  }
}
