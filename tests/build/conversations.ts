/**
 * What each server and its clients do together, whatever form they are in: bundles, executables.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
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
];
