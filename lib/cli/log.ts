import { jsonLine } from "../codec/json_line.ts";
import { printNote } from "./output.ts";

/** One event: `message` for people, all the rest for programs. */
export interface LogEvent {
  /** What happened, in one or two words. */
  readonly event: string;
  /** The same as a sentence; text from a peer in it is escaped already. */
  readonly message: string;
  /** The peer, counts, reasons: whatever the event is about. */
  readonly [figure: string]: string | number;
}

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
): (event: LogEvent) => void {
  if (quiet) return () => {};
  if (log === "text") return ({ message }) => print(message);
  return ({ message: _forPeople, ...fields }) => {
    print(jsonLine({ time: new Date().toISOString(), ...fields }));
  };
}
