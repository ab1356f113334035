import { formatHostPort } from "../net/address.ts";
import { listenerKind, type ListenOptions, listenSpecial } from "../net/listen.ts";
import { announce } from "./announce.ts";
import { explainListen } from "./explain_socket.ts";
import type { Launch } from "./rerun.ts";

/**
 * Opens a stream server's listener and announces it: TLS or Unix if the options say so, otherwise what
 * `listenPlain` opens, so that the script shows its own `Deno.listen`.
 *
 * @throws {CommandError} If it cannot be opened.
 */
export function openListener(
  options: ListenOptions,
  launch: Launch,
  listenPlain: (options: ListenOptions) => Deno.Listener,
): Deno.Listener {
  let listener: Deno.Listener;
  try {
    listener = listenSpecial(options) ?? listenPlain(options);
  } catch (error) {
    throw explainListen(error, whereToListen(options), launch);
  }
  announce(listener.addr, listenerKind(options));
  return listener;
}

/** The address that was asked for, as it would be announced. */
export function whereToListen({ unix, host, port }: ListenOptions): string {
  return unix ?? formatHostPort(host, port);
}
