import { LimitError, ProtocolError } from "../codec/errors.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import type { Channel } from "./channel.ts";
import { TransferError } from "./transfer_error.ts";

/**
 * Runs a conversation, and if it ends in an error that is none of the connection tells the peer why; the
 * error goes on to the caller. Closing is the caller's, after a moment for the peer to read.
 */
export async function explainEnd<T>(channel: Channel, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasonFor(error);
    if (reason !== undefined) {
      try {
        await channel.send({ kind: "error", ...reason });
        await channel.flush();
      } catch {
        // The connection is gone as well; the first error is the one that matters.
      }
    }
    throw error;
  }
}

function reasonFor(error: unknown): { outcome: Outcome; limit: number } | undefined {
  if (error instanceof TransferError) {
    return error.fromPeer ? undefined : { outcome: error.outcome, limit: error.limit };
  }
  if (error instanceof LimitError) return { outcome: "too-many", limit: error.limit };
  if (error instanceof ProtocolError) return { outcome: "protocol", limit: 0 };
  return undefined;
}
