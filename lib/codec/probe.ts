/**
 * The bytes that a meter sends and expects back, so that it notices a corrupted, truncated, swapped or
 * foreign answer. A message, in network order; one that is shorter than the header is cut off:
 *
 * ```text
 * offset  size  field
 *      0     4  sequence number of the message
 *      4     4  run: a random number, the same for a whole measurement
 *      8     …  pattern, which depends on both
 * ```
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pattern = new ProbePattern(0x1234);
 * const message = new Uint8Array(64);
 * pattern.fill(message, 7);
 * assertEquals(pattern.matches(message, 7), true);
 * message[20]! ^= 1;
 * assertEquals(pattern.matches(message, 7), false);
 * ```
 *
 * @module
 */
import { equalBytes } from "./bytes.ts";

/** Bytes of sequence number and run. */
const HEADER_BYTES = 8;
/** Distinct bytes before the pattern repeats: a prime, so that no power-of-two block hides a swap. */
const PERIOD = 1_048_573;

/** Makes and checks the messages of one run. */
export class ProbePattern {
  readonly #run: number;
  /** One period and then as much of the next as the longest slice needs. */
  readonly #bytes: Uint8Array;
  readonly #expected: Uint8Array;

  /**
   * Prepares the pattern of one run.
   *
   * @param run Number of this measurement, 32 bits.
   * @param longest Bytes of the longest message or slice that will be asked for.
   */
  constructor(run: number, longest = 65_536) {
    this.#run = run >>> 0;
    this.#bytes = scramble(this.#run, PERIOD + longest);
    this.#expected = new Uint8Array(longest);
  }

  /** Writes message number `sequence` over the whole of `message`. */
  fill(message: Uint8Array, sequence: number): void {
    const header = [sequence, this.#run];
    for (let i = 0; i < HEADER_BYTES && i < message.length; i++) {
      message[i] = header[i >> 2]! >>> (24 - 8 * (i & 3));
    }
    if (message.length <= HEADER_BYTES) return;
    const start = (sequence * 251) % PERIOD;
    message.set(this.#bytes.subarray(start, start + message.length - HEADER_BYTES), HEADER_BYTES);
  }

  /** Whether `message` is message number `sequence`, byte for byte. */
  matches(message: Uint8Array, sequence: number): boolean {
    const expected = this.#expected.subarray(0, message.length);
    this.fill(expected, sequence);
    return equalBytes(message, expected);
  }

  /** The endless stream of the pattern: `length` bytes from `offset`, a view that must not be changed. */
  slice(offset: number, length: number): Uint8Array {
    const start = offset % PERIOD;
    return this.#bytes.subarray(start, start + length);
  }
}

/** Bytes without structure, the same for the same seed (xorshift32; Marsaglia 2003). */
function scramble(seed: number, length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(PERIOD / 4));
  let x = seed || 1;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  const period = new Uint8Array(words.buffer, 0, PERIOD);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += PERIOD) bytes.set(period.subarray(0, length - at), at);
  return bytes;
}
