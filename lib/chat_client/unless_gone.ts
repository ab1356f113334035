/** The ways in which a connection ends under way, of TLS as well. */
const GONE = [
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
  Deno.errors.BrokenPipe,
  Deno.errors.NotConnected,
  Deno.errors.TimedOut,
  // This side closed it.
  Deno.errors.Interrupted,
  Deno.errors.BadResource,
  // The peer left without a word, or speaks something else.
  Deno.errors.UnexpectedEof,
  Deno.errors.InvalidData,
];

/**
 * For `catch` on a connection: its end is no fault of this program, everything else is.
 *
 * @throws The error itself, if it is none of a connection's end.
 */
export function unlessGone(error: unknown): void {
  if (!GONE.some((kind) => error instanceof kind)) throw error;
}
