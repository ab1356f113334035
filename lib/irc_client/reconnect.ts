/** How often in a row connecting may fail before the client gives up. */
export const MAX_ATTEMPTS = 10;

/** The first pause, in milliseconds; each further one is twice as long. */
const FIRST_PAUSE = 1_000;
/** The longest pause. */
const LONGEST_PAUSE = 300_000;

/**
 * Milliseconds to wait before connecting again: growing, so that a server in trouble is left alone, and
 * jittered, so that a thousand clients that lost it at once do not come back at once.
 *
 * @param failures How often it failed in a row; 0 right after a connection was lost.
 * @param chance A random number from 0 to 1.
 * @returns `undefined` if it is time to give up.
 */
export function reconnectPause(failures: number, chance: number): number | undefined {
  if (failures >= MAX_ATTEMPTS) return undefined;
  const pause = Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE);
  return Math.round(pause * (0.5 + chance / 2));
}
