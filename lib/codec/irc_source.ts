/**
 * The source of a message: a server name, or who a client is.
 *
 * ```text
 * nick [!user] [@host]
 * ```
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseSource } from "./irc_source.ts";
 *
 * assertEquals(parseSource("ann!~ann@::1"), { name: "ann", user: "~ann", host: "::1" });
 * assertEquals(parseSource("irc.example.org"), { name: "irc.example.org", user: null, host: null });
 * ```
 *
 * Source: https://modern.ircdocs.horse/#source
 *
 * @module
 */

/** A source, split; user and host are null where the line leaves them out. */
export interface IrcSource {
  /** A nickname, or a server name. */
  readonly name: string;
  /** The user name, `~` included. */
  readonly user: string | null;
  /** Host name, address or cloak. */
  readonly host: string | null;
}

/** Splits a source at its first `!` and the first `@` after that. */
export function parseSource(source: string): IrcSource {
  const at = source.indexOf("@");
  const beforeHost = at < 0 ? source : source.slice(0, at);
  const host = at < 0 ? null : source.slice(at + 1);
  const mark = beforeHost.indexOf("!");
  if (mark < 0) return { name: beforeHost, user: null, host };
  return { name: beforeHost.slice(0, mark), user: beforeHost.slice(mark + 1), host };
}
