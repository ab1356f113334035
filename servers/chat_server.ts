#!/usr/bin/env -S deno run --allow-net=127.0.0.0/8,[::1],localhost
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
import type { Settings } from "../lib/chat/settings.ts";
import type { ChatState } from "../lib/chat/state.ts";
import type { Env } from "../lib/chat/turn.ts";
import { askNewSecret } from "../lib/cli/ask_secret.ts";
import { CHAT_FLAGS, chatSettings, planChat } from "../lib/cli/chat_settings.ts";
import { endServer } from "../lib/cli/end_server.ts";
import { EXIT } from "../lib/cli/exit.ts";
import { type CommandLine, NO_POSITIONALS } from "../lib/cli/flags.ts";
import { createLog } from "../lib/cli/log.ts";
import { openListener } from "../lib/cli/open_listener.ts";
import { printResult } from "../lib/cli/output.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { listenOptions, serveLimits } from "../lib/cli/server_flags.ts";
import { stopSignal } from "../lib/cli/shutdown.ts";
import { MAX_CLIENT_TAG_BYTES, MAX_MESSAGE_BYTES } from "../lib/codec/irc_message.ts";
import { escapeForDisplay } from "../lib/codec/text.ts";
import { Admission } from "../lib/net/admission.ts";
import type { Connection } from "../lib/net/connection.ts";
import { FlushRound } from "../lib/net/flush_round.ts";
import { type PacedLine, PacedLines } from "../lib/net/paced_lines.ts";
import { hashPassword, PasswordChecker } from "../lib/net/password.ts";
import { SendQueue } from "../lib/net/send_queue.ts";
import { serve } from "../lib/net/serve.ts";
import {
  SERVE_LIMITS,
  type ServeEvent,
  type ServeOptions,
  type ServeTotals,
} from "../lib/net/serve_options.ts";
import { sumTotals } from "../lib/net/sum_totals.ts";
import { TokenBucket } from "../lib/net/token_bucket.ts";

/** Bytes of a read: people type lines, and ten thousand silent clients take 20 MB of it. */
const READ_BUFFER = 2048;
/** Bytes of the longest line that a client may send, without its line end. */
const MAX_LINE = MAX_CLIENT_TAG_BYTES + MAX_MESSAGE_BYTES - 2;
/** Milliseconds that a client has to take its last lines; then as many again to close, as it should. */
const CLOSE_TIME = 2_000;
/** Milliseconds between two looks at the clock; fewer where a limit is shorter. */
const CHECK_INTERVAL = 1_000;

/** One client, from accept to close. */
interface Session {
  readonly connection: Connection;
  readonly client: Client;
  /** Its lines on the way in. */
  readonly input: PacedLines;
  /** Lines on the way to it. */
  readonly output: SendQueue;
  /** When it was accepted, by `performance.now()` as all times here. */
  readonly openedAt: number;
  /** When its last line came. */
  heardAt: number;
  /** When it was asked whether it is still there; null since it has said something. */
  pingedAt: number | null;
  /** When its connection is cut, whatever is unsent. */
  closeBy: number;
}

/** How to serve, beside the settings. */
export interface ChatOptions extends ServeOptions {
  /** Reads the settings anew, or throws what is wrong with them. */
  readonly reload: () => Settings;
}

/** An open listener. */
export interface Door {
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
  #settings: Settings;

  constructor(settings: Settings, options: ChatOptions, admission: Admission) {
    const started = Date.now();
    let messages = 0;
    this.#env = {
      get now() {
        return Date.now();
      },
      messageId: () => `${started.toString(36)}-${(++messages).toString(36)}`,
    };
    this.#chat = chat.createChat(settings.chat, started);
    this.#settings = settings;
    this.#options = options;
    this.#admission = admission;
  }

  /** Serves one client until its connection is over. */
  async serve(connection: Connection, secure: boolean): Promise<void> {
    if (this.#options.signal.aborted) return;
    const { client, input, output } = this.#open(connection, secure);
    try {
      const buffer = new Uint8Array(READ_BUFFER);
      for (let count; (count = await connection.read(buffer)) !== null;) {
        if (!input.push(buffer.subarray(0, count))) this.#drop(client, "Excess Flood");
      }
      // It has finished sending, and may still read what its last lines bring about.
      await input.idle();
      this.#drop(client, "Connection closed");
    } catch (error) {
      this.#drop(client, "Connection lost");
      throw output.failure ?? error;
    } finally {
      await output.finished;
      this.#sessions.delete(client);
    }
  }

  /** Looks at everybody's clock. */
  checkAll(): void {
    const now = performance.now();
    for (const session of this.#sessions.values()) this.#check(session, now);
  }

  /** Says goodbye to everybody. */
  stop(): void {
    this.#perform(chat.shutDown(this.#chat, "Server is stopping", this.#env));
  }

  #open(connection: Connection, secure: boolean): Session {
    const { sendQueue, receiveQueue, floodBurst, floodRate } = this.#settings.traffic;
    const now = performance.now();
    const session: Session = {
      connection,
      client: chat.connect(this.#chat, connection.host, secure, this.#env),
      input: new PacedLines({
        maxLine: MAX_LINE,
        maxWaiting: receiveQueue,
        bucket: new TokenBucket({ burst: floodBurst, perSecond: floodRate }, now),
        handle: (line) => this.#hear(session, line),
      }),
      output: new SendQueue(connection, { maxBytes: sendQueue, round: this.#round }),
      openedAt: now,
      heardAt: now,
      pingedAt: null,
      closeBy: Infinity,
    };
    this.#sessions.set(session.client, session);
    return session;
  }

  /** One line of a client is one step of the chat. */
  #hear(session: Session, line: PacedLine): void {
    const { client } = session;
    session.heardAt = performance.now();
    session.pingedAt = null;
    const actions = line === "overlong"
      ? chat.receiveOversizedLine(this.#chat, client, this.#env)
      : chat.receiveLine(this.#chat, client, line, this.#env);
    this.#perform(actions);
  }

  /** Does what a step asks for, and then ends those who cannot take it. */
  #perform(actions: readonly Action[]): void {
    const full: Client[] = [];
    for (const action of actions) {
      switch (action.kind) {
        case "send":
          for (const client of action.to) {
            const { output } = this.#session(client);
            if (!output.push(action.line.bytes(client.variant))) full.push(client);
          }
          break;
        case "close":
          this.#close(action);
          break;
        case "verify":
          this.#verify(action);
          break;
        case "rehash":
          this.#perform(chat.finishRehash(this.#chat, action, this.#reload(), this.#env));
      }
    }
    for (const client of full) {
      // What it does not read, it will not miss: that makes room for the reason.
      if (!client.closed) this.#session(client).output.discard();
      this.#drop(client, "SendQ exceeded");
    }
  }

  /** Ends a client for a reason that everybody reads; one that is gone already stays as it is. */
  #drop(client: Client, reason: string): void {
    this.#perform(chat.disconnect(this.#chat, client, reason, this.#env));
  }

  /** The chat is done with a client: what it has still to get goes out, and then the FIN. */
  #close({ client, reason }: CloseAction): void {
    const session = this.#session(client);
    const { connection: { peer }, input, output } = session;
    const shown = escapeForDisplay(reason);
    this.#log({
      event: "left",
      message: `${client.nick} left (${peer}): ${shown}`,
      peer,
      nick: client.nick,
      reason: shown,
    });
    input.stop();
    output.end();
    session.closeBy = performance.now() + CLOSE_TIME;
    output.finished.then(() => session.closeBy = performance.now() + CLOSE_TIME);
  }

  /** Checks a password; meanwhile, the client's next lines wait. */
  async #verify(action: VerifyAction): Promise<void> {
    const { client, operator, password, secret } = action;
    const { connection: { peer }, input } = this.#session(client);
    input.pause();
    const accepted = await this.#passwords.check(password, secret);
    const what = operator === null ? "the server" : `operator "${escapeForDisplay(operator)}"`;
    const outcome = accepted ? "right" : "wrong";
    this.#log({
      event: "password",
      message: `Password of ${what} from ${peer}: ${outcome}`,
      peer,
      outcome,
    });
    this.#perform(chat.answerVerification(this.#chat, action, accepted, this.#env));
    input.resume();
  }

  /** Reads the settings again; they count at once, for connections that exist as far as they can. */
  #reload(): Settings["chat"] | Error {
    try {
      const settings = this.#options.reload();
      if (settings.chat.name !== this.#settings.chat.name) {
        return new Error("the name of the server cannot change while it runs");
      }
      this.#settings = settings;
      this.#admission.maxPerHost = settings.traffic.connectionsPerHost;
      return settings.chat;
    } catch (error) {
      return error as Error;
    }
  }

  /** Whether a client is late: with its leave, with reading, with its registration, with a sign of life. */
  #check(session: Session, now: number): void {
    const { client, connection, output } = session;
    const { registrationTime, pingInterval, pingTimeout } = this.#settings.traffic;
    if (client.closed) {
      if (now > session.closeBy) connection.cut("the peer did not close");
    } else if (output.stalledFor(now) > pingTimeout) {
      this.#drop(client, "Write timeout");
    } else if (!client.registered) {
      const late = registrationTime > 0 && now - session.openedAt > registrationTime;
      if (late) this.#drop(client, "Registration timeout");
    } else if (session.pingedAt !== null) {
      const silence = Math.round((now - session.heardAt) / 1000);
      if (now - session.pingedAt > pingTimeout) {
        this.#drop(client, `Ping timeout: ${silence} seconds`);
      }
    } else if (pingInterval > 0 && now - session.heardAt > pingInterval) {
      session.pingedAt = now;
      this.#perform(chat.pingClient(this.#chat, client, this.#env));
    }
  }

  #session(client: Client): Session {
    const session = this.#sessions.get(client);
    if (session === undefined) throw new Error("Cannot find the connection of a client");
    return session;
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
  const timer = setInterval(() => server.checkAll(), Math.min(CHECK_INTERVAL, ...waits) / 2);
  options.signal.addEventListener("abort", () => server.stop(), { once: true });
  try {
    return sumTotals(
      await Promise.all(doors.map(({ listener, secure }) => {
        return serve(listener, (client) => server.serve(client, secure), { ...options, admission });
      })),
    );
  } finally {
    clearInterval(timer);
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
