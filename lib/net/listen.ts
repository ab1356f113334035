/**
 * The listeners that are not plain TCP. A script shows `Deno.listen` itself; TLS and Unix sockets, which
 * would look the same in every server, are chosen here.
 *
 * @module
 */

/** Where and how to listen. */
export interface ListenOptions {
  /** Path of a Unix socket, instead of host and port. */
  unix?: string | undefined;
  /** Address to bind. */
  host: string;
  /** Port to bind; 0 for a free one. */
  port: number;
  /** Connections that may wait to be accepted. */
  backlog: number;
  /** Certificate chain and private key in PEM: makes the listener speak TLS. */
  tls?: { cert: string; key: string } | undefined;
  /** Several listeners share the port (Linux: SO_REUSEPORT). */
  reusePort?: boolean;
}

/** Opens a TLS or Unix listener, or returns `undefined` if plain TCP was asked for. */
export function listenSpecial(options: ListenOptions): Deno.Listener | undefined {
  const { unix, tls, host: hostname, port, backlog: tcpBacklog, reusePort = false } = options;
  if (unix !== undefined) return Deno.listen({ transport: "unix", path: unix });
  if (tls !== undefined) return Deno.listenTls({ hostname, port, tcpBacklog, reusePort, ...tls });
  return undefined;
}

/** What the announce line calls the listener: `tcp`, `tls` or `unix`. */
export function listenerKind(options: ListenOptions): string {
  if (options.unix !== undefined) return "unix";
  return options.tls === undefined ? "tcp" : "tls";
}
