/**
 * The connections that are not plain TCP. A script shows `Deno.connect` itself; TLS and Unix sockets,
 * which would look the same in every client, are chosen here.
 *
 * @module
 */
import { withDeadline } from "./deadline.ts";

/** Where and how to connect. */
export interface ConnectOptions {
  /** Path of a Unix socket, instead of host and port. */
  unix?: string | undefined;
  /** Name or address of the server. */
  host: string;
  /** Its port. */
  port: number;
  /** Milliseconds for connecting, TLS handshake included. */
  timeout: number;
  /** Speaks TLS; `caCerts` are certificates in PEM to trust beside the usual ones. */
  tls?: { caCerts: string[] } | undefined;
}

/** Opens a TLS or Unix connection, or returns `undefined` if plain TCP was asked for. */
export async function connectSpecial(options: ConnectOptions): Promise<Deno.Conn | undefined> {
  const { unix, tls } = options;
  if (unix !== undefined) return await Deno.connect({ transport: "unix", path: unix });
  return tls === undefined ? undefined : await connectTls({ ...options, tls });
}

/**
 * Opens a TLS connection. It is TCP first: connected, told not to delay small messages, and only then
 * wrapped, because a TLS connection has no `setNoDelay` of its own.
 *
 * @throws {DeadlineError} If the handshake takes too long; `Deno.connect`'s errors otherwise.
 */
export async function connectTls(
  { host: hostname, port, timeout, tls }: ConnectOptions & { tls: { caCerts: string[] } },
): Promise<Deno.TlsConn> {
  const start = performance.now();
  const tcp = await Deno.connect({ hostname, port, signal: AbortSignal.timeout(timeout) });
  let conn: Deno.Conn = tcp;
  try {
    tcp.setNoDelay(true);
    const secure = conn = await Deno.startTls(tcp, { hostname, caCerts: tls.caCerts });
    await withDeadline(secure.handshake(), {
      milliseconds: Math.max(timeout - (performance.now() - start), 1),
      message: "no TLS handshake in time",
      onExpire: () => secure.close(),
    });
    return secure;
  } catch (error) {
    conn[Symbol.dispose]();
    throw error;
  }
}
