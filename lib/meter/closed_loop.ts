import type { ByteStream } from "../net/byte_stream.ts";
import { PeerClosedError } from "../codec/errors.ts";
import { readExactly } from "../net/read_exactly.ts";
import { writeAll } from "../net/write_all.ts";
import { type MeterOptions, Tally } from "./tally.ts";

/**
 * Measures in a closed loop: each connection sends its next message when the last one is back. So the
 * server sets the pace, and a stall of it delays the very messages that would have measured the stall;
 * `openLoop` does not have that blind spot.
 *
 * @param streams Open connections to an echo server; closed in the end.
 */
export async function closedLoop(
  streams: readonly ByteStream[],
  options: MeterOptions,
  tally: Tally = new Tally(options),
): Promise<Tally> {
  const { size, count, duration, signal } = options;
  let next = 0;
  const goesOn = (): boolean =>
    next < count && !signal.aborted && performance.now() - tally.start < duration;
  await Promise.all(streams.map((stream) => {
    return tally.drive(stream, async (watchdog) => {
      const message = new Uint8Array(size);
      const answer = new Uint8Array(size);
      while (goesOn()) {
        const sequence = next++;
        tally.compose(message, sequence);
        const sentAt = performance.now();
        await Promise.all([writeAll(stream, message), readAnswer(stream, answer)]);
        watchdog.feed();
        tally.accept(answer, sequence, sentAt);
      }
    });
  }));
  return tally;
}

/**
 * Reads one answer while the message may still be going out: one that is larger than the buffers on the
 * way can only leave as its beginning comes back.
 */
async function readAnswer(stream: ByteStream, answer: Uint8Array): Promise<void> {
  if (await readExactly(stream, answer)) return;
  throw new PeerClosedError("the server closed instead of answering", 0, answer.length);
}
