import { PeerClosedError } from "../codec/errors.ts";
import type { ByteReader } from "./byte_stream.ts";

/**
 * Fills `into` completely, however many segments the bytes come in, and returns `true`. Returns `false`
 * if the stream ended before the first byte, which is the proper place for a peer to finish.
 *
 * @throws {PeerClosedError} If the stream ends with `into` partly filled.
 */
export async function readExactly(reader: ByteReader, into: Uint8Array): Promise<boolean> {
  let filled = 0;
  while (filled < into.length) {
    const count = await reader.read(filled === 0 ? into : into.subarray(filled));
    if (count === null) {
      if (filled === 0) return false;
      throw new PeerClosedError(
        `Cannot read ${into.length} bytes: the peer closed after ${filled}`,
        filled,
        into.length,
      );
    }
    filled += count;
  }
  return true;
}
