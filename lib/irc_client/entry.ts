/** What an entry can tell of. Programs read these words as `event` in JSON: they are an interface. */
export const ENTRY_KINDS = [
  "message",
  "action",
  "notice",
  "join",
  "part",
  "quit",
  "split",
  "nick",
  "topic",
  "kick",
  "mode",
  "invite",
  "away",
  "names",
  "user",
  "reply",
  "motd",
  "error",
  "status",
  "gap",
] as const;

/** What an entry tells of. */
export type EntryKind = typeof ENTRY_KINDS[number];

/** One thing to show in one window: text from peers is in here as it came, and is made safe where it is shown. */
export interface Entry {
  /** What it tells of. */
  readonly kind: EntryKind;
  /** Name of the window that it belongs to; empty for the server's own. */
  readonly window: string;
  /** When it happened: milliseconds since 1970, by the server's clock where it says so (server-time). */
  readonly time: number;
  /** Nickname or server that it came from; empty if it came from here. */
  readonly from: string;
  /** What was said, or the event in words. */
  readonly text: string;
  /** Whether it was done by this client's user. */
  readonly own: boolean;
  /** Whether it calls for the user: the nickname is in it, or it was said to nobody else. */
  readonly mention: boolean;
  /** The parts of the event for programs, by name. */
  readonly data: Readonly<Record<string, string | number | readonly string[]>>;
}
