import type { ByteWriter } from "./byte_stream.ts";

/**
 * Writes every byte of `bytes`. One `write` may take only a part of them: the send buffer of the system
 * is finite, and a peer that reads slowly keeps it full. Waiting here is what backpressure is.
 *
 * @throws Whatever the writer's `write` throws; an unknown part of the bytes is then sent.
 */
export async function writeAll(writer: ByteWriter, bytes: Uint8Array): Promise<void> {
  let sent = await writer.write(bytes);
  while (sent < bytes.length) {
    sent += await writer.write(bytes.subarray(sent));
  }
}
