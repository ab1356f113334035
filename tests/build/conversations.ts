/**
 * What each program does with its peers, whatever form it is in: a bundle, an executable.
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

/** Programs that belong together, and their talk. */
export interface Conversation {
  readonly programs: readonly string[];
  talk(cast: Cast): Promise<void>;
}

/** One for every program; a test says which program is in none. */
export const CONVERSATIONS: readonly Conversation[] = [
  {
    programs: ["echo-server", "echo-client"],
    talk: ({ serve, run }) =>
      during(serve("echo-server"), async (port) => {
        const text = await run("echo-client", ["Wake up, Neo", ...port]);
        assertEquals([text.stdout, text.stderr, text.code], ["Received Wake up, Neo\n", "", 0]);
        const stream = "a stream\n".repeat(10_000);
        assertEquals((await run("echo-client", ["-", ...port], stream)).stdout, stream);
        const meter = await run("echo-client", ["--count", "100", "--connections", "5", ...port]);
        assertMatch(meter.stdout, /^sent 100, received 100, corrupted 0, errors 0$/m);
      }),
  },
  {
    programs: ["udp-echo-server", "udp-echo-client"],
    talk: ({ serve, run }) =>
      during(serve("udp-echo-server"), async (port) => {
        const text = await run("udp-echo-client", ["Wake up, Neo", ...port]);
        assertEquals([text.stdout, text.stderr, text.code], ["Received Wake up, Neo\n", "", 0]);
        const meter = ["--count", "100", "--interval", "0", "--quiet", ...port];
        assertEquals((await run("udp-echo-client", meter)).code, 0);
      }),
  },
  {
    programs: ["greeting-server", "greeting-client"],
    talk: ({ serve, run }) =>
      during(serve("greeting-server", ["--greeting", "Good morning"]), async (port) => {
        const { stdout, code } = await run("greeting-client", port);
        assertEquals([stdout.trim(), code], ["Good morning", 0]);
      }),
  },
  {
    programs: ["message-server", "message-client"],
    talk: ({ serve, run }) =>
      during(serve("message-server"), async (port) => {
        const { stdout, code } = await run("message-client", ["Wake up, Neo", "close", ...port]);
        assertEquals(code, 0);
        assertMatch(stdout, /accepted[\s\S]*closed/);
      }),
  },
  {
    programs: ["file-server", "file-client"],
    talk: ({ serve, run }) =>
      during(serve("file-server"), async (port) => {
        const text = "a text\n".repeat(20_000);
        const put = await run("file-client", ["put", "-", "--name", "a.txt", ...port], text);
        assertEquals([put.stderr, put.code], ["", 0]);
        const get = await run("file-client", ["get", "a.txt", "-o", "-", ...port]);
        assertEquals([get.stdout, get.code], [text, 0]);
        await run("file-client", ["get", "a.txt", ...port]);
        const same = await run("file-client", ["verify", "a.txt", ...port]);
        assertEquals([same.stdout.split("\n")[0], same.code], ['Same "a.txt"', 0]);
      }),
  },
  {
    programs: ["chat-server", "chat-client"],
    talk: ({ serve, run }) =>
      during(serve("chat-server"), async (port) => {
        const args = ["--nick", "ann", "--quiet", ...port];
        const { stdout, stderr, code } = await run("chat-client", args, "build green\n");
        assertEquals([stdout, stderr, code], ["", "", 0]);
        const lines = "NICK bob\r\nUSER bob 0 * :Bob\r\nWHOWAS ann\r\nQUIT :bye\r\n";
        assertMatch(await exchange(Number(port[1]), lines), / 314 bob ann [^]*ERROR :/);
      }),
  },
  {
    programs: ["http-get"],
    async talk({ run }): Promise<void> {
      const quiet = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
      await using server = Deno.serve(quiet, () => new Response("a page\n"));
      const { stdout, stderr, code } = await run("http-get", [
        `http://127.0.0.1:${server.addr.port}/`,
      ]);
      assertEquals([stdout, stderr, code], ["a page\n", "", 0]);
    },
  },
  {
    programs: ["port-check"],
    async talk({ run }): Promise<void> {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { stdout, code } = await run("port-check", ["127.0.0.1", `${listener.addr.port}`]);
      assertEquals(code, 0);
      assertMatch(stdout, /open/);
    },
  },
];

/** Talks to a server and stops it; clients find it by the flags that are handed on. */
async function during(
  starting: Promise<Server>,
  talk: (port: readonly string[]) => Promise<void>,
): Promise<void> {
  await using server = await starting;
  await talk(["--port", String(server.port)]);
  assertEquals(await server.stop(), 0);
}
