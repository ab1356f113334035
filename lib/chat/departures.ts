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
import { peersOf } from "./visibility.ts";

/** Takes a client off the network, tells it and everyone concerned why, and has it closed. */
export function leaveNetwork(turn: Turn, client: Client, reason: string): void {
  if (client.closed) return;
  if (client.registered) {
    const peers = peersOf(turn.state, client);
    turn.send(peers, turn.lineFrom(client, "QUIT", [], reason));
    rememberUser(turn.state, client, turn.env.now);
  }
  turn.send([client], farewell(client, reason, turn.env.now));
  removeClient(turn.state, client);
  turn.request({ kind: "close", client, reason });
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

function farewell(client: Client, reason: string, now: number): Line {
  const body = formatBody(null, "ERROR", [], `Closing Link: ${client.host} (${reason})`);
  return new Line(body, now);
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
