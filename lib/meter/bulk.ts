import { equalBytes } from "../codec/bytes.ts";
import { ProtocolError } from "../codec/errors.ts";
import { ProbePattern } from "../codec/probe.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import type { Watchdog } from "../net/watchdog.ts";
import { writeAll } from "../net/write_all.ts";
import type { MeterOptions, Tally } from "./tally.ts";

/** Bytes of a write and of a read: past this, larger ones gain nothing that lasts. */
const BULK_CHUNK = 256 * 1024;

/** Bytes moved by {@linkcode bulk}; all of them were compared. */
export interface BulkResult {
  /** Handed to the system. */
  bytesSent: number;
  /** Back, and compared. */
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

  async function exchange(stream: ByteStream, watchdog: Watchdog): Promise<void> {
    let sent = 0;
    async function send(): Promise<void> {
      while (goesOn()) {
        const chunk = pattern.slice(sent, BULK_CHUNK);
        // Counted first, because a part may be back before the whole is gone.
        sent += BULK_CHUNK;
        await writeAll(stream, chunk);
        result.bytesSent += BULK_CHUNK;
      }
      await stream.closeWrite();
    }
    async function receive(): Promise<void> {
      const buffer = new Uint8Array(BULK_CHUNK);
      let received = 0;
      for (let count; (count = await stream.read(buffer)) !== null;) {
        watchdog.feed();
        const expected = pattern.slice(received, count);
        received += count;
        result.bytesReceived += count;
        result.elapsed = performance.now() - tally.start;
        if (!equalBytes(buffer.subarray(0, count), expected)) result.corrupted++;
        if (received > sent) throw new ProtocolError(`more came back than the ${sent} bytes sent`);
      }
    }
    await Promise.all([send(), receive()]);
  }

  await Promise.all(streams.map((stream) => {
    return tally.drive(stream, (watchdog) => exchange(stream, watchdog));
  }));
  return result;
}
