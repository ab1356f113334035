/**
 * What the operator of the server decides, as the pure half needs it. Reading and checking a file is
 * the script's business; a rehash hands in a new value.
 *
 * @module
 */

import { type ChatLimits, DEFAULT_LIMITS } from "./limits.ts";

/** Who may become an operator with OPER. */
export interface OperatorConfig {
  /** The first parameter of OPER. */
  readonly name: string;
  /** What the password is checked against; only the I/O layer looks into it. */
  readonly secret: string;
  /** Masks of `user@host` from which OPER is accepted, `*` for anywhere. */
  readonly hosts: readonly string[];
}

/** The settings of a running server. */
export interface ChatConfig {
  /** The server's name, the source of its messages: at most 63 bytes, a dot in it, no space. */
  readonly name: string;
  /** The name of the network, one word. */
  readonly network: string;
  /** Name and version of the software, one word. */
  readonly version: string;
  /** One line about the server, for WHOIS and LINKS. */
  readonly description: string;
  /** The message of the day by line, or null if there is none. */
  readonly motd: readonly string[] | null;
  /** Place, organisation and address for ADMIN, or null if there is no such information. */
  readonly admin: readonly [location: string, organisation: string, email: string] | null;
  /** What the password of PASS is checked against, or null if none is needed. */
  readonly secret: string | null;
  /** Who may become an operator. */
  readonly operators: readonly OperatorConfig[];
  /** What REHASH says that it reads. */
  readonly configFile: string;
  /** The caps. */
  readonly limits: ChatLimits;
}

/** A server that anyone may use and nobody can operate. */
export const DEFAULT_CONFIG: ChatConfig = {
  name: "irc.localhost",
  network: "Localhost",
  version: "chat-server-0.1.0",
  description: "A chat server for Deno",
  motd: null,
  admin: null,
  secret: null,
  operators: [],
  configFile: "none",
  limits: DEFAULT_LIMITS,
};
