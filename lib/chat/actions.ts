/**
 * What one step of the chat asks the I/O layer to do, in this order. The steps themselves touch
 * neither sockets nor clocks.
 *
 * @module
 */

import type { Client } from "./client.ts";
import type { Line } from "./line.ts";

/** Send one line to some clients. */
export interface SendAction {
  /** Tells the actions apart. */
  readonly kind: "send";
  /** Each recipient once. One that is closed for the chat gets its last words: there must be room for them. */
  readonly to: readonly Client[];
  /** Take `line.bytes(recipient.variant)` for each recipient. */
  readonly line: Line;
  /** A message to somebody, not an answer: if its sender is a recipient, it gets no label. */
  readonly relayed: boolean;
}

/** Close a connection once everything that was sent to it before is written. */
export interface CloseAction {
  /** Tells the actions apart. */
  readonly kind: "close";
  /** Whom; already gone from the state. */
  readonly client: Client;
  /** Why, for the log. */
  readonly reason: string;
}

/**
 * Check a password, which may take long, and answer with `answerVerification`. Until then no further
 * line of this client may be handed in.
 */
export interface VerifyAction {
  /** Tells the actions apart. */
  readonly kind: "verify";
  /** Who gave the password. */
  readonly client: Client;
  /** The name given with OPER, or null for the password of the server. */
  readonly operator: string | null;
  /** What the client gave. */
  readonly password: string;
  /** What the configuration says, or null if it knows no such name: that must not show in the time. */
  readonly secret: string | null;
  /** The label of the command, kept for the answer. */
  readonly label: string | null;
}

/** Read the configuration anew and hand the outcome to `finishRehash`. */
export interface RehashAction {
  /** Tells the actions apart. */
  readonly kind: "rehash";
  /** The operator who asked for it. */
  readonly client: Client;
  /** The label of the command, kept for the answer. */
  readonly label: string | null;
}

/** Count a command as so many more: it was much work, and the next ones of this client wait for that. */
export interface ChargeAction {
  /** Tells the actions apart. */
  readonly kind: "charge";
  /** Whose command it was. */
  readonly client: Client;
  /** How many commands it was worth, beside itself. */
  readonly commands: number;
}

/** One thing to do. */
export type Action = SendAction | CloseAction | VerifyAction | RehashAction | ChargeAction;
