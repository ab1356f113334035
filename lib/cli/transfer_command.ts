/**
 * The words of the file client's command line: what they ask for, and what that may need.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Operation } from "../file/events.ts";
import { type ClientFlags, clientGrants } from "./client_flags.ts";
import { UsageError } from "./exit.ts";
import { nearest } from "./nearest.ts";
import { reachablePaths } from "./reachable.ts";
import type { Grants } from "./rerun.ts";
import { assertRates } from "./transfer_flags.ts";
import { type JobFlags, STANDARD_STREAM } from "./transfer_job.ts";

/** What was asked for. */
export interface TransferCommand {
  /** What to do. */
  readonly operation: Operation;
  /** With which files; none if they are to be asked for. */
  readonly paths: readonly string[];
}

const OPERATIONS: readonly Operation[] = ["put", "get", "list", "verify"];

/**
 * Reads the words.
 *
 * @param asks Whether there is somebody to ask for files, if none are named.
 * @throws {UsageError} If they make no sense, alone or with the flags.
 */
export function readCommand(
  [word, ...paths]: readonly string[],
  flags: JobFlags,
  asks: boolean,
): TransferCommand {
  const { name } = flags;
  assertRates(flags);
  if (flags.prune) {
    if (word !== undefined) throw new UsageError(`Option --prune goes with no command: "${word}"`);
    return { operation: "get", paths };
  }
  if (word === undefined && !asks) {
    throw new UsageError("Missing argument: expected put, get, list or verify, and paths");
  }
  const operation = OPERATIONS.find((one) => one === (word ?? "put"));
  if (operation === undefined) throw unknownCommand(word ?? "");
  if (word !== undefined && paths.length === 0 && operation !== "list") {
    throw new UsageError(`Missing argument: ${operation} what?`);
  }
  // What an unset variable of a shell leaves, quoted. To take it for "." would send or fetch everything.
  if (paths.includes("")) throw new UsageError(`Cannot ${operation} "": a path cannot be empty`);
  if (paths.length > 1 && operation === "list") {
    throw new UsageError("Cannot list more than one path");
  }
  const needsGet = (["into", "output"] as const).find((flag) => flags[flag] !== undefined);
  if (operation !== "get" && needsGet !== undefined) {
    throw new UsageError(`Option --${needsGet} goes with get`);
  }
  if ((operation !== "put" || word === undefined) && name !== undefined) {
    throw new UsageError("Option --name goes with put");
  }
  if ((operation === "list" || operation === "verify") && flags["if-exists"] !== "refuse") {
    throw new UsageError("Option --if-exists goes with put and get");
  }
  if (operation === "verify" && paths.includes(STANDARD_STREAM)) {
    throw new UsageError("Cannot verify standard input: the size of its content is not known");
  }
  if (operation !== "list" && flags.recursive) {
    throw new UsageError("Option --recursive goes with list");
  }
  return { operation, paths };
}

function unknownCommand(word: string): UsageError {
  const guess = nearest(word, OPERATIONS);
  const hint = guess === undefined ? "expected put, get, list or verify" : `did you mean ${guess}?`;
  return new UsageError(`Unknown command "${word}": ${hint}`);
}

/** What a command needs: to read what is sent, to read and write where received files go. */
export function commandGrants(
  { operation, paths }: TransferCommand,
  flags: JobFlags & ClientFlags,
): Grants {
  const { net = [], read = [], write = [] } = clientGrants(flags);
  const { into = ".", output, "token-file": token } = flags;
  if (flags.prune) return { read: reachablePaths(into), write: reachablePaths(into) };
  const needed = token === undefined ? [...read] : [...read, token];
  if (operation === "put" || operation === "verify") {
    // The directory of a file as well, to see that no link is on the way.
    const named = paths.filter((path) => path !== STANDARD_STREAM).map(dirname);
    const sources = (paths.length === 0 ? ["."] : named).flatMap(reachablePaths);
    return { net, read: [...new Set([...needed, ...sources])], write };
  }
  if (operation === "list" || output === STANDARD_STREAM) return { net, read: needed, write };
  const directory = reachablePaths(output === undefined ? into : dirname(output));
  return { net, read: [...needed, ...directory], write: [...write, ...directory] };
}
