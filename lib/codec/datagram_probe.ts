/**
 * The datagrams that a UDP meter sends and expects back. One that comes back tells which probe it answers,
 * and whether every byte is as it was; one that is damaged is told from one that is somebody else's.
 *
 * A probe, in network order; the CRC-32 (ISO 3309, as in zlib) makes the numbers before it trustworthy:
 *
 * ```text
 * offset  size  field
 *      0     4  run: a random number, the same for a whole measurement
 *      4     4  sequence number of the probe, from 0, modulo 2^32
 *      8     8  send time: milliseconds of the sender's clock, IEEE 754 double
 *     16     4  CRC-32 of the 16 bytes before
 *     20     …  pattern, which depends on run and sequence number
 * ```
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { DatagramProbe } from "./datagram_probe.ts";
 *
 * const probe = new DatagramProbe({ run: 0x1234, size: 64 });
 * const datagram = probe.compose(7, 1.5).slice();
 * assertEquals(probe.examine(datagram), { kind: "intact", sequence: 7, sentAt: 1.5 });
 * datagram[40]! ^= 1;
 * assertEquals(probe.examine(datagram).kind, "corrupted");
 * ```
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { equalBytes } from "./bytes.ts";
import { ProbePattern } from "./probe.ts";

/** Bytes before the pattern: the size of the smallest probe. */
export const PROBE_HEADER_BYTES = 20;
/** Offset of the CRC, and bytes that it covers. */
const CRC_AT = 16;
/** Bytes that are the same in all probes of a run. */
const RUN_BYTES = 4;
/** What the pattern moves on by from probe to probe, as in the stream meter's messages. */
const PATTERN_STEP = 251;

/** What a datagram from the server turned out to be. */
export type Examination =
  /** Exactly what was sent. */
  | { kind: "intact"; sequence: number; sentAt: number }
  /**
   * A probe of this run that came back with other bytes, or as a part. Without a sequence number if it is
   * too badly damaged to tell which.
   */
  | { kind: "corrupted" | "truncated"; sequence?: number; sentAt?: number }
  /** No probe of this run. */
  | { kind: "foreign" };

/** Makes and examines the probes of one run. */
export class DatagramProbe {
  readonly #run: number;
  readonly #size: number;
  readonly #pattern: ProbePattern;
  readonly #outgoing: Uint8Array<ArrayBuffer>;
  readonly #expected: Uint8Array<ArrayBuffer>;

  /**
   * Prepares a run.
   *
   * @param options `run`: its number, 32 bits. `size`: bytes of each probe.
   * @throws {RangeError} If a probe would be smaller than its header.
   */
  constructor({ run, size }: { run: number; size: number }) {
    if (size < PROBE_HEADER_BYTES) {
      throw new RangeError(
        `Cannot make a probe of ${size} bytes: its header takes ${PROBE_HEADER_BYTES}`,
      );
    }
    this.#run = run >>> 0;
    this.#size = size;
    this.#pattern = new ProbePattern(this.#run, size);
    this.#outgoing = new Uint8Array(size);
    this.#expected = new Uint8Array(size);
  }

  /** The probe with this number and send time: a view, valid until the next call. */
  compose(sequence: number, sentAt: number): Uint8Array<ArrayBuffer> {
    return this.#fill(this.#outgoing, sequence, sentAt);
  }

  /** Tells what came back. */
  examine(datagram: Uint8Array): Examination {
    const header = readHeader(datagram);
    if (header === undefined) return this.#examineUnreadable(datagram);
    const { run, sequence, sentAt } = header;
    if (run !== this.#run) return { kind: "foreign" };
    const expected = this.#fill(this.#expected, sequence, sentAt);
    if (equalBytes(datagram, expected)) return { kind: "intact", sequence, sentAt };
    const isPart = datagram.length < this.#size &&
      equalBytes(datagram, expected.subarray(0, datagram.length));
    return { kind: isPart ? "truncated" : "corrupted", sequence, sentAt };
  }

  /** Without a header to trust, the length and the run number tell ours from what never was ours. */
  #examineUnreadable(datagram: Uint8Array): Examination {
    const any = this.#fill(this.#expected, 0, 0);
    const begin = any.subarray(0, Math.min(RUN_BYTES, datagram.length));
    const isOurRun = equalBytes(datagram.subarray(0, begin.length), begin);
    if (datagram.length < PROBE_HEADER_BYTES) return { kind: isOurRun ? "truncated" : "foreign" };
    return { kind: isOurRun || datagram.length === this.#size ? "corrupted" : "foreign" };
  }

  #fill(bytes: Uint8Array<ArrayBuffer>, sequence: number, sentAt: number): typeof bytes {
    const view = new DataView(bytes.buffer);
    view.setUint32(0, this.#run);
    view.setUint32(4, sequence);
    view.setFloat64(8, sentAt);
    view.setUint32(CRC_AT, crc32(bytes.subarray(0, CRC_AT)));
    const length = this.#size - PROBE_HEADER_BYTES;
    bytes.set(this.#pattern.slice((sequence >>> 0) * PATTERN_STEP, length), PROBE_HEADER_BYTES);
    return bytes;
  }
}

function readHeader(
  datagram: Uint8Array,
): { run: number; sequence: number; sentAt: number } | undefined {
  if (datagram.length < PROBE_HEADER_BYTES) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset);
  if (view.getUint32(CRC_AT) !== crc32(datagram.subarray(0, CRC_AT))) return undefined;
  return { run: view.getUint32(0), sequence: view.getUint32(4), sentAt: view.getFloat64(8) };
}
