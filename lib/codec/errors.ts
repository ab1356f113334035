/**
 * The errors that callers are expected to catch. Everything else is a built-in class chosen by meaning
 * (`TypeError`, `RangeError`, `SyntaxError`) or one of `Deno.errors`.
 *
 * @module
 */

/** The peer broke the protocol: what it sent cannot be read as what was agreed. */
export class ProtocolError extends Error {
  /** The class name, as error output shows it. */
  override readonly name: string = "ProtocolError";
}

/**
 * The peer asked for more than a named cap allows. A kind of {@linkcode ProtocolError}, because the
 * cap is part of what was agreed.
 */
export class LimitError extends ProtocolError {
  /** The class name, as error output shows it. */
  override readonly name = "LimitError";

  /**
   * Makes the error for a cap that was passed.
   *
   * @param message What was attempted, and the cap in words.
   * @param limit The cap that was passed, in the unit that the message names.
   */
  constructor(message: string, readonly limit: number, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The peer ended the stream in the middle of a message. */
export class PeerClosedError extends Error {
  /** The class name, as error output shows it. */
  override readonly name = "PeerClosedError";

  /**
   * Makes the error for a stream that ended too early.
   *
   * @param message What was being read.
   * @param received Bytes of the unfinished message that did arrive.
   * @param expected Bytes that the whole message has, where that is known.
   */
  constructor(
    message: string,
    readonly received: number,
    readonly expected?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
