import { bareHost, formatHostPort } from "../net/address.ts";
import type { ListenOptions } from "../net/listen.ts";
import { SERVE_LIMITS, type ServeLimits } from "../net/serve_options.ts";
import type { FlagTable, FlagValues, NumberFlag } from "./flags.ts";
import { HOST_SHAPE } from "./host_shape.ts";
import { readPem } from "./read_pem.ts";
import type { Grants, Launch } from "./rerun.ts";
import { MAX_SECONDS } from "./seconds.ts";

/** Where a server listens, beside its port. */
export const HOST_FLAG = {
  host: {
    kind: "text",
    value: "ADDRESS",
    shape: HOST_SHAPE,
    default: "127.0.0.1",
    help: "address to listen on; beyond loopback needs --allow-net",
  },
} as const satisfies FlagTable;

/** The port flag of a server, with its default. */
export function portFlag<P extends number>(port: P): NumberFlag & { default: P } {
  return {
    kind: "integer",
    value: "PORT",
    min: 0,
    max: 65_535,
    default: port,
    help: "port to listen on, 0 for a free one",
  };
}

/** The flags of every stream server, after its address and port. */
export const SERVER_FLAGS = {
  unix: {
    kind: "text",
    value: "PATH",
    insteadOf: ["host", "port", "tls-cert"],
    help: "listen on a Unix socket instead of host and port",
  },
  backlog: {
    kind: "integer",
    value: "CONNECTIONS",
    min: 1,
    max: 65_535,
    default: 511,
    help: "connections that may wait to be accepted; not for --unix",
  },
  "max-connections": {
    kind: "integer",
    value: "CONNECTIONS",
    min: 1,
    max: 1_000_000,
    default: SERVE_LIMITS.maxConnections,
    help: "connections served at once; more wait in the backlog",
  },
  "max-per-host": {
    kind: "integer",
    value: "CONNECTIONS",
    min: 0,
    max: 1_000_000,
    default: SERVE_LIMITS.maxPerHost,
    help: "connections served at once from one host, 0 for as many as fit; more are closed",
  },
  "idle-timeout": {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: MAX_SECONDS,
    default: SERVE_LIMITS.idleTimeout / 1000,
    help: "close a connection that moves no byte for so long, 0 for never",
  },
  grace: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: MAX_SECONDS,
    default: SERVE_LIMITS.grace / 1000,
    help: "time that connections have to finish when the server stops",
  },
  "tls-cert": {
    kind: "text",
    value: "FILE",
    needs: "tls-key",
    help: "certificate chain (PEM): serve TLS",
  },
  "tls-key": {
    kind: "text",
    value: "FILE",
    needs: "tls-cert",
    help: "private key of --tls-cert (PEM)",
  },
  log: {
    kind: "choice",
    choices: ["text", "json"],
    default: "text",
    help: "form of the log lines",
  },
  quiet: { kind: "switch", help: "log nothing" },
} as const satisfies FlagTable;

/** What a stream server's command line came out as. */
export type ServerFlags = FlagValues<typeof HOST_FLAG & typeof SERVER_FLAGS> & { port: number };

/** The limits that the flags name, in the units of the accept loop. */
export function serveLimits(flags: ServerFlags): ServeLimits {
  return {
    ...SERVE_LIMITS,
    maxConnections: flags["max-connections"],
    maxPerHost: flags["max-per-host"],
    idleTimeout: flags["idle-timeout"] * 1000,
    grace: flags.grace * 1000,
  };
}

/** The permissions that a stream server needs to do what its flags say. */
export function serverGrants(flags: ServerFlags): Grants {
  const { unix, "tls-cert": cert, "tls-key": key } = flags;
  if (unix !== undefined) {
    const path = unix.startsWith("/") ? unix : `${Deno.cwd()}/${unix}`;
    return { net: [`unix:${path}`], read: [unix], write: [unix] };
  }
  const read = [cert, key].filter((path) => path !== undefined);
  const net = [formatHostPort(bareHost(flags.host), flags.port)];
  return read.length === 0 ? { net } : { net, read };
}

/**
 * Where to listen, with certificate and key read.
 *
 * @throws {CommandError} If one of them cannot be read.
 */
export function listenOptions(flags: ServerFlags, launch: Launch): ListenOptions {
  const { unix, port, backlog, "tls-cert": certFile, "tls-key": keyFile } = flags;
  const options = { unix, host: bareHost(flags.host), port, backlog };
  if (certFile === undefined || keyFile === undefined) return options;
  const cert = readPem(certFile, "certificate", launch);
  const key = readPem(keyFile, "private key", launch);
  return { ...options, tls: { cert, key } };
}
