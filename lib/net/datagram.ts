/**
 * What a program here needs of a UDP socket. `Deno.DatagramConn` has it, and so has a test's fake.
 *
 * @module
 */

/** The most that one datagram carries over IPv4, in bytes: 65,535 less 20 of IP and 8 of UDP (RFC 768). */
const MAX_PAYLOAD_IPV4 = 65_507;
/** The most over IPv6, in bytes: the IP header is not counted in its length (RFC 8200, section 3). */
export const MAX_PAYLOAD_IPV6 = 65_527;
/**
 * Bytes of a receive buffer. A datagram that does not fit is cut without a word, so the buffer is larger
 * than any: the default of `receive()` is one byte and more too small for IPv6.
 */
export const RECEIVE_BUFFER = 65_536;

/** A bound UDP socket. */
export interface DatagramSocket {
  /** Where it is bound. */
  readonly addr: Deno.Addr;
  /** Waits for one datagram: a view of `buffer` and the source. */
  receive(buffer: Uint8Array): Promise<[Uint8Array, Deno.Addr]>;
  /** Sends one datagram, whole or not at all. */
  send(bytes: Uint8Array, to: Deno.Addr): Promise<number>;
  /** Ends it, and the receive that is pending. */
  close(): void;
}

/** Bytes that a datagram to this numeric host may carry. */
export function maxPayload(host: string): number {
  return host.includes(":") ? MAX_PAYLOAD_IPV6 : MAX_PAYLOAD_IPV4;
}

/** Whether both addresses are the same host and port. */
export function sameEndpoint(a: Deno.NetAddr, b: Deno.NetAddr): boolean {
  return a.port === b.port && a.hostname === b.hostname;
}
