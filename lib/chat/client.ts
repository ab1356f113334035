/**
 * A connection as the chat knows it: who it is, what it negotiated and where it is.
 *
 * @module
 */

import type { VerifyAction } from "./actions.ts";
import { variantOf } from "./capabilities.ts";
import type { Channel, Membership } from "./channel.ts";
import { fold } from "./names.ts";

/** The letters of user modes: bot, invisible, operator, wallops. */
export type UserMode = "B" | "i" | "o" | "w";

/** The nickname in replies to a client that has none yet. */
const NO_NICK = "*";

/** One connection; only the chat writes to it. */
export class Client {
  /** The nickname, or `*` as long as there is none. */
  nick: string = NO_NICK;
  /** The folded nickname: its key in the state; empty as long as there is none. */
  key = "";
  /** The user name with its `~`; empty until USER. */
  user = "";
  /** `nick!user@host`, once registered. */
  source = "";
  /** The folded source, for masks. */
  foldedSource = "";
  /** Whether 001 was sent. */
  registered = false;
  /** Whether the connection is over for the chat. */
  closed = false;
  /** Whether CAP holds the registration open. */
  negotiating = false;
  /** The version of CAP LS; 302 brings continuation lines and cap-notify. */
  capVersion = 0;
  /** The last parameter of PASS, until it is checked. */
  password: string | null = null;
  /** Whether the server password was right. */
  admitted = false;
  /** The check that is under way. */
  awaiting: VerifyAction | null = null;
  /** Wrong passwords for OPER. */
  operFailures = 0;
  /** User modes that are set. */
  readonly modes: Set<UserMode> = new Set();
  /** The away message, or null. */
  away: string | null = null;
  /** When it last sent a message, in milliseconds since 1970. */
  spokeAt: number;
  /** Where it is. */
  readonly channels: Map<Channel, Membership> = new Map();
  /**
   * Where it was invited, oldest first, and whether somebody who runs the channel did so: only that opens
   * an invite-only channel. Channels that ceased to exist count no more.
   */
  readonly invites: Map<Channel, boolean> = new Map();
  /** The number of the walk that saw this client last, so that a walk over channels sees nobody twice. */
  walk = 0;

  #realname = "";
  #foldedRealname = "";
  #caps = 0;
  #variant = 0;

  /**
   * Makes a connection that has said nothing yet.
   *
   * @param id A number that no other connection of this server has, for the maps of the I/O layer.
   * @param host The address that others see, ready to be sent as a parameter.
   * @param secure Whether the connection is encrypted.
   * @param connectedAt When it was accepted, in milliseconds since 1970.
   */
  constructor(
    readonly id: number,
    readonly host: string,
    readonly secure: boolean,
    readonly connectedAt: number,
  ) {
    this.spokeAt = connectedAt;
  }

  /** The real name. */
  get realname(): string {
    return this.#realname;
  }

  set realname(name: string) {
    this.#realname = name;
    this.#foldedRealname = fold(name);
  }

  /** The folded real name, for masks. */
  get foldedRealname(): string {
    return this.#foldedRealname;
  }

  /** The negotiated capabilities, as bits. */
  get caps(): number {
    return this.#caps;
  }

  set caps(caps: number) {
    this.#caps = caps;
    this.#variant = variantOf(caps);
  }

  /** Which encoded form of a line this client gets. */
  get variant(): number {
    return this.#variant;
  }

  /** Whether all the given capability bits are negotiated. */
  has(caps: number): boolean {
    return (this.#caps & caps) === caps;
  }
}
