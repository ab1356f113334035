import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { MAX_MESSAGE } from "../../lib/codec/message.ts";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import type { ServeTotals } from "../../lib/net/serve_options.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import {
  answerMessages,
  serveMessages,
  type ServeMessagesOptions,
} from "../../servers/message_server.ts";
import { readerOf, streamOf, writerOf } from "../support/fake_streams.ts";
import { Journal, soon } from "../support/journal.ts";
import { NEEDS_LINUX } from "../support/machine.ts";
import { connectTo, connectToReset, exchange, readAll, readCount } from "../support/peer.ts";
import { runClient, startServer } from "../support/process.ts";
import { splits } from "../support/splits.ts";
import { peakMemory } from "../support/usage.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;
const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 20_000 };
const TOO_LONG = "error: message longer than 4096 bytes, discarded";

/** A server in this process, stopped at the end of the scope. */
class Messages implements AsyncDisposable {
  readonly port: number;
  readonly seen = new Journal<string>("the messages");
  readonly totals: Promise<ServeTotals>;
  readonly #stop = new AbortController();

  constructor(options: Partial<ServeMessagesOptions> = {}) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = listener.addr.port;
    this.totals = serveMessages(listener, {
      grace: 0,
      linger: 200,
      ...options,
      onMessage: (_peer, text) => this.seen.add(text),
      signal: this.#stop.signal,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await soon(this.totals, "the end of the server");
  }
}

interface Case {
  readonly name: string;
  readonly sent: string | Uint8Array;
  readonly answers: readonly string[];
  readonly messages: readonly string[];
  readonly reply?: string;
}

const CASES: readonly Case[] = [
  { name: "nothing", sent: "", answers: [], messages: [] },
  { name: "one message", sent: "hi\n", answers: ["accepted"], messages: ["hi"] },
  { name: "CR LF", sent: "a\r\nb\r\n", answers: ["accepted", "accepted"], messages: ["a", "b"] },
  {
    name: "no line ending at the end of the stream",
    sent: "a\nb",
    answers: ["accepted", "accepted"],
    messages: ["a", "b"],
  },
  { name: "half a CR LF at the end", sent: "a\r", answers: ["accepted"], messages: ["a"] },
  { name: "an empty message", sent: "\n", answers: ["accepted"], messages: [""] },
  {
    name: "close, and what comes behind it",
    sent: "a\nclose\nb\n",
    answers: ["accepted", "closed"],
    messages: ["a", "close"],
  },
  { name: "close in any case", sent: "cLoSe\r\n", answers: ["closed"], messages: ["cLoSe"] },
  { name: "close without an end", sent: "CLOSE", answers: ["closed"], messages: ["CLOSE"] },
  {
    name: "not quite close",
    sent: "close \nclosed\n",
    answers: ["accepted", "accepted"],
    messages: ["close ", "closed"],
  },
  {
    name: "as long as allowed",
    sent: `${"x".repeat(MAX_MESSAGE)}\r\n`,
    answers: ["accepted"],
    messages: ["x".repeat(MAX_MESSAGE)],
  },
  {
    name: "longer than allowed, and the next",
    sent: `${"x".repeat(MAX_MESSAGE + 1)}\nnext\n`,
    answers: [TOO_LONG, "accepted"],
    messages: ["next"],
  },
  {
    name: "longer than allowed, without an end",
    sent: "x".repeat(3 * MAX_MESSAGE),
    answers: [TOO_LONG],
    messages: [],
  },
  {
    name: "no UTF-8",
    sent: Uint8Array.fromHex("6180620a6f6b0a"),
    answers: [
      "error: Cannot decode text as UTF-8: byte 0x80 at offset 1 of 3 does not start a valid character",
      "accepted",
    ],
    messages: ["ok"],
  },
  {
    name: "control characters that end lines elsewhere",
    sent: "a\rb\n\0\nok\n",
    answers: [
      "error: Cannot read a message with a carriage return at index 1: a message is text in one line",
      "error: Cannot read a message with NUL at index 0: a message is text in one line",
      "accepted",
    ],
    messages: ["ok"],
  },
  {
    name: "a reply that quotes",
    sent: "hi {message} $&\nclose\n",
    reply: "Server received your message: {message}",
    answers: ["Server received your message: hi {message} $&", "closed"],
    messages: ["hi {message} $&", "close"],
  },
  {
    name: "a reply that looks like the end is not the end",
    sent: "a\nb\n",
    reply: "closed",
    answers: ["closed", "closed"],
    messages: ["a", "b"],
  },
];

for (const { name, sent, answers, messages, reply = "accepted" } of CASES) {
  Deno.test(`answerMessages, however the bytes are cut: ${name}`, PURE, async () => {
    const bytes = typeof sent === "string" ? encodeUtf8(sent) : sent;
    for (const { label, chunks } of splits(bytes)) {
      const seen: string[] = [];
      // A system that takes three bytes of each write.
      const writer = writerOf(3);
      const client = streamOf(readerOf(chunks), writer);
      await answerMessages(client, { reply, onMessage: (text) => seen.push(text) });
      assertEquals(new TextDecoder().decode(writer.written()), answers.map(line).join(""), label);
      assertEquals(seen, messages, label);
    }
  });
}

function line(text: string): string {
  return `${text}\n`;
}

Deno.test("a message in two segments is one, two in one segment are two", SOCKETS, async () => {
  await using server = new Messages();
  using client = await connectTo(server.port);
  await client.write(encodeUtf8("Wake "));
  await client.write(encodeUtf8("up\nNeo\nthe"));
  assertEquals(await readCount(client, 18), encodeUtf8("accepted\naccepted\n"));
  assertEquals(server.seen.entries, ["Wake up", "Neo"]);
});

Deno.test("close ends one conversation and no other", SOCKETS, async () => {
  await using server = new Messages();
  using stays = await connectTo(server.port);
  assertEquals(await exchange(server.port, "Close\n"), "closed\n");
  await stays.write(encodeUtf8("still here\n"));
  assertEquals(await readCount(stays, 9), encodeUtf8("accepted\n"));
});

Deno.test("what comes behind close does not destroy the answer", SOCKETS, async () => {
  await using server = new Messages();
  using client = await connectTo(server.port);
  const flood = "close\n" + "x".repeat(100_000);
  await client.write(encodeUtf8(flood));
  await client.closeWrite();
  assertEquals(await readAll(client), encodeUtf8("closed\n"));
});

Deno.test("many clients at once, each served in its own order", SOCKETS, async () => {
  await using server = new Messages({ reply: "{message}" });
  const talks = Array.from({ length: 50 }, async (_, who) => {
    const lines = Array.from({ length: 40 }, (_, at) => `client ${who} message ${at}\n`).join("");
    assertEquals(await exchange(server.port, lines), lines);
  });
  await soon(Promise.all(talks), "all answers");
  assertEquals(server.seen.entries.length, 2000);
});

Deno.test({
  name: `an endless line is answered once and kept nowhere${NEEDS_LINUX.reason}`,
  ignore: NEEDS_LINUX.ignore,
  timeout: 60_000,
  fn: async () => {
    // A process of its own, so that nothing but this line can make it grow.
    await using server = await startServer("message-server");
    using client = await connectTo(server.port);
    const answer = readCount(client, TOO_LONG.length + 1);
    const chunk = new Uint8Array(1024 * 1024).fill(0x78);
    const send = async (mebibytes: number): Promise<void> => {
      for (let i = 0; i < mebibytes; i++) await writeAll(client, chunk);
    };
    await send(64);
    assertEquals(await answer, encodeUtf8(`${TOO_LONG}\n`));
    const before = await peakMemory(server.pid);
    await send(256);
    assertLess(await peakMemory(server.pid) - before, 128 * chunk.length);
    await client.write(encodeUtf8("\nnext\n"));
    assertEquals(await readCount(client, 9), encodeUtf8("accepted\n"));
  },
});

Deno.test("a client that does not read is not read, and ends as idle", SOCKETS, async () => {
  const log = new Journal<string>("the log");
  await using server = new Messages({
    reply: "{message}".repeat(15),
    idleTimeout: 300,
    log: ({ message }) => log.add(message),
  });
  using client = await connectTo(server.port);
  const message = encodeUtf8(`${"x".repeat(4000)}\n`);
  const sending = (async (): Promise<void> => {
    for (;;) await client.write(message);
  })().catch(() => {});
  await log.find((text) => text.includes("idle for 0.3 s"), "the end of an idle client");
  await soon(sending, "the end of the connection");
});

Deno.test("a client that resets ends nobody else", SOCKETS, async () => {
  await using server = new Messages();
  const client = await connectToReset(server.port);
  await client.send(encodeUtf8("half a mess"));
  await client.reset();
  assertEquals(await exchange(server.port, "hi\n"), "accepted\n");
  assertEquals(server.seen.entries, ["hi"]);
});

Deno.test(
  "message-server prints each message with its peer, escaped",
  { timeout: 30_000 },
  async () => {
    await using server = await startServer("message-server", ["--reply", "got {message}"]);
    assertEquals(server.kind, "tcp");
    assertEquals(
      await exchange(server.port, "Grüße\n\x1b[2J\\\nclose\n"),
      "got Grüße\ngot \x1b[2J\\\nclosed\n",
    );
    const shown = await server.stdout.findAll(
      (text) => text.startsWith("127.0.0.1:"),
      3,
      "messages",
    );
    assertEquals(shown.map((text) => text.replace(/^127\.0\.0\.1:\d+/, "PEER")), [
      "PEER: Grüße",
      "PEER: \\x1b[2J\\\\",
      "PEER: close",
    ]);
    await server.logged(/^Connected by 127\.0\.0\.1:\d+$/);
    await server.logged(/^Closed 127\.0\.0\.1:\d+: 20 bytes in, 29 bytes out$/);
    assertEquals(await server.stop(), 0);
    assertEquals(server.stdout.entries.at(-1), "Stopped: 1 connection, 20 bytes in, 29 bytes out");
  },
);

Deno.test(
  "message-server refuses a template that could be no answer",
  { timeout: 30_000 },
  async () => {
    for (const template of ["two\nlines", "{message}".repeat(17)]) {
      const { code, stderr } = await runClient("message-server", ["--reply", template]);
      assertEquals(code, 2);
      assertStringIncludes(stderr, "Option --reply got a template that cannot be used: ");
    }
  },
);
