/**
 * Failures in sentences: what was tried, what stood in the way, what to do next. They go by the error's
 * class and code; its message is shown only where nothing better is known.
 *
 * @module
 */
import { escapeForDisplay } from "../codec/text.ts";
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
    // What has the name is in the way of making it.
    if (
      error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.AlreadyExists
    ) return "it is no directory";
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

/**
 * A failure as an error that ends the program; one that is explained already comes back as it is.
 *
 * @param action What was tried: `Cannot listen on 127.0.0.1:7`.
 * @param reason What stood in the way, or `undefined` to leave that to {@linkcode systemReason}.
 */
export function explain(
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
  const { message } = error as { message?: unknown };
  return REASON_BY_CODE[codeOf(error) ?? ""] ?? escapeForDisplay(String(message ?? error));
}

/** The system's name for an error, such as `EADDRINUSE`, if it has one. */
export function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}
