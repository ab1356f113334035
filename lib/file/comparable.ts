import type { Comparable, ReceivedEntry } from "./destination.ts";
import type { ReadBytes } from "./digest.ts";
import type { OpenFile } from "./file_layer.ts";
import { openPlainFile } from "./open_plain_file.ts";
import type { SafeRoot } from "./safe_root.ts";
import type { StagedFile } from "./staged_file.ts";
import { outcomeOf } from "./transfer_error.ts";

/** The file under an entry's name as something to compare. */
export function comparableFile(
  root: SafeRoot,
  { parts, size }: ReceivedEntry,
  final: boolean,
): Comparable {
  return {
    size,
    final,
    open: () => {
      let file: OpenFile | undefined;
      try {
        file = openPlainFile(root, parts).file;
      } catch (error) {
        outcomeOf(error, "receiving");
      }
      const read: ReadBytes = file === undefined ? () => null : readOrEnd(file);
      return { read, [Symbol.dispose]: () => file?.close() };
    },
  };
}

/** A partial file as something to compare and to go on with. */
export function comparablePartial(partial: StagedFile): Comparable {
  return {
    size: partial.size,
    final: false,
    open: () => {
      partial.file.seekSync(0, Deno.SeekMode.Start);
      // The file stays open: behind what is read here, the rest will be written.
      return { read: readOrEnd(partial.file), [Symbol.dispose]: () => {} };
    },
    continueFrom: (hash) => {
      partial.hash = hash;
    },
  };
}

/** Reads, and takes an error of the disk for the end: content that cannot be read equals nothing. */
function readOrEnd(file: OpenFile): ReadBytes {
  return (into) => {
    try {
      return file.readSync(into);
    } catch (error) {
      outcomeOf(error, "receiving");
      return null;
    }
  };
}
