import type { Entry } from "../irc_client/entry.ts";
import { entryJson, entryLine } from "../irc_client/entry_text.ts";
import type { Front } from "./front.ts";

/** How a pipe is written. */
export interface PipeOptions {
  /** Everything as JSON, one object a line. */
  readonly json: boolean;
  /** Only what people say, and errors. */
  readonly quiet: boolean;
  /** Prints a line on standard output. */
  readonly result: (line: string) => void;
  /** Prints a line on standard error. */
  readonly note: (line: string) => void;
  /** What the program is about to end with, and says itself then. */
  readonly lastWords: () => string | undefined;
}

const SAID: readonly Entry["kind"][] = ["message", "action", "notice"];

/**
 * Shows what others say as results, one line each, and all the rest as notes. What the user said itself
 * is left out: the program at the other end of the pipe knows it.
 */
export function pipeFront({ json, quiet, result, note, lastWords }: PipeOptions): Front {
  /** The note of what came last: at the end of all that came at once, it is known what it led to. */
  let held: string | undefined;

  function flush(): void {
    const last = lastWords();
    if (held !== undefined && (last === undefined || !held.endsWith(` ${last}`))) note(held);
    held = undefined;
  }

  function show(entry: Entry): void {
    if (json) return result(entryJson(entry));
    // What a server says of itself stands in its own window, and is no talk.
    if (SAID.includes(entry.kind) && entry.window !== "") {
      if (!entry.own) result(entryLine(entry));
    } else if (!quiet || entry.kind === "error") {
      flush();
      held = entryLine(entry);
    }
  }
  return { show, switched(): void {}, flush, [Symbol.dispose]: flush };
}
