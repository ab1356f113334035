#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * A chat server that speaks IRC (RFC 1459, RFC 2812, https://modern.ircdocs.horse, IRCv3), so that any
 * client in the world can join: irssi, WeeChat, HexChat, ii, a phone app, or `nc`.
 *
 *     deno task chat-server                     Listening on 127.0.0.1:6667 (tcp)
 *     nc 127.0.0.1 6667                         type: NICK ann, USER ann 0 * :Ann, JOIN #lobby
 *     irssi -c 127.0.0.1 -n bob                 type: /join #lobby
 *
 * Look for the way that a line takes. What chat *means* stands in `lib/chat`, which knows no sockets: a
 * line of a client goes in, a list of actions comes out. This script is what stands around it:
 * - `serve` reads from one client; flood control hands its lines on, one by one;
 * - `perform` puts what comes out of a step into the queues of those who are to hear it, and waits for
 *   nobody: a client that reads slowly fills its own queue and, in the end, loses its connection;
 * - `check` looks at the clock, because a client that says nothing may be gone.
 *
 * @module
 */
import type { Action, CloseAction, VerifyAction } from "../lib/chat/actions.ts";
import * as chat from "../lib/chat/chat.ts";
import type { Client } from "../lib/chat/client.ts";
import type { ChatConfig } from "../lib/chat/config.ts";
import { refuseConnection } from "../lib/chat/departures.ts";
import type { Settings } from "../lib/chat/settings.ts";
import type { ChatState } from "../lib/chat/state.ts";
import type { Env } from "../lib/chat/turn.ts";
import type { TrafficLimits } from "../lib/chat/traffic.ts";
import { askNewSecret } from "../lib/cli/ask_secret.ts";
import { CHAT_FLAGS } from "../lib/cli/chat_flags.ts";
import { chatSettings, planChat } from "../lib/cli/chat_settings.ts";
import { endServer } from "../lib/cli/end_server.ts";
import { EXIT } from "../lib/cli/exit.ts";
import { type CommandLine, NO_POSITIONALS } from "../lib/cli/flags.ts";
import { createLog } from "../lib/cli/log.ts";
import { openListener } from "../lib/cli/open_listener.ts";
import { printResult } from "../lib/cli/output.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { serveLimits } from "../lib/cli/server_flags.ts";
import { stopSignal } from "../lib/cli/shutdown.ts";
import { createEnv } from "../lib/irc/env.ts";
import { gavePassword, hasLeft, hasRegistered } from "../lib/irc/events.ts";
import { Session } from "../lib/irc/session.ts";
import { Admission } from "../lib/net/admission.ts";
import type { Connection } from "../lib/net/connection.ts";
import { FlushRound } from "../lib/net/flush_round.ts";
import type { PacedLine } from "../lib/net/paced_lines.ts";
import { hashPassword, PasswordChecker } from "../lib/net/password.ts";
import { serve } from "../lib/net/serve.ts";
import {
  type Handler,
  SERVE_LIMITS,
  type ServeEvent,
  type ServeOptions,
  type ServeTotals,
} from "../lib/net/serve_options.ts";
import { sumTotals } from "../lib/net/sum_totals.ts";

/** Milliseconds between two looks at the clock; fewer where a limit is shorter. */
const CHECK_INTERVAL = 1_000;

/** How to serve, beside the settings. */
export interface ChatOptions extends ServeOptions {
  /** Reads the settings anew, or throws what is wrong with them. */
  readonly reload: () => Settings;
}

/** An open listener. */
export interface Door {
  /** Where clients come in. */
  readonly listener: Deno.Listener;
  /** Whether it speaks TLS. */
  readonly secure: boolean;
}

/** All that stands between the sockets and the chat. */
class ChatServer {
  readonly #chat: ChatState;
  readonly #env: Env;
  readonly #options: ChatOptions;
  readonly #admission: Admission;
  readonly #sessions = new Map<Client, Session>();
  readonly #round = new FlushRound();
  readonly #passwords = new PasswordChecker();
  #traffic: TrafficLimits;

  constructor({ chat: config, traffic }: Settings, options: ChatOptions, admission: Admission) {
    this.#env = createEnv();
    this.#chat = chat.createChat(config, this.#env.now);
    this.#traffic = traffic;
    this.#options = options;
    this.#admission = admission;
  }

  /** Serves one client until its connection is over. */
  async serve(connection: Connection, secure: boolean): Promise<void> {
    if (this.#options.signal.aborted) return;
    const client = chat.connect(this.#chat, connection.host, secure, this.#env);
    const hear = (line: PacedLine): void => this.#hear(client, line);
    const session = new Session(connection, { traffic: this.#traffic, round: this.#round, hear });
    this.#sessions.set(client, session);
    try {
      await session.listen(() => this.#drop(client, "Excess Flood"));
      // It has finished sending, and may still read what its last lines brought about.
      this.#drop(client, "Connection closed");
    } catch (error) {
      this.#drop(client, "Connection lost");
      throw error;
    } finally {
      await session.finished;
      this.#sessions.delete(client);
    }
  }

  /** Looks at everybody's clock. */
  check(): void {
    const now = performance.now();
    for (const [client, session] of this.#sessions) {
      const verdict = session.judge(now, client.registered);
      if (verdict === "ask") this.#perform(chat.pingClient(this.#chat, client, this.#env));
      else if (verdict !== "fine") this.#drop(client, verdict.reason);
    }
  }

  /** Says goodbye to everybody. */
  stop(): void {
    this.#perform(chat.shutDown(this.#chat, "Server is stopping", this.#env));
  }

  /** One line of a client is one step of the chat. */
  #hear(client: Client, line: PacedLine): void {
    const was = client.registered;
    const step = line === "overlong"
      ? chat.receiveOversizedLine(this.#chat, client, this.#env)
      : chat.receiveLine(this.#chat, client, line, this.#env);
    this.#perform(step);
    this.#logRegistration(client, was);
  }

  /** Does what a step asks for, and then ends those who cannot take it, until all others can. */
  #perform(actions: readonly Action[]): void {
    for (let full = this.#deliver(actions); full.size > 0;) {
      // What they do not read they will not miss, and the reason needs room.
      for (const client of full) this.#session(client).discard();
      full = this.#deliver(chat.disconnect(this.#chat, [...full], "SendQ exceeded", this.#env));
    }
  }

  /** Does what a step asks for, and returns those whose queues are full. */
  #deliver(actions: readonly Action[]): Set<Client> {
    const full = new Set<Client>();
    for (const action of actions) {
      switch (action.kind) {
        case "send":
          for (const client of action.to) {
            const bytes = action.line.bytes(client.variant);
            const room = this.#session(client).send(bytes, client.closed);
            if (!room) full.add(client);
          }
          break;
        case "close":
          this.#close(action);
          break;
        case "verify":
          // Not awaited: it does not throw, and the next lines of this client wait for it.
          this.#verify(action);
          break;
        case "rehash":
          this.#perform(chat.finishRehash(this.#chat, action, this.#reload(), this.#env));
          break;
        case "charge":
          this.#session(action.client).charge(action.commands);
      }
    }
    return full;
  }

  /** Ends a client for a reason that everybody reads; for one that has left already, nothing happens. */
  #drop(client: Client, reason: string): void {
    this.#perform(chat.disconnect(this.#chat, [client], reason, this.#env));
  }

  #close({ client, reason }: CloseAction): void {
    const session = this.#session(client);
    this.#log(hasLeft(client, session.peer, reason));
    session.end();
  }

  /** Checks a password, which takes a while; the client's next lines wait until then. */
  async #verify(action: VerifyAction): Promise<void> {
    const { client, operator, password, secret } = action;
    const session = this.#session(client);
    const { peer } = session;
    session.pause();
    const accepted = await this.#passwords.check(password, secret, () => !client.closed);
    if (client.closed) return;
    this.#log(gavePassword(operator, peer, accepted));
    const was = client.registered;
    this.#perform(chat.answerVerification(this.#chat, action, accepted, this.#env));
    this.#logRegistration(client, was);
    session.resume();
  }

  /** Reads the settings again: the chat's count at once, those of connections for newcomers only. */
  #reload(): ChatConfig | Error {
    try {
      const { chat: config, traffic } = this.#options.reload();
      if (config.name !== this.#chat.config.name) {
        const fault = "the name of a server cannot change while it runs";
        return new Error(`Cannot use the configuration: ${fault}`);
      }
      this.#traffic = traffic;
      this.#admission.maxPerHost = traffic.connectionsPerHost;
      return config;
    } catch (error) {
      return error as Error;
    }
  }

  #session(client: Client): Session {
    const session = this.#sessions.get(client);
    if (session === undefined) throw new Error("Cannot find the connection of a client");
    return session;
  }

  #logRegistration(client: Client, was: boolean): void {
    if (!was && client.registered) this.#log(hasRegistered(client, this.#session(client).peer));
  }

  #log(event: ServeEvent): void {
    this.#options.log?.(event);
  }
}

/** Serves one chat on all listeners until the signal stops it. */
export async function serveChat(
  doors: readonly Door[],
  settings: Settings,
  options: ChatOptions,
): Promise<ServeTotals> {
  const { connectionsPerHost, registrationTime, pingInterval, pingTimeout } = settings.traffic;
  const admission = new Admission({ ...SERVE_LIMITS, ...options, maxPerHost: connectionsPerHost });
  const server = new ChatServer(settings, options, admission);
  const waits = [registrationTime, pingInterval, pingTimeout].filter((time) => time > 0);
  const timer = setInterval(
    () => server.check(),
    Math.min(CHECK_INTERVAL, ...waits.map((time) => time / 4)),
  );
  const stop = (): void => server.stop();
  options.signal.addEventListener("abort", stop, { once: true });
  try {
    return sumTotals(
      await Promise.all(doors.map(({ listener, secure }) => {
        const serveClient: Handler = (connection) => server.serve(connection, secure);
        const serving = { idleTimeout: 0, ...options, admission, refusal: refuseConnection };
        return serve(listener, serveClient, serving);
      })),
    );
  } finally {
    clearInterval(timer);
    options.signal.removeEventListener("abort", stop);
  }
}

const PROGRAM: Program<typeof CHAT_FLAGS> = {
  name: "chat-server",
  summary: "a chat server that any IRC client can join",
  positionals: NO_POSITIONALS,
  flags: CHAT_FLAGS,
  examples: [
    ["deno task chat-server", "listens on 127.0.0.1:6667"],
    ["deno task chat-server --name irc.example.org --network Example", "with names of its own"],
    ["deno task chat-server --hash-password", "prints a hash for the configuration file"],
  ],
};

async function main({ flags }: CommandLine<typeof CHAT_FLAGS>): Promise<number> {
  if (flags["hash-password"]) {
    printResult(await hashPassword(await askNewSecret()));
    return EXIT.done;
  }
  const { settings, places, launch } = planChat(flags, import.meta.url);
  const log = createLog(flags);
  const signal = stopSignal();
  const doors = places.map((place) => {
    const listener = openListener(place, launch, ({ host, port, backlog }) => {
      return Deno.listen({ hostname: host, port, tcpBacklog: backlog });
    });
    return { listener, secure: place.tls !== undefined };
  });
  const limits = serveLimits({ ...flags, host: "", port: 0, "max-per-host": 0 });
  const reload = (): Settings => chatSettings(flags, launch);
  return endServer(await serveChat(doors, settings, { ...limits, log, signal, reload }), flags);
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
