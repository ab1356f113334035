import type { MessageOf } from "../codec/file_messages.ts";
import type { Outcome } from "../codec/file_outcomes.ts";
import { changeTime } from "./file_layer.ts";
import { type FileIdentity, isSameFile, openPlainFile } from "./open_plain_file.ts";
import type { SafeRoot } from "./safe_root.ts";
import { outcomeOf, TransferError } from "./transfer_error.ts";

/** Content that is being sent, from the beginning on; its methods throw {@linkcode TransferError}s. */
export interface OpenSource {
  /** Reads the next bytes; `null` at the end. */
  read(into: Uint8Array): number | null | Promise<number | null>;
  /** Goes on from this byte. */
  seek(offset: number): void;
  /** Whether the content is not, or no longer, what was announced; to be asked behind what was read. */
  changed(): boolean;
  /** Ends the use of it. */
  close(): void;
}

/** Something to send. */
export interface Source {
  /** How it is announced. */
  readonly entry: MessageOf<"entry">;
  /** Opens its content. @throws {TransferError} If that cannot be done, or is not what was announced. */
  open(): OpenSource;
}

/** Something that was asked for and is not sent. */
export interface Omission {
  /** Its name. */
  readonly path: string;
  /** Why it is not sent. */
  readonly outcome: Outcome;
}

/** A file below a root, to be sent under the name `path`. */
export function fileSource(
  root: SafeRoot,
  parts: readonly string[],
  facts: Deno.FileInfo,
  path: string,
): Source {
  // A job may have very many sources: no more is kept of each than is needed.
  const { dev, ino, size, mtime } = facts;
  const known = { dev, ino, size, mtime };
  const entry = {
    kind: "entry",
    type: "file",
    mode: (facts.mode ?? 0o644) & 0o777,
    mtime: changeTime(facts),
    size,
    path,
  } as const;
  return {
    entry,
    open: () => explained(() => openFile(root, parts, known)),
  };
}

/** A directory, to be sent under the name `path`; what is in it are sources of their own. */
export function directorySource(facts: Deno.FileInfo, path: string): Source {
  const mode = (facts.mode ?? 0o755) & 0o777;
  return {
    entry: { kind: "entry", type: "directory", mode, mtime: changeTime(facts), size: 0, path },
    open(): never {
      throw new TransferError("not-a-file");
    },
  };
}

/** What can be read once and has no size before it ends, such as standard input. */
export function streamSource(
  reader: { read(into: Uint8Array): Promise<number | null> },
  path: string,
): Source {
  return {
    entry: { kind: "entry", type: "stream", mode: 0o644, mtime: Date.now(), size: 0, path },
    open: () => ({
      read: (into) => reader.read(into),
      // Nothing of a stream is on the other side, so nobody asks for this.
      seek: () => {},
      changed: () => false,
      close: () => {},
    }),
  };
}

/** What a file was when it was announced. */
type Known = FileIdentity & Pick<Deno.FileInfo, "size" | "mtime">;

function openFile(root: SafeRoot, parts: readonly string[], known: Known): OpenSource {
  const { file, facts } = openPlainFile(root, parts);
  if (!isSameFile(facts, known) || hasChanged(facts, known)) {
    file.close();
    throw new TransferError("source-changed");
  }
  let at = 0;
  // What is under /proc, for one, has no size, and content all the same.
  const goesOn = (): boolean => at === facts.size && file.readSync(new Uint8Array(1)) !== null;
  return {
    read: (into) =>
      explained(() => {
        const count = file.readSync(into);
        at += count ?? 0;
        return count;
      }),
    seek: (offset) => {
      at = explained(() => file.seekSync(offset, Deno.SeekMode.Start));
    },
    changed: () => explained(() => hasChanged(file.statSync(), facts) || goesOn()),
    close: () => file.close(),
  };
}

/** Gives errors of the file system the outcomes that the other side is told. */
function explained<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new TransferError(outcomeOf(error, "sending"), undefined, { cause: error });
  }
}

function hasChanged(now: Known, before: Known): boolean {
  return now.size !== before.size || changeTime(now) !== changeTime(before);
}
