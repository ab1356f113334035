import type { Entry } from "../irc_client/entry.ts";

/** Where a conversation is shown: a terminal with windows, or the lines of a pipe. */
export interface Front extends Disposable {
  /** Takes an entry; it need not be visible before `flush`. */
  show(entry: Entry): void;
  /** The user looks at another window. */
  switched(): void;
  /** Makes visible what was taken. */
  flush(): void;
}
