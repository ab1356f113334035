/**
 * What the file server does with clients that do not behave, with the clock in hand, in this process.
 *
 * @module
 */
import {
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { STAGING_DIRECTORY } from "../../lib/codec/file_names.ts";
import { encodePreamble } from "../../lib/codec/file_preamble.ts";
import { encodeFileMessage } from "../../lib/codec/file_message.ts";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import type { Channel } from "../../lib/file/channel.ts";
import type { TransferEvent } from "../../lib/file/events.ts";
import { listFiles, openSession, putFiles } from "../../lib/file/client_session.ts";
import { MIN_KEPT_BYTES } from "../../lib/file/disk_destination.ts";
import { DEFAULT_LIMITS } from "../../lib/file/limits.ts";
import { DISK } from "../../lib/file/file_layer.ts";
import { Quota } from "../../lib/file/quota.ts";
import { SafeRoot } from "../../lib/file/safe_root.ts";
import { Staging } from "../../lib/file/staging.ts";
import type { Summary } from "../../lib/file/summary.ts";
import { TransferError } from "../../lib/file/transfer_error.ts";
import { walk } from "../../lib/file/walk.ts";
import type { ServeEvent, ServeTotals } from "../../lib/net/serve_options.ts";
import { type FileServerOptions, serveFilesOn } from "../../servers/file_server.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { content as contentOf } from "../support/file_world.ts";
import { hear } from "../support/hostile_peer.ts";
import { Journal, soon } from "../support/journal.ts";
import { connectTo, exchange, readAll } from "../support/peer.ts";
import { Relay } from "../support/relay.ts";
import { ScratchDirectory } from "../support/scratch.ts";

const SOCKETS = { timeout: 20_000 };
const encoder = new TextEncoder();

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
        root: this.root,
        access: "read-write",
        limits: DEFAULT_LIMITS,
        quota: new Quota(Infinity),
        memory: new Quota(Infinity),
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

  /** Its directory. */
  get root(): SafeRoot {
    return new SafeRoot(this.#scratch.path, DISK);
  }

  /** Puts a file there. */
  write(name: string, content: Uint8Array): void {
    Deno.writeFileSync(`${this.#scratch.path}/${name}`, content);
  }

  /** What a file there holds. */
  read(name: string): Uint8Array {
    return Deno.readFileSync(`${this.#scratch.path}/${name}`);
  }

  /** What is in its directory. */
  names(): string[] {
    return [...Deno.readDirSync(this.#scratch.path)].map(({ name }) => name);
  }

  /** Why a connection was closed: the `index`-th of those that were, from 0. */
  async reason(index = 0): Promise<string> {
    const closed = await this.events.findAll(
      ({ event }) => event === "closed",
      index + 1,
      "an end",
    );
    return String(closed[index]!["reason"]);
  }

  /** Tells it to stop. */
  stop(): void {
    this.#stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await soon(this.totals, "the end of the server");
    this.#scratch[Symbol.dispose]();
  }
}

/** Lets time pass until a connection is closed, and says why it was. */
async function passUntilClosed(clock: FakeClock, desk: Desk): Promise<string> {
  let closed = false;
  const reason = desk.reason();
  const done = (): void => void (closed = true);
  reason.then(done, done);
  while (!closed) await clock.pass(10);
  return await reason;
}

/** Hears that the server stops, and nothing else. */
async function assertToldToStop(channel: Channel): Promise<void> {
  const error = await assertRejects(() => channel.receive(), TransferError);
  assertEquals(error.outcome, "stopping");
}

/** Announces one file, waits for the server's plan, and begins with it. */
async function beginPut(channel: Channel, { size }: { size: number }): Promise<void> {
  await channel.send({ kind: "put", ifExists: "refuse", verify: false });
  await channel.send({ kind: "manifest", items: 1, bytes: size });
  await channel.send({ kind: "entry", type: "file", mode: 0o644, mtime: 0, size, path: "big.bin" });
  await channel.flush();
  await channel.expect("planned");
  await channel.send({ kind: "file", index: 0, offset: 0 });
}

/** Sends content. */
async function sendRun(channel: Channel, bytes: Uint8Array): Promise<void> {
  (await channel.runRoom(bytes.length)).set(bytes);
  channel.sendRun(bytes.length);
  await channel.flush();
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

Deno.test(
  "attack 23: a greeting byte by byte is closed in time all the same",
  SOCKETS,
  async () => {
    await using desk = new Desk({ greetingTimeout: 100, idleTimeout: 5_000 });
    using client = await connectTo(desk.port);
    const bytes = concatBytes([encodePreamble(), HELLO]);
    let sent = 0;
    const drip = setInterval(() => {
      client.write(bytes.subarray(sent, ++sent)).catch(() => {});
    }, 10);
    try {
      await readAll(client);
      assertEquals(await desk.reason(), "no greeting within 0.1 s");
      assertLess(sent, bytes.length);
    } finally {
      clearInterval(drip);
    }
  },
);

Deno.test("attack 23: a client that never reads what it asked for is closed", SOCKETS, async () => {
  await using desk = new Desk({ minimumRate: 1_000, rateWindow: 80 });
  desk.write("large.bin", new Uint8Array(32 * 1024 * 1024));
  using client = await connectTo(desk.port);
  const get = encodeFileMessage({ kind: "get", paths: 1 });
  const want = encodeFileMessage({ kind: "want", path: "large.bin" });
  const planned = encodeFileMessage({ kind: "planned" });
  await client.write(concatBytes([encodePreamble(), HELLO, get, want, planned]));
  assertMatch(await desk.reason(), /too slow/);
});

Deno.test(
  "attack 23: content byte by byte is too slow, and what came is kept",
  SOCKETS,
  async () => {
    // Time stands still while the job begins, however long that takes.
    using clock = new FakeClock();
    const moved = Promise.withResolvers<void>();
    const onEvent = (_peer: string, { kind }: TransferEvent): void => {
      if (kind === "moved") moved.resolve();
    };
    await using desk = new Desk({ minimumRate: 100_000, rateWindow: 1_000, onEvent });
    using client = await connectTo(desk.port);
    using channel = await openSession(client, { onEvent: () => {} });
    await beginPut(channel, { size: 10_000_000 });
    await sendRun(channel, new Uint8Array(MIN_KEPT_BYTES));
    await moved.promise;
    const drip = setInterval(() => {
      sendRun(channel, Uint8Array.of(1)).catch(() => {});
    }, 10);
    try {
      const [reason, told] = await Promise.all([
        passUntilClosed(clock, desk),
        assertRejects(() => channel.receive(), TransferError),
      ]);
      assertStringIncludes(reason, "too slow");
      assertEquals(told.outcome, "too-slow");
    } finally {
      clearInterval(drip);
    }
    const [partial] = new Staging(desk.root).list();
    assertGreaterOrEqual(partial?.size ?? 0, MIN_KEPT_BYTES);
    assertEquals(desk.names(), [STAGING_DIRECTORY]);
  },
);

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
  // Without waiting for its greeting.
  assertEquals(await hear(third), [{ kind: "error", outcome: "busy", limit: 0 }]);
  await desk.events.find(({ event }) => event === "refused", "a refusal");
  first.close();
  second.close();
});

Deno.test("attack 25: surplus connections wait until one is free", SOCKETS, async () => {
  await using desk = new Desk({ maxConnections: 1 });
  using first = await connectTo(desk.port);
  await desk.events.find(({ event }) => event === "connected", "the first");
  using second = await connectTo(desk.port);
  const session = openSession(second, { onEvent: () => {} });
  assertEquals(desk.events.entries.filter(({ event }) => event === "connected").length, 1);
  first.close();
  using channel = await session;
  assertEquals(
    await listFiles(channel, { path: "", recursive: false, limits: DEFAULT_LIMITS }),
    [],
  );
});

Deno.test("attack 29: guessing takes time, a second for each wrong token", SOCKETS, async () => {
  const delays: number[] = [];
  const delay = (milliseconds: number): Promise<void> => {
    delays.push(milliseconds);
    return Promise.resolve();
  };
  await using desk = new Desk({}, { token: encoder.encode("a token of 16 or more"), delay });
  using client = await connectTo(desk.port);
  const token = encoder.encode("another one, 16 or more");
  const error = await assertRejects(() => openSession(client, { token, onEvent: () => {} }));
  assertEquals((error as TransferError).outcome, "authentication");
  assertEquals(delays, [1_000]);
});

Deno.test(
  "attack 35: a connection that goes black in the middle is given up",
  SOCKETS,
  async () => {
    // Time stands still, but for what a silent peer is allowed.
    using clock = new FakeClock();
    const content = contentOf(3_000_000);
    await using desk = new Desk({ minimumRate: 1_000, rateWindow: 1_000 });
    using here = new ScratchDirectory();
    Deno.writeFileSync(`${here.path}/big.bin`, content);
    const source = new SafeRoot(here.path, DISK);
    const put = async (port: number): Promise<Summary> => {
      using client = await connectTo(port);
      using channel = await openSession(client, { onEvent: () => {} });
      const found = await walk(source, {
        parts: ["big.bin"],
        path: "big.bin",
        recursive: true,
        limit: 10,
      });
      return await putFiles(channel, found, { ifExists: "refuse", onEvent: () => {} });
    };
    {
      await using relay = new Relay(desk.port, { sent: 1_500_000 });
      const broken = put(relay.port).catch((error) => error);
      await relay.reached();
      // Nothing was closed: only the clock can tell.
      assertStringIncludes(await passUntilClosed(clock, desk), "too slow");
      relay.cut();
      await broken;
    }
    assertEquals(desk.names(), [STAGING_DIRECTORY]);
    await using relay = new Relay(desk.port);
    const summary = await put(relay.port);
    assertEquals([summary.published, summary.resumed], [1, 1]);
    assertLess(relay.sent, 1_600_000);
    assertEquals(desk.names(), ["big.bin"]);
    assertEquals(desk.read("big.bin"), content);
  },
);

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

Deno.test("attack 33: a PROXY header is no way to come from another host", SOCKETS, async () => {
  await using desk = new Desk({ maxPerHost: 1 });
  using client = await connectTo(desk.port);
  const header = encodeUtf8("PROXY TCP4 203.0.113.9 192.0.2.1 4444 9090\r\n");
  await client.write(concatBytes([header, encodePreamble(), HELLO]));
  await client.closeWrite();
  const answer = new TextDecoder().decode(await readAll(client));
  assertEquals(answer, "This port speaks file transfer, version 1\r\n");
  assertEquals(await desk.reason(), "Cannot transfer files: the peer speaks something else");
  const [connected] = await desk.events.findAll(
    ({ event }) => event === "connected",
    1,
    "a client",
  );
  assertMatch(String(connected!["peer"]), /^127\.0\.0\.1:/);
});

Deno.test("a stop does not wait for a client between two jobs", SOCKETS, async () => {
  await using desk = new Desk({ grace: 60_000 });
  using client = await connectTo(desk.port);
  using channel = await openSession(client, { onEvent: () => {} });
  const options = { path: "", recursive: false, limits: DEFAULT_LIMITS };
  assertEquals(await listFiles(channel, options), []);
  desk.stop();
  await assertToldToStop(channel);
  await client.closeWrite();
  const { connections, failed } = await soon(desk.totals, "the end of the server");
  assertEquals([connections, failed], [1, 0]);
});

Deno.test("a stop waits for the job that is on, and for no more", SOCKETS, async () => {
  await using desk = new Desk({ grace: 60_000 });
  using client = await connectTo(desk.port);
  using channel = await openSession(client, { onEvent: () => {} });
  const content = contentOf(1_000);
  await beginPut(channel, { size: content.length });
  desk.stop();
  await sendRun(channel, content);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  await channel.send({ kind: "end", size: content.length, sha256 });
  await channel.send({ kind: "done" });
  await channel.flush();
  assertEquals((await channel.expect("result")).outcome, "published");
  await channel.expect("finished");
  assertEquals(desk.read("big.bin"), content);
  await assertToldToStop(channel);
  await client.closeWrite();
  const { connections, failed } = await soon(desk.totals, "the end of the server");
  assertEquals([connections, failed], [1, 0]);
});
