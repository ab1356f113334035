/** The first wait after a failure, in milliseconds: long enough not to spin, too short to be noticed. */
const FIRST_WAIT = 5;
/** The longest wait, in milliseconds: once the trouble is over, nobody is kept waiting for longer. */
const LONGEST_WAIT = 1_000;

/**
 * How long to wait before the next try: 5 ms after the first failure, twice as long after each further
 * one, 1 s at most.
 *
 * @param last The wait before this try in milliseconds, 0 if the one before it succeeded.
 */
export function nextBackOff(last: number): number {
  return Math.min(Math.max(last * 2, FIRST_WAIT), LONGEST_WAIT);
}
