/**
 * How a program ends. The numbers are part of the interface: scripts look at them.
 *
 * @module
 */

/**
 * Exit codes that every script shares. The last two are what a shell makes of SIGINT (2) and SIGPIPE (13):
 * 128 and the number of the signal.
 */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130, unread: 141 } as const;

/** A failure that a person can read and act on: it ends the program with this message and code, no trace. */
export class CommandError extends Error {
  /** The class, for those who see the error from afar. */
  override readonly name = "CommandError";

  /** What the program exits with. */
  readonly exitCode: number;

  /**
   * Says why the program ends.
   *
   * @param message What was tried, what stood in the way, what to do next.
   * @param options `exitCode` is 1 where none is given.
   */
  constructor(message: string, options: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** The command line asks for something that does not exist or cannot be. */
export class UsageError extends CommandError {
  /** Takes a message that names the flag, what it got and what it wants. */
  constructor(message: string) {
    super(message, { exitCode: EXIT.usage });
  }
}
