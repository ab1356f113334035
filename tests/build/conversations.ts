/**
 * What each server and its clients do together, whatever form they are in: bundles, executables.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";

import { exchange } from "../support/peer.ts";
import type { Ended, Server } from "../support/process.ts";

/** Programs in one form. */
export interface Cast {
  /** Starts a server on a free port. */
  serve(name: string, args?: readonly string[]): Promise<Server>;
  /** Runs a client to its end. */
  run(name: string, args: readonly string[], stdin?: string): Promise<Ended>;
}

/** A server, its clients, and their talk. */
export interface Conversation {
  readonly server: string;
  readonly clients: readonly string[];
  talk(cast: Cast): Promise<void>;
}

/** One for every program; a test says which program is in none. */
export const CONVERSATIONS: readonly Conversation[] = [
  {
    server: "echo-server",
    clients: ["echo-client"],
    async talk({ serve, run }): Promise<void> {
      await using server = await serve("echo-server");
      const port = ["--port", String(server.port)];
      const text = await run("echo-client", ["Wake up, Neo", ...port]);
      assertEquals([text.stdout, text.stderr, text.code], ["Received Wake up, Neo\n", "", 0]);
      const stream = "a stream\n".repeat(10_000);
      assertEquals((await run("echo-client", ["-", ...port], stream)).stdout, stream);
      const meter = await run("echo-client", ["--count", "100", "--connections", "5", ...port]);
      assertMatch(meter.stdout, /^sent 100, received 100, corrupted 0, errors 0$/m);
      assertEquals(await server.stop(), 0);
    },
  },
  {
    server: "udp-echo-server",
    clients: ["udp-echo-client"],
    async talk({ serve, run }): Promise<void> {
      await using server = await serve("udp-echo-server");
      const port = ["--port", String(server.port)];
      const text = await run("udp-echo-client", ["Wake up, Neo", ...port]);
      assertEquals([text.stdout, text.stderr, text.code], ["Received Wake up, Neo\n", "", 0]);
      assertEquals(await server.stop(), 0);
    },
  },
  {
    server: "message-server",
    clients: ["message-client", "port-check"],
    async talk({ serve, run }): Promise<void> {
      await using server = await serve("message-server");
      const open = await run("port-check", ["127.0.0.1", String(server.port)]);
      assertEquals([open.stderr, open.code], ["", 0]);
      const port = ["--port", String(server.port)];
      const talk = await run("message-client", ["hello", "close", ...port]);
      assertMatch(talk.stdout, /accepted[^]*closed/);
      assertEquals(await server.stop(), 0);
    },
  },
  {
    server: "greeting-server",
    clients: ["greeting-client", "http-get"],
    async talk({ serve, run }): Promise<void> {
      await using server = await serve("greeting-server");
      const greeting = await run("greeting-client", ["--port", String(server.port)]);
      assertEquals([greeting.stdout, greeting.code], ["Thank you for connecting\n", 0]);
      // A greeting is no answer in HTTP, and http-get says so.
      const page = await run("http-get", [`http://127.0.0.1:${server.port}/`]);
      assertEquals([page.stdout, page.code], ["", 1]);
      assertEquals(await server.stop(), 0);
    },
  },
  {
    server: "chat-server",
    clients: [],
    async talk({ serve }): Promise<void> {
      await using server = await serve("chat-server");
      const lines = "NICK ann\r\nUSER ann 0 * :Ann\r\nQUIT :bye\r\n";
      const answer = await exchange(server.port, lines);
      assertMatch(answer, /^:\S+ 001 ann :[^]*ERROR :/);
      assertEquals(await server.stop(), 0);
    },
  },
];
