import { createHash } from "node:crypto";
import { LimitError, PeerClosedError } from "../codec/errors.ts";
import type { ByteReader, ByteStream, ByteWriter } from "../net/byte_stream.ts";
import { DeadlineError } from "../net/deadline.ts";
import { Watchdog } from "../net/watchdog.ts";
import { writeAll } from "../net/write_all.ts";
import { type EchoClientOptions, silence } from "./options.ts";

/** Bytes that a stream is copied in. */
const STREAM_BUFFER = 64 * 1024;

/**
 * Copies a stream to the server and what comes back to `output`, both at once and in constant memory: what
 * is under way is not kept, and two running digests tell in the end whether it is the same.
 *
 * @returns Bytes that went out and came back, and whether their SHA-256 is the same.
 * @throws {PeerClosedError} If the server finishes before everything is back.
 * @throws {LimitError} As soon as more comes back than was sent.
 */
export async function echoStream(
  server: ByteStream,
  input: ByteReader,
  output: ByteWriter,
  { timeout, progress = { sent: 0, received: 0 } }: EchoClientOptions,
): Promise<{ bytes: number; same: boolean }> {
  const [there, back] = [createHash("sha256"), createHash("sha256")];
  let finished = false;
  let writing = false;
  // A pause of our own input is no silence of the server, nor is one of our own output.
  const isWaiting = (): boolean => !writing && (progress.received < progress.sent || finished);
  using watchdog = new Watchdog(timeout, () => server[Symbol.dispose](), isWaiting);

  async function send(): Promise<void> {
    const buffer = new Uint8Array(STREAM_BUFFER);
    for (let count; (count = await input.read(buffer)) !== null;) {
      const bytes = buffer.subarray(0, count);
      there.update(bytes);
      progress.sent += count;
      await writeAll(server, bytes);
    }
    finished = true;
    await server.closeWrite();
  }

  async function receive(): Promise<void> {
    const buffer = new Uint8Array(STREAM_BUFFER);
    for (let count; (count = await server.read(buffer)) !== null;) {
      watchdog.feed();
      progress.received += count;
      const { sent, received } = progress;
      if (received > sent) throw new LimitError(`Received more than the ${sent} bytes sent`, sent);
      const bytes = buffer.subarray(0, count);
      back.update(bytes);
      writing = true;
      await writeAll(output, bytes);
      writing = false;
    }
    const { sent, received } = progress;
    if (!finished || received < sent) {
      throw new PeerClosedError(
        `The server closed after ${received} of ${sent} bytes`,
        received,
        sent,
      );
    }
  }

  try {
    await Promise.all([send(), receive()]);
  } catch (error) {
    if (watchdog.expired) {
      throw new DeadlineError(silence(timeout, progress.received, progress.sent), timeout);
    }
    throw error;
  }
  return { bytes: progress.received, same: there.digest("hex") === back.digest("hex") };
}
