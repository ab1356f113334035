import type { Entry } from "./entry.ts";

/** Why a server does not let the client go on. */
export type Refusal = "nick" | "kept out";

/** What the caller has to do after a step of the client. */
export type Effect =
  /** Send a line, without its line end; an urgent one does not wait for its turn. */
  | { readonly kind: "send"; readonly line: string; readonly urgent: boolean }
  /** Show an entry. */
  | { readonly kind: "show"; readonly entry: Entry }
  /** The server has taken the client in, and its channels are asked for: whatever waits may be sent. */
  | { readonly kind: "ready" }
  /** A channel is joined. */
  | { readonly kind: "joined"; readonly channel: string }
  /** The user looks at another window. */
  | { readonly kind: "switched" }
  /** The server has read all lines up to the one with that label, or with those words. */
  | { readonly kind: "answered"; readonly by: string }
  /** Everything that was sent before `finish` has been processed by the server. */
  | { readonly kind: "finished" }
  /** The user wants to leave, for a reason that may be empty. */
  | { readonly kind: "quit"; readonly reason: string }
  /** The server does not want this client: trying again is of no use. */
  | { readonly kind: "refused"; readonly why: Refusal; readonly reason: string };
