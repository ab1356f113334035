import { equalBytes } from "../codec/bytes.ts";
import { ProbePattern } from "../codec/probe.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import type { Watchdog } from "../net/watchdog.ts";
import { writeAll } from "../net/write_all.ts";
import type { MeterOptions, Tally } from "./tally.ts";

/** Bytes of a write and of a read: past this, larger ones gain nothing that lasts. */
export const BULK_CHUNK = 256 * 1024;

/** Bytes moved by {@linkcode bulk}; all of them were compared. */
export interface BulkResult {
  bytesSent: number;
  bytesReceived: number;
  /** Reads that brought other bytes than were sent. */
  corrupted: number;
  /** Milliseconds from the first byte sent to the last byte back. */
  elapsed: number;
}

/**
 * Sends an endless pattern over all connections, as fast as it comes back, and compares every byte.
 *
 * @param options `duration` ends the sending; what is under way is waited for.
 * @param tally Counts connections that break.
 */
export async function bulk(
  streams: readonly ByteStream[],
  options: MeterOptions,
  tally: Tally,
): Promise<BulkResult> {
  const pattern = new ProbePattern(crypto.getRandomValues(new Uint32Array(1))[0]!, BULK_CHUNK);
  const result = { bytesSent: 0, bytesReceived: 0, corrupted: 0, elapsed: 0 };
  const goesOn = (): boolean =>
    !options.signal.aborted && performance.now() - tally.start < options.duration;

  async function send(stream: ByteStream): Promise<void> {
    for (let sent = 0; goesOn(); sent += BULK_CHUNK) {
      await writeAll(stream, pattern.slice(sent, BULK_CHUNK));
      result.bytesSent += BULK_CHUNK;
    }
    await stream.closeWrite();
  }

  async function receive(stream: ByteStream, watchdog: Watchdog): Promise<void> {
    const buffer = new Uint8Array(BULK_CHUNK);
    let received = 0;
    for (let count; (count = await stream.read(buffer)) !== null; received += count) {
      watchdog.feed();
      result.bytesReceived += count;
      result.elapsed = performance.now() - tally.start;
      const expected = pattern.slice(received, count);
      if (!equalBytes(buffer.subarray(0, count), expected)) result.corrupted++;
    }
  }

  await Promise.all(streams.map((stream) => {
    return tally.drive(stream, async (watchdog) => {
      await Promise.all([send(stream), receive(stream, watchdog)]);
    });
  }));
  return result;
}
