import type { Connection } from "./connection.ts";

/** Limits and waits of a stream server; every wait on a peer is one of these. */
export interface ServeLimits {
  /** Connections served at once; more wait in the backlog. */
  maxConnections: number;
  /** Connections served at once from one host; more are closed. 0: as many as fit. */
  maxPerHost: number;
  /** Milliseconds without a byte in either direction before a connection is closed; 0: never. */
  idleTimeout: number;
  /** Milliseconds that a TLS client has for its handshake; 0: no end. */
  handshakeTimeout: number;
  /** Milliseconds that connections have to finish once the server stops. */
  grace: number;
  /** Milliseconds to wait for the client's FIN after ours, so that nothing sent is destroyed. */
  linger: number;
}

/** The limits where nobody says otherwise. */
export const SERVE_LIMITS: ServeLimits = {
  maxConnections: 16_384,
  maxPerHost: 0,
  idleTimeout: 300_000,
  handshakeTimeout: 10_000,
  grace: 5_000,
  linger: 2_000,
};

/** One thing worth a log line: `message` for people, all the rest for programs. */
export interface ServeEvent {
  /** What happened, in one or two words: `connected`, `closed`, `refused`, `accept failed`. */
  readonly event: string;
  /** The same as a sentence; text from the peer in it is escaped already. */
  readonly message: string;
  /** The peer, counts, reasons: whatever the event is about. */
  readonly [figure: string]: string | number;
}

/** What a server did in its life. */
export interface ServeTotals {
  /** Connections served. */
  connections: number;
  /** Connections closed at the door, because their host had its share already. */
  refused: number;
  /** Served connections that broke or were cut, not finished. */
  failed: number;
  /** Bytes received. */
  bytesIn: number;
  /** Bytes sent. */
  bytesOut: number;
}

/**
 * Serves one connection. Returns when all is said and throws if the connection breaks; closing it is the
 * server's task. `stop` is aborted when the server begins to stop: who has nothing to finish may ignore it.
 */
export type Handler = (connection: Connection, stop: AbortSignal) => Promise<void>;

/** Whom to let in: an {@linkcode Admission}, or what asks one elsewhere. */
export interface AdmissionDesk {
  /** The cap for one host, where the desk has one of its own. */
  readonly maxPerHost?: number;
  /** Resolves with a slot taken. */
  slot(): Promise<void>;
  /** Gives an unused slot back. */
  giveBack(): void;
  /** Whether one more connection of this host is welcome. */
  admit(host: string): boolean | Promise<boolean>;
  /** An admitted connection has ended. */
  leave(host: string): void;
}

/** How to serve; all but the signal has a default. */
export interface ServeOptions extends Partial<ServeLimits> {
  /** Aborted to stop: no more accepts, then the grace time, then the end. */
  signal: AbortSignal;
  /** Called for each event. */
  log?: (event: ServeEvent) => void;
  /** Shared by the listeners of one server; one of its own by default. */
  admission?: AdmissionDesk;
  /** What a client hears whose host has its share already; a TLS client hears nothing. */
  refusal?: (host: string) => Uint8Array;
}
