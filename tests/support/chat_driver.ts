/**
 * Plays transcripts against the pure chat: raw lines in, raw lines out, no socket.
 *
 * ```text
 * ann > JOIN #lobby                       ann sends a line
 * ann < :ann!~ann@h JOIN #lobby           and gets this one
 * bob < (closed: Quit: bye)               the connection of bob is closed
 * + 5000                                  five seconds pass
 * ```
 *
 * After each line that is sent, everyone must have got exactly what stands below it, in this order for
 * each of them. Passwords are right if they equal the secret of the configuration.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Action, RehashAction } from "../../lib/chat/actions.ts";
import {
  answerVerification,
  connect,
  createChat,
  disconnect,
  receiveLine,
} from "../../lib/chat/chat.ts";
import type { Client } from "../../lib/chat/client.ts";
import { type ChatConfig, DEFAULT_CONFIG } from "../../lib/chat/config.ts";
import type { ChatState } from "../../lib/chat/state.ts";

/** The time at which every transcript begins: 2023-11-14T22:13:20Z. */
const START = 1_700_000_000_000;

/** The server of transcripts. */
export const TEST_CONFIG: ChatConfig = {
  ...DEFAULT_CONFIG,
  name: "irc.test",
  network: "Test",
  version: "test-1",
  description: "A test",
};

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true });

/** A chat with named clients and what they received. */
export class ChatDriver {
  /** The state under test. */
  readonly chat: ChatState;
  /** Clients by the name that the test gave them. */
  readonly clients = new Map<string, Client>();
  /** How many commands more than were given have been charged for. */
  charged = 0;
  /** Requests to rehash, in order. */
  readonly rehashes: RehashAction[] = [];
  /** The time and the ids that steps get. */
  readonly env = { now: START, messageId: (): string => `m${++this.#ids}` };
  #ids = 0;
  readonly #inboxes = new Map<Client, string[]>();

  constructor(config: Partial<ChatConfig> = {}) {
    this.chat = createChat({ ...TEST_CONFIG, ...config }, START);
  }

  /** A client with this name, or a failed test. */
  client(name: string): Client {
    const client = this.clients.get(name);
    if (client === undefined) throw new Error(`No client "${name}" in this test`);
    return client;
  }

  /** A connection that said nothing yet. */
  connect(name: string, host = "h", secure = false): Client {
    const client = connect(this.chat, host, secure, this.env);
    this.clients.set(name, client);
    this.#inboxes.set(client, []);
    return client;
  }

  /** A registered client; what it was greeted with is forgotten. */
  register(name: string, capabilities = "", host = "h"): Client {
    const client = this.connect(name, host);
    if (capabilities !== "") this.send(name, `CAP REQ :${capabilities}`);
    this.send(name, `NICK ${name}`);
    this.send(name, `USER ${name} 0 * :${name} real`);
    if (capabilities !== "") this.send(name, "CAP END");
    if (!client.registered) throw new Error(`Cannot register "${name}": ${this.take(name)}`);
    this.take(name);
    return client;
  }

  /** One step of a client. */
  send(name: string, line: string | Uint8Array): void {
    const bytes = typeof line === "string" ? ENCODER.encode(line) : line;
    this.perform(receiveLine(this.chat, this.client(name), bytes, this.env));
  }

  /** Ends a connection from outside. */
  drop(name: string, reason: string): void {
    this.perform(disconnect(this.chat, [this.client(name)], reason, this.env));
  }

  /** What the I/O layer would do. */
  perform(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.kind === "send") {
        assertEquals(new Set(action.to).size, action.to.length, "a recipient is given twice");
        for (const recipient of action.to) {
          this.#put(recipient, DECODER.decode(action.line.bytes(recipient.variant)));
        }
      } else if (action.kind === "close") {
        this.#put(action.client, `(closed: ${action.reason})`);
      } else if (action.kind === "verify") {
        const right = action.password === action.secret;
        this.perform(answerVerification(this.chat, action, right, this.env));
      } else if (action.kind === "rehash") {
        this.rehashes.push(action);
      } else {
        this.charged += action.commands;
      }
    }
  }

  /** What a client received since it was asked last. */
  take(name: string): string[] {
    return this.#inboxes.get(this.client(name))?.splice(0) ?? [];
  }

  /** Forgets what everyone received. */
  forget(): void {
    for (const inbox of this.#inboxes.values()) inbox.length = 0;
  }

  /** Plays a transcript and checks it. */
  play(transcript: string): void {
    let sent = "the beginning";
    let expected = new Map<string, string[]>();
    const check = (): void => {
      for (const name of this.clients.keys()) {
        assertEquals(this.take(name), expected.get(name) ?? [], `what ${name} got after: ${sent}`);
      }
      expected = new Map();
    };
    for (
      const row of transcript.split("\n").map((row) => row.trimStart()).filter((row) => row !== "")
    ) {
      const match = /^(\w*) ?([<>+]) ?(.*)$/.exec(row);
      if (match === null) throw new Error(`Cannot read the row "${row}"`);
      const [, name = "", what, text = ""] = match;
      if (what === "<") {
        expected.set(name, [...expected.get(name) ?? [], text]);
        continue;
      }
      check();
      sent = row;
      if (name !== "" && !this.clients.has(name)) this.connect(name);
      if (what === ">") this.send(name, text);
      else this.env.now += Number(text);
    }
    check();
  }

  #put(recipient: Client, text: string): void {
    const inbox = this.#inboxes.get(recipient);
    assertEquals(inbox !== undefined, true, "a line went to an unknown client");
    inbox?.push(text.endsWith("\r\n") ? text.slice(0, -2) : text);
  }
}

/** One transcript of a table. */
export interface Transcript {
  /** What it shows. */
  readonly name: string;
  /** Who is registered at the beginning, each with its capabilities after a colon; others only connect. */
  readonly clients: readonly string[];
  /** Settings that differ. */
  readonly config?: Partial<ChatConfig>;
  /** Lines to send before the transcript, whose answers do not matter, as `name > line`. */
  readonly setup?: string;
  /** What is played and checked. */
  readonly play: string;
}

/** Registers one test for each transcript; none of them needs a permission. */
export function testTranscripts(transcripts: readonly Transcript[]): void {
  for (const { name, clients, config, setup, play } of transcripts) {
    Deno.test({
      name,
      permissions: "none",
      timeout: 10_000,
      fn(): void {
        const driver = new ChatDriver(config);
        for (const client of clients) {
          const [who = "", capabilities = ""] = client.split(":");
          driver.register(who, capabilities);
        }
        for (const row of (setup ?? "").split("\n").map((row) => row.trim())) {
          const [who, line] = row.split(" > ");
          if (!who || !line) continue;
          if (!driver.clients.has(who)) driver.connect(who);
          driver.send(who, line);
        }
        driver.forget();
        driver.play(play);
      },
    });
  }
}
