import { PeerClosedError, ProtocolError } from "../codec/errors.ts";
import { DeadlineError } from "../net/deadline.ts";
import { CommandError } from "./exit.ts";

/** How it shows, depending on the moment, that the server is gone. */
const LOST = [Deno.errors.ConnectionReset, Deno.errors.BrokenPipe, Deno.errors.NotConnected];

/**
 * What went wrong in the middle of a conversation, as an error that ends the program with a sentence;
 * errors that no peer can cause come back as they are.
 *
 * @param where The server, as the user would write it.
 */
export function explainTalk(error: unknown, where: string): unknown {
  if (LOST.some((kind) => error instanceof kind)) {
    const message = `Lost the connection to ${where}: the server closed or reset it`;
    return new CommandError(message, { cause: error });
  }
  if (error instanceof Deno.errors.UnexpectedEof) {
    return new CommandError(
      `Lost the connection to ${where}: it broke off without the end mark of TLS, so that something ` +
        "may be missing",
      { cause: error },
    );
  }
  const known = error instanceof PeerClosedError || error instanceof ProtocolError ||
    error instanceof DeadlineError;
  return known ? new CommandError(`${error.message} (${where})`, { cause: error }) : error;
}
