import type { Incoming, ReceivedEntry } from "./destination.ts";
import { writeFully } from "./file_layer.ts";
import { type Reservation, storedBytes } from "./quota.ts";
import type { StagedFile } from "./staged_file.ts";
import { TransferError } from "./transfer_error.ts";

/** A file that is being received into a staged file. */
export interface StagedIncoming extends Incoming {
  /** Where its content is. */
  readonly staged: StagedFile;
  /** Its share of the quota. */
  readonly reservation: Reservation;
}

/** Makes the incoming file of a staged one; it begins behind what the staged file has. */
export function incomingFile(
  entry: ReceivedEntry,
  staged: StagedFile,
  reservation: Reservation,
): StagedIncoming {
  const incoming = {
    entry,
    staged,
    reservation,
    size: staged.size,
    hash: staged.hash,
    write(bytes: Uint8Array): void {
      const needed = storedBytes(incoming.size + bytes.length);
      if (needed > reservation.held && !reservation.resize(needed)) {
        throw new TransferError("quota");
      }
      writeFully(staged.file, bytes);
    },
  };
  return incoming;
}
