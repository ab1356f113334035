import type { BusyPhase, EntryType } from "../codec/file_messages.ts";
import type { Outcome } from "../codec/file_outcomes.ts";

/** What this side is doing; every wait has a name. */
export type Phase =
  | "scanning"
  | "checking"
  | "transferring"
  | "finishing";

/** What a client asks for. */
export type Operation = "put" | "verify" | "get" | "list";

/** What happens during a job, for progress displays and logs. Paths are not escaped yet. */
export type TransferEvent =
  /** The peer is accepted. */
  | { readonly kind: "ready" }
  /** A server begins with a job, or is done with it. */
  | { readonly kind: "request" | "served"; readonly operation: Operation }
  /** A phase began. */
  | { readonly kind: "phase"; readonly phase: Phase }
  /** What the job consists of is known. */
  | { readonly kind: "job"; readonly files: number; readonly bytes: number }
  /** Something is not sent: a link or special file (`not-a-file`), or what does not exist. */
  | { readonly kind: "omitted"; readonly path: string; readonly outcome: Outcome }
  /** So many more bytes of content that exists on both sides were compared. */
  | { readonly kind: "checked"; readonly path: string; readonly bytes: number }
  /** Content of a file begins to move, from `offset` on. */
  | {
    readonly kind: "start";
    readonly path: string;
    readonly size: number;
    readonly offset: number;
  }
  /** So many more bytes of its content moved. */
  | { readonly kind: "moved"; readonly path: string; readonly bytes: number }
  /** A file or directory is finished with, for better or worse. */
  | {
    readonly kind: "result";
    readonly type: EntryType;
    readonly path: string;
    readonly outcome: Outcome;
    /** Bytes of its content; 0 for directories. */
    readonly size: number;
    /** Bytes that needed not move again. */
    readonly resumed: number;
    /** The name that it got, if another than its own. */
    readonly storedAs: string | undefined;
    /** The cap that a refusal is about, if any. */
    readonly limit: number | undefined;
  }
  /** This side is busy, and has told the other: nobody waits for that one. */
  | { readonly kind: "busy" }
  /** The other side is busy. */
  | {
    readonly kind: "peer-busy";
    readonly phase: BusyPhase;
    readonly done: number;
    readonly total: number;
  };

/** A listener for events; it must not throw. */
export type OnEvent = (event: TransferEvent) => void;
