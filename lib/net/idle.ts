import type { Connection } from "./connection.ts";

/** Ticks in one idle timeout: the precision of "idle", against the cost of looking at everybody. */
const TICKS_PER_TIMEOUT = 8;

/**
 * Cuts every connection that has moved no byte for `milliseconds` (an eighth more at the most). One timer
 * serves all: a connection notes the current tick when it moves bytes, which costs next to nothing, where
 * a timer of its own would have to be set anew for every message.
 *
 * @param milliseconds 0: nobody is ever cut.
 * @returns Ends the watch.
 */
export function watchIdle(
  open: Set<Connection>,
  clock: { tick: number },
  milliseconds: number,
): () => void {
  if (milliseconds === 0) return () => {};
  const timer = setInterval(() => {
    clock.tick++;
    for (const connection of open) {
      if (clock.tick - connection.lastTick > TICKS_PER_TIMEOUT) {
        connection.cut(`idle for ${milliseconds / 1000} s`);
      }
    }
  }, milliseconds / TICKS_PER_TIMEOUT);
  return () => clearInterval(timer);
}
