/**
 * The messages of file transfer, as values. Three parties speak: the *client* asks, and then one side is
 * the *sender* of files and the other the *receiver* (the server on put, the client on get).
 *
 * ```text
 * both      hello, proof                       who I am; proof that I know the token
 * client    put | get + want... | list         what to do
 * sender    manifest, entry | omitted ...      everything there is to send, before any content
 * receiver  refuse | check + digest ... planned    what not to send; what is there already
 * sender    file, run..., end | abort | skip   one after the other, no answer awaited between
 * receiver  result ...                         once a file is verified and under its name
 * sender    done
 * receiver  finished                           the next job may follow
 * any time  busy, error
 * ```
 *
 * @module
 */

import type { Outcome } from "./file_outcomes.ts";

/** Which end of the connection speaks; part of the proof, so that it cannot be reflected. */
export const ROLES = { client: 1, server: 2 } as const;
/** One end of the connection. */
export type Role = keyof typeof ROLES;

/** What to do with a name that exists with other content. */
export const POLICIES = { refuse: 1, replace: 2, rename: 3, skip: 4 } as const;
/** What to do with a name that exists with other content. */
export type ExistsPolicy = keyof typeof POLICIES;

/** What an entry is: a file of known size, a directory, or a file that ends when it ends. */
export const ENTRY_TYPES = { file: 1, directory: 2, stream: 3 } as const;
/** What an entry is. */
export type EntryType = keyof typeof ENTRY_TYPES;

/** What a side is busy with while it sends nothing else. */
export const PHASES = { scanning: 1, checking: 2, syncing: 3 } as const;
/** What a side is busy with while it sends nothing else. */
export type BusyPhase = keyof typeof PHASES;

/** Every message by its name: who sends it, and its fields. */
export interface FileMessages {
  /** First message of each side. */
  hello: {
    readonly role: Role;
    /** Whether the speaker wants proof of the token and will give it. */
    readonly authentication: boolean;
    /** 32 fresh random bytes. */
    readonly nonce: Uint8Array;
    /** A set of bits; a side uses only what both announce. None is defined yet. */
    readonly extensions: number;
  };

  /** Proof of the token, the client's first: HMAC-SHA-256 of what `encodeProofInput` makes. */
  proof: { readonly mac: Uint8Array };

  /** The client will send files; its manifest follows at once. */
  put: {
    readonly ifExists: ExistsPolicy;
    /** Compare only: nothing is sent or stored. */
    readonly verify: boolean;
  };

  /** The client wants files: so many `want` messages follow. */
  get: { readonly paths: number };

  /** One file or directory that the client wants; `""` is all that is served. */
  want: { readonly path: string };

  /** The client wants to know what there is; the answer is a manifest. */
  list: {
    readonly path: string;
    /** Whether to go down into directories. */
    readonly recursive: boolean;
  };

  /** Announces so many entries and omissions. */
  manifest: {
    readonly items: number;
    /** Sum of the sizes of the entries, in bytes. */
    readonly bytes: number;
  };

  /** One file or directory; its index is its place in the manifest, counted from 0. */
  entry: {
    readonly type: EntryType;
    /** Permission bits, at most 0o777. */
    readonly mode: number;
    /** Time of the last change, in milliseconds since 1970. */
    readonly mtime: number;
    /** Bytes; 0 for directories and streams. */
    readonly size: number;
    /** Relative, parts divided by `/`; see `file_names.ts`. */
    readonly path: string;
  };

  /** Stands in the manifest for something that was asked for and is not sent. */
  omitted: { readonly outcome: Outcome; readonly path: string };

  /** The receiver does not want this entry. */
  refuse: {
    readonly index: number;
    readonly outcome: Outcome;
    /** The cap that was passed, in bytes or files; 0 where there is none. */
    readonly limit: number;
  };

  /** The receiver has content to compare; its `digest` follows, so that both sides hash at once. */
  check: {
    readonly index: number;
    /** The content is the beginning of an interrupted transfer, not a file under its name. */
    readonly partial: boolean;
    /** Unless the content is the same, the file is not to be sent. */
    readonly final: boolean;
    /** Length of the content, in bytes. */
    readonly size: number;
  };

  /** SHA-256 of the content that `check` announced. */
  digest: {
    readonly index: number;
    /** The content could not be read after all; `sha256` says nothing. */
    readonly unreadable: boolean;
    readonly sha256: Uint8Array;
  };

  /** The receiver has gone through the manifest. */
  planned: Record<never, never>;

  /** The content of an entry follows, in runs, from `offset` on. */
  file: {
    readonly index: number;
    /** 0, or the length of the partial content that was found equal. */
    readonly offset: number;
  };

  /** So many raw bytes of content follow this message. */
  run: { readonly length: number };

  /** The content is complete: length and SHA-256 of the whole, the part before `offset` included. */
  end: { readonly size: number; readonly sha256: Uint8Array };

  /** The sender does not send this entry. */
  skip: { readonly index: number; readonly outcome: Outcome };

  /** The sender gives up the content under way; what came of it is worthless. */
  abort: { readonly outcome: Outcome };

  /** The sender has gone through its manifest. */
  done: Record<never, never>;

  /** What became of an entry that was sent; may come before its `end` if it failed. */
  result: {
    readonly index: number;
    readonly outcome: Outcome;
    /** The path that it got, if not its own; else `""`. */
    readonly storedAs: string;
  };

  /** Everything that was sent has its result. */
  finished: Record<never, never>;

  /** Sign of life during long work: bytes done, of so many in all. */
  busy: { readonly phase: BusyPhase; readonly done: number; readonly total: number };

  /** The last message of a side that ends the conversation. */
  error: {
    readonly outcome: Outcome;
    /** The cap that was passed, in bytes or files; 0 where there is none. */
    readonly limit: number;
  };
}

/** The name of a message. */
export type MessageKind = keyof FileMessages;

/** The message of a given name. */
export type MessageOf<Kind extends MessageKind> = { readonly kind: Kind } & FileMessages[Kind];

/** Any message, told apart by `kind`. */
export type FileTransferMessage = { [Kind in MessageKind]: MessageOf<Kind> }[MessageKind];
