/**
 * What the file server does with clients that do not behave, with the clock in hand, in this process.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodePreamble } from "../../lib/codec/file_preamble.ts";
import { encodeFileMessage } from "../../lib/codec/file_message.ts";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { openSession } from "../../lib/file/client_session.ts";
import { DEFAULT_LIMITS } from "../../lib/file/limits.ts";
import { DISK } from "../../lib/file/file_layer.ts";
import { Quota } from "../../lib/file/quota.ts";
import { SafeRoot } from "../../lib/file/safe_root.ts";
import type { ServeEvent, ServeTotals } from "../../lib/net/serve_options.ts";
import { type FileServerOptions, serveFilesOn } from "../../servers/file_server.ts";
import { Journal, soon } from "../support/journal.ts";
import { connectTo, exchange, readAll } from "../support/peer.ts";
import { ScratchDirectory } from "../support/scratch.ts";

const SOCKETS = { timeout: 20_000 };

/** A server in this process, on a directory of its own. */
class Desk implements AsyncDisposable {
  readonly port: number;
  readonly events = new Journal<ServeEvent>("the server's events", ({ message }) => message);
  readonly totals: Promise<ServeTotals>;
  readonly #scratch = new ScratchDirectory();
  readonly #stop = new AbortController();

  constructor(options: Partial<FileServerOptions> = {}, files = {}) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = listener.addr.port;
    this.totals = serveFilesOn(listener, {
      files: {
        root: new SafeRoot(this.#scratch.path, DISK),
        access: "read-write",
        limits: DEFAULT_LIMITS,
        quota: new Quota(Infinity),
        sync: false,
        delay: () => Promise.resolve(),
        ...files,
      },
      greetingTimeout: 10_000,
      minimumRate: 0,
      onEvent: () => {},
      grace: 0,
      linger: 200,
      log: this.events.add,
      signal: this.#stop.signal,
      ...options,
    });
  }

  /** What is in its directory. */
  names(): string[] {
    return [...Deno.readDirSync(this.#scratch.path)].map(({ name }) => name);
  }

  /** Why the next connection was closed. */
  async reason(index = 0): Promise<string> {
    const closed = await this.events.findAll(
      ({ event }) => event === "closed",
      index + 1,
      "an end",
    );
    return String(closed[index]!["reason"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await soon(this.totals, "the end of the server");
    this.#scratch[Symbol.dispose]();
  }
}

const HELLO = encodeFileMessage({
  kind: "hello",
  role: "client",
  authentication: false,
  nonce: new Uint8Array(32).fill(1),
  extensions: 0,
});

const SLOW: readonly [what: string, says: Uint8Array][] = [
  ["nothing", new Uint8Array()],
  ["half a preamble", encodePreamble().subarray(0, 4)],
  ["half a greeting", concatBytes([encodePreamble(), HELLO.subarray(0, 20)])],
];

for (const [what, says] of SLOW) {
  Deno.test(`attack 23: a client that says ${what} is closed in time`, SOCKETS, async () => {
    await using desk = new Desk({ greetingTimeout: 50 });
    using client = await connectTo(desk.port);
    if (says.length > 0) await client.write(says);
    await readAll(client);
    assertEquals(await desk.reason(), "no greeting within 0.05 s");
  });
}

Deno.test("attack 23: a client that greets and then says nothing is idle", SOCKETS, async () => {
  await using desk = new Desk({ idleTimeout: 80 });
  using client = await connectTo(desk.port);
  await client.write(concatBytes([encodePreamble(), HELLO]));
  await readAll(client);
  assertMatch(await desk.reason(), /^idle for/);
});

const WRONG: readonly [what: string, says: string, answer: RegExp][] = [
  ["HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", /^HTTP\/1\.1 400 [^]*file transfer/],
  ["IRC", "NICK ann\r\nUSER ann 0 * :Ann\r\n", /^ERROR :/],
  ["a line of text", "hello\r\n", /file transfer/],
];

for (const [what, says, answer] of WRONG) {
  Deno.test(`a client that speaks ${what} is told in its language`, SOCKETS, async () => {
    await using desk = new Desk();
    assertMatch(await exchange(desk.port, says), answer);
    assertMatch(await desk.reason(), /^Cannot transfer files: the peer speaks /);
  });
}

Deno.test("a TLS client gets an alert", SOCKETS, async () => {
  await using desk = new Desk();
  using client = await connectTo(desk.port);
  // The beginning of a ClientHello, RFC 8446 section 5.1.
  await client.write(Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3));
  const [type, major] = await readAll(client);
  assertEquals([type, major], [0x15, 3]);
});

Deno.test("attack 25: a host has its share of connections, and no more", SOCKETS, async () => {
  await using desk = new Desk({ maxPerHost: 2 });
  using first = await connectTo(desk.port);
  using second = await connectTo(desk.port);
  await desk.events.findAll(({ event }) => event === "connected", 2, "two connections");
  using third = await connectTo(desk.port);
  assertEquals((await readAll(third)).length, 0);
  await desk.events.find(({ event }) => event === "refused", "a refusal");
  first.close();
  second.close();
});

Deno.test(
  "attack 29: a wrong token: nothing is touched or told before the proof",
  SOCKETS,
  async () => {
    const token = new TextEncoder().encode("the right token, with 16 or more");
    await using desk = new Desk({}, { token });
    for (const wrong of ["another token, just as long", undefined]) {
      using client = await connectTo(desk.port);
      const session = openSession(client, {
        token: wrong === undefined ? undefined : new TextEncoder().encode(wrong),
        onEvent: () => {},
      });
      const outcome = await session.then(() => "open", (error) => error.outcome);
      assertEquals(outcome, "authentication");
    }
    assertEquals(desk.names(), []);
    assertStringIncludes(await desk.reason(), "token");
  },
);

Deno.test(
  "minimum rate: a client that owes content and is slow is told and closed",
  SOCKETS,
  async () => {
    await using desk = new Desk({ minimumRate: 1_000_000, rateWindow: 80 });
    using client = await connectTo(desk.port);
    using channel = await openSession(client, { onEvent: () => {} });
    await channel.send({ kind: "put", ifExists: "refuse", verify: false });
    await channel.flush();
    const error = await channel.receive().then(() => undefined, (error) => error);
    assertEquals([error?.outcome, error?.fromPeer], ["too-slow", true]);
    assertStringIncludes(await desk.reason(), "too slow");
  },
);

Deno.test(
  "attack 24: a greeting cannot set limits, and unknown extensions mean nothing",
  SOCKETS,
  async () => {
    await using desk = new Desk();
    using client = await connectTo(desk.port);
    const greeting = encodeFileMessage({
      kind: "hello",
      role: "client",
      authentication: false,
      nonce: new Uint8Array(32).fill(1),
      extensions: 0xffff_ffff,
    });
    const list = encodeFileMessage({ kind: "list", path: "", recursive: false });
    await client.write(concatBytes([encodePreamble(), greeting, list]));
    await client.closeWrite();
    const answer = await readAll(client);
    // The last is the manifest of nothing: type, flags, length, items and bytes.
    assertEquals(
      answer.subarray(-18),
      encodeFileMessage({ kind: "manifest", items: 0, bytes: 0 }),
    );
  },
);
