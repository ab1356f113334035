import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { converse } from "../../clients/message_client.ts";
import { LimitError, PeerClosedError, ProtocolError } from "../../lib/codec/errors.ts";
import { MAX_ANSWER } from "../../lib/codec/message.ts";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import { DeadlineError } from "../../lib/net/deadline.ts";
import { readerOf, streamOf, writerOf } from "../support/fake_streams.ts";
import { soon } from "../support/journal.ts";
import { connectTo, Peer, readCount } from "../support/peer.ts";
import { runClient, startClient, startServer } from "../support/process.ts";
import { ResettingServer } from "../support/resetting_server.ts";
import { splits } from "../support/splits.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;
const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 20_000 };
const PROCESS = { timeout: 60_000 };

/** Talks to a scripted server over a real connection. */
async function talkTo(
  server: (conn: Deno.TcpConn) => Promise<void>,
  messages: readonly string[],
  timeout = 5_000,
): Promise<string[]> {
  await using peer = new Peer(server);
  using conn = await connectTo(Number(peer.port));
  const answers: string[] = [];
  await soon(
    converse(conn, ReadableStream.from(messages), {
      timeout,
      onAnswer: (answer) => answers.push(answer),
    }),
    "the end of the conversation",
  );
  return answers;
}

/** Answers each read with the next of these texts, and then waits for the client to leave. */
function says(...answers: (string | Uint8Array)[]): (conn: Deno.TcpConn) => Promise<void> {
  return async (conn) => {
    const buffer = new Uint8Array(8192);
    for (const answer of answers) {
      await conn.read(buffer);
      const bytes = typeof answer === "string" ? encodeUtf8(answer) : answer;
      for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
    }
    while (await conn.read(buffer) !== null);
  };
}

Deno.test("converse reads the same answer however it is cut", PURE, async () => {
  for (const { label, chunks } of splits(encodeUtf8("Grüße 👋\r\n"))) {
    const writer = writerOf(2);
    const reader = readerOf(chunks);
    const asked = Promise.withResolvers<void>();
    const server = streamOf(
      { read: async (into) => (await asked.promise, reader.read(into)) },
      { write: (from) => (asked.resolve(), writer.write(from)) },
    );
    const seen: string[] = [];
    const count = await converse(server, ReadableStream.from(["hällo"]), {
      timeout: 5_000,
      onAnswer: (answer) => seen.push(answer),
    });
    assertEquals([count, ...seen], [1, "Grüße 👋"], label);
    assertEquals(writer.written(), encodeUtf8("hällo\n"), label);
  }
});

Deno.test("converse ends where the messages end, or with closed in any case", SOCKETS, async () => {
  assertEquals(await talkTo(says("accepted\n"), ["hi"]), ["accepted"]);
  assertEquals(await talkTo(says("a\r\n", "CLOSED\n"), ["1", "2", "3"]), ["a", "CLOSED"]);
  assertEquals(await talkTo(says(), []), []);
});

Deno.test("converse sends a message only when the one before is answered", SOCKETS, async () => {
  await talkTo(async (conn) => {
    for (const message of ["one\n", "two\n"]) {
      const bytes = await readCount(conn, message.length);
      assertEquals(bytes, encodeUtf8(message));
      // A second message under way would be in this read.
      for (const byte of encodeUtf8("accepted\n")) await conn.write(Uint8Array.of(byte));
    }
  }, ["one", "two"]);
});

/** Servers that misbehave, what the client throws, and what the message says. */
const HOSTILE: readonly {
  name: string;
  server: (conn: Deno.TcpConn) => Promise<void>;
  error: typeof LimitError | typeof DeadlineError | typeof PeerClosedError | typeof ProtocolError;
  says: string;
  timeout?: number;
}[] = [
  {
    name: "an endless line",
    server: says("x".repeat(MAX_ANSWER + 1)),
    error: LimitError,
    says: "more than 65536 bytes",
  },
  {
    name: "silence",
    server: says(),
    error: DeadlineError,
    says: "No answer within 0.2 s; allow more with --timeout",
    timeout: 200,
  },
  {
    name: "an answer without end",
    server: says("acce"),
    error: DeadlineError,
    says: "No answer within 0.2 s",
    timeout: 200,
  },
  {
    name: "the end, at once",
    server: () => Promise.resolve(),
    error: PeerClosedError,
    says: "The server closed",
  },
  {
    name: "the end instead of an answer",
    server: async (conn) => void await conn.read(new Uint8Array(100)),
    error: PeerClosedError,
    says: "The server closed without an answer",
  },
  {
    name: "the end inside of an answer",
    server: async (conn) => {
      await conn.read(new Uint8Array(100));
      await conn.write(encodeUtf8("acce"));
    },
    error: PeerClosedError,
    says: "The server closed in the middle of an answer, after 4 bytes",
  },
  {
    name: "no text",
    server: says(Uint8Array.fromHex("ff0a")),
    error: ProtocolError,
    says: "byte 0xff at offset 0",
  },
  {
    name: "a control character",
    server: says("a\0b\n"),
    error: ProtocolError,
    says: "with NUL at index 1",
  },
];

for (const { name, server, error, says: text, timeout } of HOSTILE) {
  Deno.test(`converse ends when the server sends ${name}`, SOCKETS, async () => {
    await assertRejects(() => talkTo(server, ["hi"], timeout), error, text);
  });
}

Deno.test("converse notices the server's end while nothing is under way", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => {
    await readCount(conn, 3);
    await conn.write(encodeUtf8("accepted\n"));
  });
  using conn = await connectTo(Number(peer.port));
  const thinking = new ReadableStream<string>({
    start: (controller) => controller.enqueue("hi"),
  });
  await assertRejects(
    () => soon(converse(conn, thinking, { timeout: 0, onAnswer: () => {} }), "the end"),
    PeerClosedError,
    "The server closed the connection",
  );
});

Deno.test("converse refuses an answer that nobody asked for", SOCKETS, async () => {
  await assertRejects(
    () => talkTo(says("one\ntwo\n"), ["hi", "there"]),
    ProtocolError,
    "The server said something that it was not asked for",
  );
});

Deno.test("converse refuses what is no message, and sends nothing of it", SOCKETS, async () => {
  await assertRejects(() => talkTo(says("accepted\n"), ["a\nb"]), ProtocolError, "one line");
  await assertRejects(() => talkTo(says("accepted\n"), ["x".repeat(5000)]), LimitError, "5000");
});

Deno.test("message-client and message-server, by argument and by pipe", PROCESS, async () => {
  await using server = await startServer("message-server");
  const port = ["--port", String(server.port)];
  const byArgument = await runClient("message-client", [...port, "Wake up, Neo", "", "Close"]);
  assertEquals(byArgument.stdout, "Received: accepted\nReceived: accepted\nReceived: closed\n");
  assertEquals([byArgument.code, byArgument.stderr], [0, ""]);

  const byPipe = await runClient("message-client", port, { stdin: "one\r\ntwo\nthree" });
  assertEquals(byPipe.stdout, "Received: accepted\n".repeat(3));
  assertEquals([byPipe.code, byPipe.stderr], [0, ""]);

  const tooMany = await runClient("message-client", [...port, "close", "more", "and more"]);
  assertEquals(tooMany.stdout, "Received: closed\n");
  assertEquals(tooMany.code, 1);
  assertEquals(
    tooMany.stderr,
    "The server closed the conversation: 2 messages of 3 not sent\n",
  );
  const shown = await server.stdout.findAll((line) => line.startsWith("127."), 7, "messages");
  assertEquals(shown.map((line) => line.slice(line.indexOf(" ") + 1)), [
    "Wake up, Neo",
    "",
    "Close",
    "one",
    "two",
    "three",
    "close",
  ]);
});

Deno.test("message-client shows answers escaped", PROCESS, async () => {
  await using peer = new Peer(says("\x1b[2J\u202e\n"));
  const { code, stdout } = await runClient("message-client", ["--port", peer.port, "hi"]);
  assertEquals([code, stdout], [0, "Received: \\x1b[2J\\u{202e}\n"]);
});

Deno.test(
  "message-client ends with a sentence, and code 1, whatever the server does",
  PROCESS,
  async () => {
    for (const { name, server, says: text, timeout = 20_000 } of HOSTILE) {
      await using peer = new Peer(server);
      const args = ["--port", peer.port, "--timeout", String(timeout / 1_000), "hi"];
      const { code, stdout, stderr } = await runClient("message-client", args);
      assertEquals([code, stdout], [1, ""], name);
      assertStringIncludes(stderr, text, name);
      assertStringIncludes(stderr, ` (127.0.0.1:${peer.port})\n`, name);
      assertEquals(stderr.split("\n").length, 2, `${name}: ${stderr}`);
    }
  },
);

Deno.test("message-client names a reset connection", PROCESS, async () => {
  await using server = await new ResettingServer({ whenSpokenTo: true }).listening();
  const { code, stdout, stderr } = await runClient("message-client", ["--port", server.port, "hi"]);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    `Lost the connection to 127.0.0.1:${server.port}: the server closed or reset it\n`,
  );
});

Deno.test("message-client tells wrong usage before it connects", PROCESS, async () => {
  const long = await runClient("message-client", ["--port", "1", "x".repeat(4097)]);
  assertEquals(long.code, 2);
  assertStringIncludes(
    long.stderr,
    "Cannot send a message of 4097 bytes: at most 4096 are allowed",
  );
  const lines = await runClient("message-client", ["--port", "1", "a\nb"]);
  assertEquals(lines.code, 2);
  assertStringIncludes(lines.stderr, "a line feed at index 1");
});

Deno.test("message-client says how to start the server that is not there", PROCESS, async () => {
  const { code, stderr } = await runClient("message-client", ["--port", "1", "hi"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot connect to 127.0.0.1:1: connection refused");
  assertStringIncludes(stderr, "deno task message-server --port 1");
});

Deno.test("message-client, interrupted, says what was done", PROCESS, async () => {
  await using server = await startServer("message-server");
  await using client = startClient("message-client", ["--port", String(server.port)]);
  await client.type("hi\n");
  await client.stdout.find((line) => line === "Received: accepted", "an answer");
  client.kill("SIGINT");
  assertEquals((await client.end()).code, 130);
  assertEquals(client.stderr.text, "Interrupted: 1 message answered");
});
