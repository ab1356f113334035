/**
 * Sources that a datagram server must not answer, whatever they send: no client has such an address, so it
 * is forged, or it is a service that would answer our answer.
 *
 * @module
 */
import { peerHost } from "./address.ts";

/** The first port that is no well-known service (RFC 6335, section 6: System Ports end at 1023). */
const FIRST_CLIENT_PORT = 1_024;

/** Whether this port belongs to a service (echo, chargen, DNS, NTP …), whose answers we would answer. */
export function isServicePort(port: number): boolean {
  return port < FIRST_CLIENT_PORT;
}

/**
 * Whether many hosts or none stand behind this numeric address, so that no datagram can come from it:
 * multicast, broadcast, unspecified (RFC 1122, section 3.2.1.3; RFC 4291, section 2.7).
 */
export function isGroupAddress(host: string): boolean {
  if (host.includes(":")) return host === "::" || /^ff[\da-f]{2}:/i.test(host);
  const first = Number(host.slice(0, host.indexOf(".")));
  return first === 0 || (first >= 224 && first < 240) || host === "255.255.255.255";
}

/** Whether this numeric address is this machine's own, not reachable from outside. */
export function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}

/**
 * Whether `from` is the server itself. Bound to all addresses, it knows only loopback as its own; a forged
 * one of the others is left to the loop breaker.
 */
export function isOwnAddress(from: Deno.NetAddr, own: Deno.NetAddr): boolean {
  if (from.port !== own.port) return false;
  const host = peerHost(from);
  const bound = peerHost(own);
  return host === bound || ((bound === "0.0.0.0" || bound === "::") && isLoopback(host));
}
