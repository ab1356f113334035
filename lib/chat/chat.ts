/**
 * The chat as its I/O layer uses it. Each function is one step: it changes the state and returns what
 * is to be done, in order. It reads no clock, opens no socket and awaits nothing.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { connect, createChat, receiveLine } from "./chat.ts";
 * import { DEFAULT_CONFIG } from "./config.ts";
 *
 * const env = { now: 0, messageId: () => "1" };
 * const chat = createChat(DEFAULT_CONFIG, env.now);
 * const client = connect(chat, "127.0.0.1", false, env);
 * const [action] = receiveLine(chat, client, new TextEncoder().encode("PING :hello"), env);
 * if (action?.kind !== "send") throw new TypeError("Expected an answer");
 * const bytes = action.line.bytes(client.variant);
 * assertEquals(new TextDecoder().decode(bytes), ":irc.localhost PONG irc.localhost :hello\r\n");
 * ```
 *
 * @module
 */

import type { Action, RehashAction, VerifyAction } from "./actions.ts";
import type { Client } from "./client.ts";
import { refuseLength } from "./commands/command.ts";
import { finishOper, reportRehash } from "./commands/oper.ts";
import { admit } from "./commands/registration.ts";
import { sendIsupport } from "./commands/server_info.ts";
import type { ChatConfig } from "./config.ts";
import { dismissAll, leaveNetwork } from "./departures.ts";
import { handleLine } from "./dispatch.ts";
import { ChatState } from "./state.ts";
import { type Env, Turn } from "./turn.ts";

/** Makes an empty server; `now` in milliseconds since 1970. */
export function createChat(config: ChatConfig, now: number): ChatState {
  return new ChatState(config, now);
}

/** Takes in a connection; nothing is sent until it speaks. */
export function connect(chat: ChatState, host: string, secure: boolean, env: Env): Client {
  return chat.addClient(host, secure, env.now);
}

/** Takes the step for one line of a client, without its line end; blank lines ask for nothing. */
export function receiveLine(
  chat: ChatState,
  client: Client,
  line: Uint8Array,
  env: Env,
): readonly Action[] {
  if (client.closed) return [];
  const turn = new Turn(chat, client, env);
  handleLine(turn, line);
  return turn.finish();
}

/** The step for a line that was longer than the reader keeps: 417. */
export function receiveOversizedLine(
  chat: ChatState,
  client: Client,
  env: Env,
): readonly Action[] {
  if (client.closed) return [];
  const turn = new Turn(chat, client, env);
  refuseLength(turn);
  return turn.finish();
}

/** The step for PING to a client that was silent for a while; any line of it proves that it lives. */
export function pingClient(chat: ChatState, client: Client, env: Env): readonly Action[] {
  if (client.closed) return [];
  const turn = new Turn(chat, client, env);
  turn.tell("PING", [], chat.config.name);
  return turn.finish();
}

/**
 * The step for connections that ended or are to be ended: by their peers, by a timeout, because a queue
 * or a flood is too large. The others read the reason as that of QUIT.
 */
export function disconnect(
  chat: ChatState,
  clients: readonly Client[],
  reason: string,
  env: Env,
): readonly Action[] {
  const [first] = clients;
  if (first === undefined) return [];
  const turn = new Turn(chat, first, env);
  leaveNetwork(turn, clients, reason);
  return turn.finish();
}

/** The last step of a server that stops: ERROR to everyone. */
export function shutDown(chat: ChatState, reason: string, env: Env): readonly Action[] {
  return dismissAll(chat, reason, env.now);
}

/** The step after a password was checked; an answer to a client that left meanwhile is ignored. */
export function answerVerification(
  chat: ChatState,
  verification: VerifyAction,
  accepted: boolean,
  env: Env,
): readonly Action[] {
  const { client, operator, label } = verification;
  if (client.awaiting !== verification) return [];
  client.awaiting = null;
  const turn = new Turn(chat, client, env);
  turn.label = label;
  if (operator === null) admit(turn, accepted);
  else finishOper(turn, accepted);
  return turn.finish();
}

/**
 * The step after REHASH read the configuration. Names and longer texts that exist already stay as they
 * are where limits were lowered; the name of the server must not change while it runs.
 *
 * @param outcome The new settings, or why there are none, in words that stand for themselves.
 */
export function finishRehash(
  chat: ChatState,
  { client, label }: RehashAction,
  outcome: ChatConfig | Error,
  env: Env,
): readonly Action[] {
  const news = outcome instanceof Error ? [] : reconfigure(chat, outcome, env);
  if (client.closed) return news;
  const turn = new Turn(chat, client, env);
  turn.label = label;
  reportRehash(turn, outcome instanceof Error ? outcome : null);
  return [...turn.finish(), ...news];
}

/** Puts new settings in force; everyone gets 005 anew if it says something else now. */
function reconfigure(chat: ChatState, config: ChatConfig, env: Env): Action[] {
  const before = chat.isupport.flat().join(" ");
  chat.config = config;
  if (chat.isupport.flat().join(" ") === before) return [];
  const registered = [...chat.clients].filter((client) => client.registered);
  return registered.flatMap((client) => {
    const turn = new Turn(chat, client, env);
    sendIsupport(turn);
    return turn.finish();
  });
}
