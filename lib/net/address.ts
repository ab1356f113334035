/**
 * Addresses as people write them: `127.0.0.1:65432`, `[::1]:65432`, `/run/echo.sock`.
 *
 * @module
 */

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Host and port as one word; an IPv6 address goes into brackets (RFC 3986, section 3.2.2). */
export function formatHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `[::1]` and `::1` name the same host: takes the brackets off. */
export function bareHost(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/** The numeric host of a peer; an IPv4 peer of a dual-stack listener is shown as IPv4 (RFC 4291, 2.5.5.2). */
export function peerHost(address: Deno.NetAddr): string {
  return MAPPED_IPV4.exec(address.hostname)?.[1] ?? address.hostname;
}

/** A listener's or a peer's address in one word. A peer on a Unix socket has no name: `unix`. */
export function formatAddress(address: Deno.Addr): string {
  switch (address.transport) {
    case "tcp":
    case "udp":
      return formatHostPort(peerHost(address), address.port);
    case "unix":
    case "unixpacket":
      return address.path ?? "unix";
    default:
      return address.transport;
  }
}

/**
 * The key that limits per host count by. An IPv6 host commands a whole /64 as a rule (RFC 6177), so its
 * first four groups are the key; an IPv4 host is its address.
 */
export function hostKey(host: string): string {
  if (!host.includes(":")) return host;
  const [head = "", tail] = host.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array<string>(Math.max(gap, 0)).fill("0"), ...back];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
