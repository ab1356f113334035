import type { ByteStream } from "../net/byte_stream.ts";
import { sleep } from "../net/sleep.ts";

/** Bytes that pass at a time under a limit: a tenth of a second's worth, within these bounds. */
const MIN_PIECE = 1024;
const MAX_PIECE = 256 * 1024;
/** How far behind its schedule a stream may be and still catch up, in milliseconds: timers come late. */
const CATCH_UP_MS = 50;

/** A clock and a way to wait, which tests replace. */
export interface ThrottleClock {
  /** The time in milliseconds. */
  now(): number;
  /** Waits so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

const CLOCK: ThrottleClock = {
  now: () => performance.now(),
  wait: sleep,
};

/**
 * A stream that moves at most so many bytes a second in each direction, after the first piece. The peer
 * is slowed down by its own full buffers.
 */
export function throttle(
  stream: ByteStream,
  bytesPerSecond: number,
  clock: ThrottleClock = CLOCK,
): ByteStream {
  const piece = Math.min(MAX_PIECE, Math.max(MIN_PIECE, Math.floor(bytesPerSecond / 10)));
  const paced = (
    move: (bytes: Uint8Array) => Promise<number | null>,
  ): (bytes: Uint8Array) => Promise<number | null> => {
    // The time from which on the next piece may pass.
    let free = clock.now();
    return async (bytes) => {
      const now = clock.now();
      if (free > now) await clock.wait(free - now);
      const count = await move(bytes.subarray(0, piece));
      free = Math.max(free, now - CATCH_UP_MS) + (count ?? 0) / bytesPerSecond * 1000;
      return count;
    };
  };
  const read = paced((into) => stream.read(into));
  const write = paced((from) => stream.write(from));
  return {
    read,
    write: async (from) => await write(from) ?? 0,
    closeWrite: () => stream.closeWrite(),
    [Symbol.dispose]: () => stream[Symbol.dispose](),
  };
}
