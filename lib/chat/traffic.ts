/**
 * Caps on what a connection may take and on how long it may stay silent; the rest of the limits is what
 * the chat itself enforces. Times are in milliseconds.
 *
 * @module
 */

/** The caps of a connection. */
export interface TrafficLimits {
  /** Connections at once from one host, 0 for as many as fit. */
  readonly connectionsPerHost: number;
  /** Bytes that wait for a client that reads slowly. */
  readonly sendQueue: number;
  /** Bytes from a client that wait for their turn. */
  readonly receiveQueue: number;
  /** Time for the registration, 0 for any. */
  readonly registrationTime: number;
  /** Silence before a PING, 0 for no PING. */
  readonly pingInterval: number;
  /** Time for the answer, and for taking what was sent. */
  readonly pingTimeout: number;
  /** Commands that may come at once. */
  readonly floodBurst: number;
  /** Commands a second in the long run, 0 for as many as come. */
  readonly floodRate: number;
}

/**
 * Enough for twenty friends behind one address, safe on the open internet. Where they come from:
 *
 * - connectionsPerHost 32: twenty friends, some of them twice.
 * - sendQueue 1 MiB: the longest WHO by mask or LIST, and minutes of a busy channel.
 * - receiveQueue 16 KiB: two hundred pasted lines, or three of the longest tags.
 * - registrationTime 30 s: some lost segments and a slow handshake fit in, and a human who types it in nc.
 * - pingInterval 120 s, pingTimeout 60 s: common on large networks, below what NAT forgets (RFC 5382).
 * - floodBurst 20: what clients send at once after connecting; floodRate 2: faster than people type.
 */
export const DEFAULT_TRAFFIC: TrafficLimits = {
  connectionsPerHost: 32,
  sendQueue: 1024 * 1024,
  receiveQueue: 16 * 1024,
  registrationTime: 30_000,
  pingInterval: 120_000,
  pingTimeout: 60_000,
  floodBurst: 20,
  floodRate: 2,
};
