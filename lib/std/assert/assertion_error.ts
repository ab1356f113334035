/** What every assertion throws when it does not hold; the test runner shows its message. */
export class AssertionError extends Error {
  /**
   * Makes the error; an assertion that fails throws it.
   *
   * @param message What was expected and what was found instead.
   * @param options The cause, where another error led to this one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Builds the error of a failed assertion: the caller's note behind the heading, the detail below. */
export function failure(
  heading: string,
  note?: string,
  detail?: string,
): AssertionError {
  const title = note ? `${heading}: ${note}` : heading;
  return new AssertionError(
    detail === undefined ? title : `${title}\n\n${detail}\n`,
  );
}
