/**
 * Waits for work, but no longer than until a signal is aborted: a peer may say for hours that it is busy.
 *
 * @param reason What is thrown then; the signal's own reason if nothing else is given.
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  reason?: Error,
): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(reason ?? signal.reason);
  // Added for each wait anew: what lives as long as the signal would keep all that was ever waited for.
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
