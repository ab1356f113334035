/**
 * How a client leaves the network, whatever the cause: everyone who shares a channel with it gets one
 * QUIT, it gets ERROR, and its connection is closed.
 *
 * @module
 */

import type { Action } from "./actions.ts";
import { formatBody, Line } from "./line.ts";
import type { Client } from "./client.ts";
import type { ChatState } from "./state.ts";
import type { Turn } from "./turn.ts";
import { membersOfAny } from "./visibility.ts";

/**
 * Takes clients off the network, tells them and everyone concerned why, and has them closed. Of many that
 * leave together none hears of the others: a thousand members of one channel are a thousand lines for each
 * who stays, and not a million.
 */
export function leaveNetwork(turn: Turn, clients: readonly Client[], reason: string): void {
  const { state, env } = turn;
  const leaving = clients.filter(({ closed }) => !closed).map((client) => ({
    client,
    channels: [...client.channels.keys()],
    quit: client.registered ? turn.lineFrom(client, "QUIT", [], reason) : null,
  }));
  for (const { client, quit } of leaving) {
    if (quit !== null) rememberUser(state, client, env.now);
    removeClient(state, client);
  }
  for (const { client, channels, quit } of leaving) {
    if (quit !== null) turn.send(membersOfAny(state, channels), quit);
    turn.send([client], farewell(client, reason, env.now));
    turn.request({ kind: "close", client, reason });
  }
}

/** Takes everybody off at once, because the server ends: nobody is left who would hear of the others. */
export function dismissAll(state: ChatState, reason: string, now: number): Action[] {
  return [...state.clients].flatMap((client): Action[] => {
    const line = farewell(client, reason, now);
    removeClient(state, client);
    return [
      { kind: "send", to: [client], line, relayed: false },
      { kind: "close", client, reason },
    ];
  });
}

/** Remembers the nickname that a client gives up, for WHOWAS. */
export function rememberUser(state: ChatState, client: Client, now: number): void {
  const { nick, key, user, host, realname } = client;
  state.whowas.add({ nick, key, user, host, realname, leftAt: now }, state.config.limits.whowas);
}

/** What a connection is told that is not taken in, because its host has too many. */
export function refuseConnection(host: string): Uint8Array {
  return new Line(closingLink(host, "Too many connections from your host"), null).bytes(0);
}

function farewell(client: Client, reason: string, now: number): Line {
  return new Line(closingLink(client.host, reason), now);
}

function closingLink(host: string, reason: string): string {
  return formatBody(null, "ERROR", [], `Closing Link: ${host} (${reason})`);
}

function removeClient(state: ChatState, client: Client): void {
  for (const membership of [...client.channels.values()]) state.part(membership);
  for (const mode of [...client.modes]) state.setUserMode(client, mode, false);
  if (state.nicks.get(client.key) === client) state.nicks.delete(client.key);
  if (client.registered) state.census.registered--;
  state.clients.delete(client);
  client.closed = true;
  client.password = null;
  client.awaiting = null;
}
