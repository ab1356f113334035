import { detached } from "./detached.ts";
import type { Entry } from "./entry.ts";
import { Scrollback } from "./scrollback.ts";

/** Somebody in a channel. */
export interface Member {
  /** The nickname as its owner writes it. */
  readonly nick: string;
  /** Symbols of rank, highest first: `@+`. */
  readonly prefixes: string;
  /** Whether away, as far as known (away-notify). */
  readonly away: boolean;
}

/** Members by folded nickname. */
export type MemberTable = Map<string, Member>;

/** The server's own window, a channel, or a talk with one person. */
export interface Window {
  /** Channel or nickname; empty for the server. */
  name: string;
  /** What it is. */
  readonly kind: "server" | "channel" | "query";
  /** Whether the channel is joined; queries are always open. */
  joined: boolean;
  /** Whether it is to be joined again when the connection comes back. */
  wanted: boolean;
  /** The key that it was joined with, if any. */
  key: string;
  /** The channel's topic. */
  topic: string;
  /** Who is in the channel. */
  readonly members: MemberTable;
  /** Members that a list of names under way has told so far. */
  names: MemberTable | undefined;
  /** What was shown. */
  readonly scrollback: Scrollback;
  /** Messages since it was looked at last. */
  unread: number;
  /** Those of them that call for the user. */
  mentions: number;
  /** Whether it was ever looked at. */
  seen: boolean;
  /** When the connection was lost while it was joined, until it is joined again. */
  lostAt: number | undefined;
}

/** Windows that are kept: a server can put its client into channels, and anybody can write to it. */
export const MAX_WINDOWS = 60;
/**
 * Members of all channels that are kept, those of lists under way included; the largest channels of the
 * largest networks have some thousand.
 */
export const MAX_MEMBERS = 40_000;
/** Characters of a nickname that is kept; servers allow some thirty. */
export const MAX_NAME = 128;

/** What is counted as unread: what somebody said. */
const UNREAD: readonly string[] = ["message", "action", "notice"];

/** The windows in their order, the server's own first, and which of them is looked at. */
export class Windows {
  /** All of them. */
  readonly list: Window[] = [newWindow("", "server")];
  #current = 0;

  /**
   * Makes the server's window.
   *
   * @param fold The form of a name that is the same for all equal names.
   */
  constructor(readonly fold: (name: string) => string) {}

  /** The one that is looked at. */
  get current(): Window {
    return this.list[this.#current] ?? this.server;
  }

  /** Its place, from 0. */
  get currentIndex(): number {
    return this.#current;
  }

  /** The server's own. */
  get server(): Window {
    return this.list[0]!;
  }

  /** The channels. */
  get channels(): Window[] {
    return this.list.filter(({ kind }) => kind === "channel");
  }

  /** The window of that name. */
  find(name: string): Window | undefined {
    const key = this.fold(name);
    return name === "" ? this.server : this.list.find((window) => this.fold(window.name) === key);
  }

  /** The channel of that name, if it is joined. */
  joined(name: string): Window | undefined {
    const window = this.find(name);
    return window?.kind === "channel" && window.joined ? window : undefined;
  }

  /** The window of that name, a new one if need be, or `undefined` if there are too many. */
  open(name: string, kind: "channel" | "query"): Window | undefined {
    const known = this.find(name);
    if (known !== undefined) return known;
    if (this.list.length >= MAX_WINDOWS) return undefined;
    const window = newWindow(name, kind);
    this.list.push(window);
    return window;
  }

  /** Closes a window; the one before it is looked at if that was the current one. */
  close(window: Window): void {
    const index = this.list.indexOf(window);
    if (index < 1) return;
    this.list.splice(index, 1);
    if (this.#current >= index) this.#current--;
    this.#look();
  }

  /** Looks at another window; returns false if there is none at that place. */
  switchTo(index: number): boolean {
    if (this.list[index] === undefined) return false;
    this.#current = index;
    this.#look();
    return true;
  }

  /** Adds somebody to a channel's members, or to a list of them; not if that is too much to remember. */
  remember(table: MemberTable, member: Member): void {
    const key = this.fold(member.nick);
    if (member.nick === "" || member.nick.length > MAX_NAME) return;
    if (!table.has(key) && this.#membersKnown() >= MAX_MEMBERS) return;
    const nick = detached(member.nick);
    table.set(detached(key), { ...member, nick, prefixes: detached(member.prefixes) });
  }

  #membersKnown(): number {
    return this.list.reduce(
      (sum, { members, names }) => sum + members.size + (names?.size ?? 0),
      0,
    );
  }

  /** Keeps an entry in its window, and counts it if nobody looks. */
  keep(entry: Entry): Window {
    const window = this.find(entry.window) ?? this.server;
    window.scrollback.add(entry);
    if (window !== this.current && UNREAD.includes(entry.kind) && !entry.own) {
      window.unread++;
      if (entry.mention) window.mentions++;
    }
    return window;
  }

  #look(): void {
    this.current.unread = 0;
    this.current.mentions = 0;
  }
}

function newWindow(name: string, kind: Window["kind"]): Window {
  return {
    name,
    kind,
    joined: false,
    wanted: false,
    key: "",
    topic: "",
    members: new Map(),
    names: undefined,
    scrollback: new Scrollback(),
    unread: 0,
    mentions: 0,
    seen: false,
    lostAt: undefined,
  };
}
