/**
 * What the chat server logs beyond comings and goings of connections. Whatever clients chose themselves is
 * escaped, and no password is among it.
 *
 * @module
 */

import type { Client } from "../chat/client.ts";
import { escapeForDisplay } from "../codec/text.ts";
import type { ServeEvent } from "../net/serve_options.ts";

/** A client is a user of the network from now on. */
export function hasRegistered({ nick, source }: Client, peer: string): ServeEvent {
  return { event: "registered", message: `Registered ${source} (${peer})`, peer, nick };
}

/** A client is off the network; its connection ends when everything is sent. */
export function hasLeft({ nick }: Client, peer: string, reason: string): ServeEvent {
  const shown = escapeForDisplay(reason);
  return { event: "left", message: `${nick} left (${peer}): ${shown}`, peer, nick, reason: shown };
}

/**
 * A password was checked.
 *
 * @param operator The name given with OPER, or null for the password of the server.
 */
export function gavePassword(operator: string | null, peer: string, accepted: boolean): ServeEvent {
  const what = operator === null ? "the server" : `operator "${escapeForDisplay(operator)}"`;
  const outcome = accepted ? "right" : "wrong";
  return {
    event: "password",
    message: `Password of ${what} from ${peer}: ${outcome}`,
    peer,
    outcome,
  };
}
