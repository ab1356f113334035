import { assertEquals } from "@std/assert";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import type { ServeTotals } from "../../lib/net/serve_options.ts";
import { greet, serveGreeting, type ServeGreetingOptions } from "../../servers/greeting_server.ts";
import { readerOf, streamOf, writerOf } from "../support/fake_streams.ts";
import { Journal, soon } from "../support/journal.ts";
import { connectTo, readAll } from "../support/peer.ts";
import { startServer } from "../support/process.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 20_000 };
const THANKS = "Thank you for connecting\n";

/** A server in this process, stopped at the end of the scope. */
class Greeting implements AsyncDisposable {
  readonly port: number;
  readonly log = new Journal<string>("the log");
  readonly #totals: Promise<ServeTotals>;
  readonly #stop = new AbortController();

  constructor(options: Partial<ServeGreetingOptions> = {}) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 5 });
    this.port = listener.addr.port;
    this.#totals = serveGreeting(listener, {
      grace: 0,
      log: ({ message }) => this.log.add(message),
      ...options,
      signal: this.#stop.signal,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await soon(this.#totals, "the end of the server");
  }
}

Deno.test("greet writes everything, in however many parts, and then finishes", PURE, async () => {
  for (const takes of [[1], [7, 1, 3], [Infinity]]) {
    const writer = writerOf(...takes);
    const client = streamOf(readerOf([]), writer);
    await greet(client, encodeUtf8(THANKS));
    assertEquals(new TextDecoder().decode(writer.written()), THANKS);
    assertEquals([client.finished, client.closed], [true, false]);
  }
});

Deno.test("a client that says nothing gets the greeting and then the end", SOCKETS, async () => {
  await using server = new Greeting({ greeting: "Grüße" });
  using client = await connectTo(server.port);
  assertEquals(await readAll(client), encodeUtf8("Grüße\n"));
});

Deno.test("the greeting arrives whatever the client has sent before", SOCKETS, async () => {
  // More than fits into the buffers in between, so that a plain close would leave some of it unread.
  const greeting = "x".repeat(3_000_000);
  await using server = new Greeting({ greeting, linger: 15_000 });
  for (const length of [1, 1_000, 1_000_000]) {
    using client = await connectTo(server.port);
    const request = new Uint8Array(length);
    const sending = (async (): Promise<void> => {
      for (let sent = 0; sent < length;) sent += await client.write(request.subarray(sent));
    })();
    const [answer] = await Promise.all([readAll(client), sending]);
    assertEquals(answer.length, greeting.length + 1, `${length} bytes sent before`);
  }
});

Deno.test(
  "a client that never finishes is cut, after its greeting, with the reason",
  SOCKETS,
  async () => {
    await using server = new Greeting({ linger: 100 });
    using client = await connectTo(server.port);
    assertEquals(await readAll(client), encodeUtf8(THANKS));
    const line = await server.log.find((text) => text.startsWith("Closed"), "the end");
    assertEquals(
      line.replace(/:\d+:/, ":PORT:"),
      "Closed 127.0.0.1:PORT: 0 bytes in, 25 bytes out (the peer did not finish within 0.1 s)",
    );
  },
);

Deno.test(
  "with one place, the others wait in the backlog and are greeted in turn",
  SOCKETS,
  async () => {
    await using server = new Greeting({ maxConnections: 1, linger: 15_000 });
    const clients: Deno.TcpConn[] = [];
    for (let who = 0; who < 5; who++) clients.push(await connectTo(server.port));
    for (const client of clients) {
      assertEquals(await readAll(client), encodeUtf8(THANKS));
      client.close();
    }
    await server.log.findAll((text) => text.startsWith("Closed"), 5, "five ends");
    const turns = server.log.entries.map((text) => text.slice(0, text.indexOf(" ")));
    assertEquals(turns, Array(5).fill(["Connected", "Closed"]).flat());
  },
);

Deno.test("greeting-server greets, logs and stops", { timeout: 30_000 }, async () => {
  await using server = await startServer("greeting-server", [
    "--greeting",
    "Hi\\there",
    "--backlog",
    "5",
    "--max-connections",
    "1",
  ]);
  using client = await connectTo(server.port);
  assertEquals(await readAll(client), encodeUtf8("Hi\\there\n"));
  client.close();
  await server.logged(/^Closed 127\.0\.0\.1:\d+: 0 bytes in, 9 bytes out$/);
  assertEquals(await server.stop(), 0);
  assertEquals(server.stdout.entries.at(-1), "Stopped: 1 connection, 0 bytes in, 9 bytes out");
});
