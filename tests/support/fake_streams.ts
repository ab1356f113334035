/**
 * Objects with the few methods of a connection, for tests that need no socket.
 *
 * @module
 */
import type { ByteReader, ByteStream, ByteWriter } from "../../lib/net/byte_stream.ts";
import { concatBytes } from "../../lib/codec/bytes.ts";

/** A reader that gives the chunks, each in as many reads as `into` needs, and then the end. */
export function readerOf(chunks: readonly Uint8Array[]): ByteReader {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  return {
    read(into): Promise<number | null> {
      const chunk = rest[0];
      if (chunk === undefined) return Promise.resolve(null);
      const count = Math.min(chunk.length, into.length);
      into.set(chunk.subarray(0, count));
      rest = count < chunk.length ? [chunk.subarray(count), ...rest.slice(1)] : rest.slice(1);
      return Promise.resolve(count);
    },
  };
}

/** A writer that takes at most so many bytes of each write, the last number again and again. */
export function writerOf(
  ...takes: number[]
): ByteWriter & { written(): Uint8Array; calls: number } {
  const parts: Uint8Array[] = [];
  return {
    calls: 0,
    write(from): Promise<number> {
      const take = takes[Math.min(this.calls++, takes.length - 1)] ?? Infinity;
      const part = from.slice(0, take);
      parts.push(part);
      return Promise.resolve(part.length);
    },
    written: () => concatBytes(parts),
  };
}

/** Both directions from a reader and a writer; notes what else is called. */
export function streamOf(
  reader: ByteReader,
  writer: ByteWriter,
): ByteStream & { finished: boolean; closed: boolean } {
  return {
    finished: false,
    closed: false,
    read: (into) => reader.read(into),
    write: (from) => writer.write(from),
    closeWrite(): Promise<void> {
      this.finished = true;
      return Promise.resolve();
    },
    [Symbol.dispose](): void {
      this.closed = true;
    },
  };
}
