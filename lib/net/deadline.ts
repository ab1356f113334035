/** A wait on a peer took longer than its limit. */
export class DeadlineError extends Error {
  /** The class, for those who see the error from afar. */
  override readonly name = "DeadlineError";

  /**
   * Says what took too long.
   *
   * @param message What was waited for.
   * @param milliseconds The limit that passed.
   */
  constructor(message: string, readonly milliseconds: number) {
    super(message);
  }
}

/** What to do when the time is up, and what to call the wait. */
export interface DeadlineOptions {
  /** How long to wait, in milliseconds; 0 waits for ever. */
  milliseconds: number;
  /** The error's message: the attempted action and the limit. */
  message: string;
  /**
   * Ends the work itself, by closing its connection as a rule: a pending read cannot be cancelled in
   * any other way, and one that is left alone would take bytes that belong to the next reader.
   */
  onExpire: () => void;
}

/**
 * Waits for `work`, but not longer than the deadline.
 *
 * @throws {DeadlineError} If the time is up first. What `work` does after that is ignored.
 */
export async function withDeadline<T>(work: Promise<T>, options: DeadlineOptions): Promise<T> {
  const { milliseconds, message, onExpire } = options;
  if (milliseconds === 0) return await work;
  const timer = setTimeout(() => {
    // First, so that the failure of the work, which this may bring about at once, comes second.
    reject(new DeadlineError(message, milliseconds));
    onExpire();
  }, milliseconds);
  const { promise: expiry, reject } = Promise.withResolvers<never>();
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
