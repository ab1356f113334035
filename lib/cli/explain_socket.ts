/**
 * Socket failures in sentences.
 *
 * @module
 */
import { escapeForDisplay } from "../codec/text.ts";
import { DeadlineError } from "../net/deadline.ts";
import type { CommandError } from "./exit.ts";
import { codeOf, explain } from "./explain.ts";
import type { Launch } from "./rerun.ts";

/** Why a listener could not be opened. `where` is the address as it would be announced. */
export function explainListen(error: unknown, where: string, launch: Launch): CommandError {
  return explain(error, `Cannot listen on ${where}`, launch, (error) => {
    if (isUnix(where, launch)) return explainUnixListen(error, where);
    if (error instanceof Deno.errors.AddrInUse) {
      return "address in use; choose another with --port, or --port 0 for a free one";
    }
    if (error instanceof Deno.errors.AddrNotAvailable) {
      return "this machine has no such address; choose another with --host";
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return "the system denied it; ports below 1024 need privileges, choose another with --port";
    }
    return explainCredentials(error) ?? explainName(error, where);
  });
}

/** What is wrong with a server's certificate or key has neither class nor code of its own. */
function explainCredentials({ name, message }: Error): string | undefined {
  // That one quotes the host, which may have any words in it.
  return name !== "URIError" && /\b(certificates?|keys?)\b/.test(message)
    ? `TLS: ${escapeForDisplay(message)}; do certificate and private key belong together?`
    : undefined;
}

function explainUnixListen(error: Error, path: string): string | undefined {
  if (error instanceof Deno.errors.AddrInUse) {
    return isSocketFile(path)
      ? "address in use; if no server runs there, remove the file"
      : "something else than a socket has that name; choose another with --unix";
  }
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return "no such directory; make it first";
  }
  if (error instanceof Deno.errors.PermissionDenied) return "the system denied it";
  return explainUnixPath(error);
}

function isSocketFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSocket === true;
  } catch {
    // It is gone by now, or cannot be looked at: most likely it was what was to be expected there.
    return true;
  }
}

/** The runtime's own check of a path: the system's structure has room for a hundred bytes or so. */
function explainUnixPath(error: Error): string | undefined {
  return codeOf(error) === "EINVAL" ? "the path is too long for a Unix socket" : undefined;
}

/** Of all failures, the runtime gives those of names no code. `where` shows whether there is one. */
function explainName(error: Error, where: string): string | undefined {
  const isName = !/^(\[|[\d.]+:)/.test(where);
  const isPlain = error.name === "Error" || error.name === "URIError";
  return isName && isPlain && codeOf(error) === undefined
    ? "no address is known for that name"
    : undefined;
}

/** What a client knows of the server that it cannot reach. */
export interface ConnectHints {
  /** The command that starts the server. */
  readonly startServer?: string;
  /** How long the connection may take, in seconds. */
  readonly timeout: number;
}

/** Why a connection could not be made. */
export function explainConnect(
  error: unknown,
  where: string,
  launch: Launch,
  hints: ConnectHints,
): CommandError {
  return explain(error, `Cannot connect to ${where}`, launch, (error) => {
    if (error instanceof Deno.errors.ConnectionRefused) {
      return hints.startServer === undefined
        ? "connection refused; nothing listens there"
        : `connection refused; is the server running? Start it with: ${hints.startServer}`;
    }
    if (
      error.name === "TimeoutError" || error instanceof Deno.errors.TimedOut ||
      error instanceof DeadlineError
    ) {
      return `no answer within ${hints.timeout} s; allow more with --connect-timeout`;
    }
    if (error instanceof Deno.errors.NotFound) return "no such socket file; is the server running?";
    if (error instanceof Deno.errors.InvalidData) return explainTls(error);
    if (
      error instanceof Deno.errors.UnexpectedEof || error instanceof Deno.errors.ConnectionReset
    ) {
      return "the server hung up at once; does it speak TLS if you do, and plain TCP if you do not?";
    }
    return isUnix(where, launch) ? explainUnixPath(error) : explainName(error, where);
  });
}

/** The runtime has one class for all that goes wrong in a handshake: what it was, only the text tells. */
function explainTls({ message }: Error): string {
  if (/^received (corrupt|unexpected) /.test(message)) return "the server does not speak TLS";
  const advice = message.startsWith("invalid peer certificate")
    ? "; name a certificate to trust with --ca FILE"
    : "";
  return `TLS: ${escapeForDisplay(message)}${advice}`;
}

/** Why a datagram could not be sent. */
export function explainSend(error: unknown, where: string, launch: Launch): CommandError {
  return explain(error, `Cannot send to ${where}`, launch, (error) => {
    if ("code" in error && error.code === "EMSGSIZE") {
      return "the system does not take a datagram of this size; choose a smaller one";
    }
    if (
      error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.ConnectionRefused
    ) return "nothing listens on that port";
    if (error instanceof Deno.errors.PermissionDenied) {
      return "the system denied it, as it does for broadcast addresses and behind some firewalls";
    }
    return undefined;
  });
}

/** Whether it is a Unix socket's path: a server may have other listeners as well. */
function isUnix(where: string, { grants: { net = [] } }: Launch): boolean {
  return net !== "all" && net.some((place) => place.startsWith("unix:")) && !/:\d+$/.test(where);
}
