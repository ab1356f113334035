import { bareHost, formatHostPort } from "../net/address.ts";
import type { ConnectOptions } from "../net/connect.ts";
import type { FlagTable, FlagValues, NumberFlag } from "./flags.ts";
import { HOST_SHAPE } from "./host_shape.ts";
import { readPem } from "./read_pem.ts";
import type { Grants, Launch } from "./rerun.ts";
import { MAX_SECONDS } from "./seconds.ts";

/** Where a client connects to, beside the port. */
export const TARGET_FLAG = {
  host: {
    kind: "text",
    value: "ADDRESS",
    shape: HOST_SHAPE,
    default: "127.0.0.1",
    help: "the server's name or address; beyond loopback needs --allow-net",
  },
} as const satisfies FlagTable;

/** The port flag of a client, with its default. */
export function targetPort<P extends number>(port: P): NumberFlag & { default: P } {
  return { kind: "integer", value: "PORT", min: 1, max: 65_535, default: port, help: "its port" };
}

/** How every TCP client connects. */
export const CLIENT_FLAGS = {
  unix: {
    kind: "text",
    value: "PATH",
    insteadOf: ["host", "port", "tls"],
    help: "connect to a Unix socket instead of host and port",
  },
  "connect-timeout": {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: MAX_SECONDS,
    default: 5,
    help: "time that connecting may take",
  },
  tls: { kind: "switch", help: "speak TLS" },
  ca: {
    kind: "text",
    value: "FILE",
    needs: "tls",
    help: "certificates (PEM) to trust beside the usual ones",
  },
} as const satisfies FlagTable;

/** What a TCP client's command line came out as. */
export type ClientFlags =
  & FlagValues<typeof TARGET_FLAG & typeof CLIENT_FLAGS>
  & { port: number };

/** The permissions that a TCP client needs to do what its flags say. */
export function clientGrants({ unix, host, port, ca }: ClientFlags): Grants {
  if (unix !== undefined) {
    const path = unix.startsWith("/") ? unix : `${Deno.cwd()}/${unix}`;
    return { net: [`unix:${path}`], read: [unix], write: [unix] };
  }
  const net = [formatHostPort(bareHost(host), port)];
  return ca === undefined ? { net } : { net, read: [ca] };
}

/**
 * Where and how to connect, with the certificates read.
 *
 * @throws {CommandError} If a file cannot be read.
 */
export function connectOptions(flags: ClientFlags, launch: Launch): ConnectOptions {
  const { unix, port, tls, ca } = flags;
  const caCerts = ca === undefined ? [] : [readPem(ca, "certificate", launch)];
  return {
    unix,
    host: bareHost(flags.host),
    port,
    timeout: flags["connect-timeout"] * 1_000,
    tls: tls ? { caCerts } : undefined,
  };
}
