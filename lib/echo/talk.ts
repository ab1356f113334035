import { equalBytes } from "../codec/bytes.ts";
import { PeerClosedError, ProtocolError } from "../codec/errors.ts";
import { encodeUtf8 } from "../codec/text.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import { DeadlineError } from "../net/deadline.ts";
import { Watchdog } from "../net/watchdog.ts";
import { writeAll } from "../net/write_all.ts";
import { type EchoClientOptions, type EchoProgress, silence } from "./options.ts";

/**
 * Sends line after line over one connection and tells what comes back. Nobody finishes here, so an answer
 * ends where as many bytes are back as went out.
 *
 * @param lines Ends the conversation when it ends, or with an empty line.
 * @param onAnswer Called with each answer, and whether it is what was sent.
 * @throws {PeerClosedError} As soon as the server goes away, even while no line is under way.
 */
export async function talk(
  server: ByteStream,
  lines: ReadableStream<string>,
  { timeout }: EchoClientOptions,
  onAnswer: (answer: Uint8Array, same: boolean) => void,
): Promise<void> {
  const progress = { sent: 0, received: 0 };
  const isWaiting = (): boolean => progress.received < progress.sent;
  using watchdog = new Watchdog(timeout, () => server[Symbol.dispose](), isWaiting);
  const typed = lines.getReader();
  const first = new Uint8Array(1);
  // One read is always pending, so that the server's end shows while the user thinks. It takes one byte,
  // the first of the next answer: a pending read cannot be taken back, so it must be the right one.
  let reading = server.read(first);

  async function receive(answer: Uint8Array): Promise<void> {
    let count = await reading;
    for (
      answer.set(first);
      count !== null;
      count = await server.read(answer.subarray(progress.received))
    ) {
      watchdog.feed();
      progress.received += count;
      if (progress.received === answer.length) return;
    }
    throw closedEarly(progress);
  }

  try {
    for (;;) {
      const line = await Promise.race([typed.read(), reading.then(unexpected)]);
      if (line.done || line.value === "") break;
      const sent = encodeUtf8(`${line.value}\n`);
      const answer = new Uint8Array(sent.length);
      Object.assign(progress, { sent: sent.length, received: 0 });
      await Promise.all([writeAll(server, sent), receive(answer)]);
      onAnswer(answer.subarray(0, -1), equalBytes(answer, sent));
      reading = server.read(first);
    }
  } catch (error) {
    if (!watchdog.expired) throw error;
    throw new DeadlineError(silence(timeout, progress.received, progress.sent), timeout);
  } finally {
    // Both reads that are still pending end with the program; nobody waits for them any more.
    reading.catch(() => {});
    typed.cancel().catch(() => {});
  }
}

/** The server said something between two lines: its end, as a rule. */
function unexpected(count: number | null): never {
  if (count === null) throw new PeerClosedError("The server closed the connection", 0);
  throw new ProtocolError("The server sent bytes that nobody sent to it");
}

function closedEarly({ sent, received }: EchoProgress): PeerClosedError {
  const message = `The server closed after ${received} of ${sent} bytes`;
  return new PeerClosedError(message, received, sent);
}
