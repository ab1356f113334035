import { jsonLine } from "../codec/json_line.ts";
import type { ServeEvent } from "../net/serve_options.ts";
import { printNote } from "./output.ts";

/** How to log: the flags of the same names. */
export interface LogOptions {
  /** A line that a person reads, or one JSON object a line. */
  log: "text" | "json";
  /** Logs nothing at all. */
  quiet: boolean;
}

/**
 * A function that logs each event as one line.
 *
 * @param print Prints a line: on standard error, unless something else stands there already.
 */
export function createLog(
  { log, quiet }: LogOptions,
  print: (line: string) => void = printNote,
): (event: ServeEvent) => void {
  if (quiet) return () => {};
  if (log === "text") return ({ message }) => print(message);
  return ({ message: _forPeople, ...fields }) => {
    print(jsonLine({ time: new Date().toISOString(), ...fields }));
  };
}
