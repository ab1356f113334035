/**
 * Socket failures in sentences: what was tried, what stood in the way, what to do next. They go by the
 * error's class and code; its message is shown only where nothing better is known.
 *
 * @module
 */
import { escapeForDisplay } from "../codec/text.ts";
import { DeadlineError } from "../net/deadline.ts";
import { CommandError } from "./exit.ts";
import { type Launch, netAccessInWords, rerunCommand } from "./rerun.ts";

/** Errors of a system call that have no class of their own in the runtime. */
const REASON_BY_CODE: Readonly<Record<string, string>> = {
  EMFILE: "too many open files; raise the limit with: ulimit -n",
  ENETUNREACH: "network unreachable",
  EHOSTUNREACH: "host unreachable",
  ETIMEDOUT: "no answer",
  ENOSPC: "no space left on the device",
};

/** Why a listener could not be opened. `where` is the address as it would be announced. */
export function explainListen(error: unknown, where: string, launch: Launch): CommandError {
  return explain(error, `Cannot listen on ${where}`, launch, (error) => {
    if (error instanceof Deno.errors.AddrInUse) {
      const { net = [] } = launch.grants;
      return net !== "all" && net.some((place) => place.startsWith("unix:"))
        ? "address in use; if no server runs there, remove the file"
        : "address in use; choose another with --port, or --port 0 for a free one";
    }
    if (error instanceof Deno.errors.AddrNotAvailable) {
      return "this machine has no such address; choose another with --host";
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return "the system denied it; ports below 1024 need privileges, choose another with --port";
    }
    return undefined;
  });
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
    if (error instanceof Deno.errors.InvalidData) {
      return `TLS: ${escapeForDisplay(error.message)}; name a certificate to trust with --ca FILE`;
    }
    if (
      error instanceof Deno.errors.UnexpectedEof || error instanceof Deno.errors.ConnectionReset
    ) {
      return "the server hung up at once; does it speak TLS if you do, and plain TCP if you do not?";
    }
    return undefined;
  });
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

/** Why a file named on the command line could not be read. `what` says what it is for. */
export function explainFile(
  error: unknown,
  what: string,
  path: string,
  launch: Launch,
): CommandError {
  return explain(error, `Cannot read ${what} "${path}"`, launch, (error) => {
    if (error instanceof Deno.errors.NotFound) return "no such file";
    if (error instanceof Deno.errors.PermissionDenied) return "the system denied it";
    if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
    return undefined;
  });
}

/** A permission that is missing for a file of the job. */
export function explainAccess(error: Error, launch: Launch): CommandError {
  return explain(error, "Cannot go on", launch, () => undefined);
}

/** Why a directory named on the command line could not be used. */
export function explainDirectory(error: unknown, path: string, launch: Launch): CommandError {
  return explain(error, `Cannot use directory "${path}"`, launch, (error) => {
    if (error instanceof Deno.errors.NotFound) return "no such directory; make it first";
    if (error instanceof Deno.errors.PermissionDenied) return "the system denied it";
    if (error instanceof Deno.errors.NotADirectory) return "it is no directory";
    return undefined;
  });
}

/** Why a file named on the command line could not be written. */
export function explainWrite(error: unknown, path: string, launch: Launch): CommandError {
  return explain(error, `Cannot write "${path}"`, launch, (error) => {
    if (error instanceof Deno.errors.NotFound) return "no such directory";
    if (error instanceof Deno.errors.PermissionDenied) return "the system denied it";
    if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
    if (error instanceof Deno.errors.AlreadyExists) {
      return `"${path}.part" is there: another program writes it, or was broken off; remove it then`;
    }
    return undefined;
  });
}

function explain(
  error: unknown,
  action: string,
  launch: Launch,
  reason: (error: Error) => string | undefined,
): CommandError {
  if (error instanceof CommandError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const said = cause instanceof Deno.errors.NotCapable
    ? `${deniedAccess(launch)}; run: ${rerunCommand(launch)}`
    : reason(cause) ?? systemReason(cause);
  return new CommandError(`${action}: ${said}`, { cause });
}

function deniedAccess({ grants }: Launch): string {
  return grants.read === undefined && grants.write === undefined
    ? netAccessInWords()
    : "a permission that this needs was not granted";
}

/** What the system says of a failure, in our words where its code is known, escaped otherwise. */
export function systemReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const known = typeof code === "string" ? REASON_BY_CODE[code] : undefined;
  return known ?? escapeForDisplay(String(message ?? error));
}
