import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { linesToShow, readGreeting } from "../../clients/greeting_client.ts";
import { LimitError } from "../../lib/codec/errors.ts";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import { DeadlineError } from "../../lib/net/deadline.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { readerOf, streamOf, writerOf } from "../support/fake_streams.ts";
import { connectTo, Peer } from "../support/peer.ts";
import { runClient, startServer } from "../support/process.ts";
import { ResettingServer } from "../support/resetting_server.ts";
import { splits } from "../support/splits.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;
const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 20_000 };
const PROCESS = { timeout: 30_000 };
const MAX_GREETING = 65_536;

Deno.test("readGreeting reads until the end, however the bytes are cut", PURE, async () => {
  for (const text of ["", "Thank you for connecting\n", "a\r\n\r\nGrüße", "x".repeat(9_000)]) {
    for (const { label, chunks } of splits(encodeUtf8(text))) {
      const server = streamOf(readerOf(chunks), writerOf());
      const greeting = await readGreeting(server, { timeout: 0 });
      assertEquals(new TextDecoder().decode(greeting), text, label);
    }
  }
});

Deno.test("readGreeting takes as much as the cap and not a byte more", PURE, async () => {
  const read = (length: number): Promise<Uint8Array> => {
    const server = streamOf(readerOf([new Uint8Array(length)]), writerOf());
    return readGreeting(server, { timeout: 0 });
  };
  assertEquals((await read(MAX_GREETING)).length, MAX_GREETING);
  const error = await assertRejects(() => read(MAX_GREETING + 1), LimitError, "65536 bytes");
  assertEquals(error.limit, MAX_GREETING);
});

Deno.test("linesToShow cuts at line endings and escapes everything else", PURE, () => {
  const cases: readonly (readonly [text: string, lines: string[]])[] = [
    ["", []],
    ["one", ["one"]],
    ["one\n", ["one"]],
    ["one\r\ntwo\n", ["one", "two"]],
    ["\n\nend", ["", "", "end"]],
    ["C:\\new\\report", ["C:\\\\new\\\\report"]],
    ["\x1b[2J\rback\u202e", ["\\x1b[2J\\rback\\u{202e}"]],
  ];
  for (const [text, lines] of cases) {
    assertEquals(linesToShow(encodeUtf8(text)), lines, JSON.stringify(text));
  }
  assertEquals(linesToShow(Uint8Array.fromHex("ff0afe")), ["\\xff", "\\xfe"]);
});

Deno.test(
  "readGreeting gives up a server that drips, and says what it heard",
  SOCKETS,
  async () => {
    using clock = new FakeClock();
    await using peer = new Peer(async (conn) => {
      await conn.write(encodeUtf8("Thank\x1b"));
      // The end comes from the client.
      await conn.read(new Uint8Array(1));
    });
    using conn = await connectTo(Number(peer.port));
    const heard = Promise.withResolvers<void>();
    const server = streamOf({
      read: (into) => conn.read(into).finally(heard.resolve),
    }, conn);
    server[Symbol.dispose] = () => conn[Symbol.dispose]();
    const reading = assertRejects(() => readGreeting(server, { timeout: 300 }), DeadlineError);
    await heard.promise;
    await clock.pass(300);
    const error = await reading;
    assertEquals(
      error.message,
      'The server did not finish within 0.3 s, so far "Thank\\x1b"; allow more with --timeout',
    );
  },
);

Deno.test("greeting-client prints what greeting-server says", PROCESS, async () => {
  await using server = await startServer("greeting-server");
  const result = await runClient("greeting-client", ["--port", String(server.port)]);
  assertEquals([result.code, result.stdout, result.stderr], [0, "Thank you for connecting\n", ""]);
});

Deno.test(
  "greeting-client ends with a sentence, and code 1, whatever the server does",
  PROCESS,
  async () => {
    const wait = (conn: Deno.TcpConn): Promise<unknown> => conn.read(new Uint8Array(1));
    const hostile: readonly [
      name: string,
      talk: (conn: Deno.TcpConn) => Promise<unknown>,
      says: string,
      seconds?: number,
    ][] = [
      ["nothing at all", () => Promise.resolve(), "The server closed without a greeting\n"],
      [
        "silence",
        wait,
        "The server did not finish within 0.3 s, nothing came; allow more with",
        0.3,
      ],
      [
        "no end",
        async (conn) => (await conn.write(encodeUtf8("SSH-2.0-x\r\n")), await wait(conn)),
        'The server did not finish within 3 s, so far "SSH-2.0-x\\r\\n"; allow more with',
        3,
      ],
      [
        "endless",
        async (conn) => {
          const chunk = new Uint8Array(65_536).fill(0x78);
          // Until the client has left.
          while (await conn.write(chunk).catch(() => 0) > 0);
        },
        "The server said more than 65536 bytes: that is no greeting",
      ],
    ];
    for (const [name, talk, says, seconds = 20] of hostile) {
      await using peer = new Peer(async (conn) => void await talk(conn));
      const args = ["--port", peer.port, "--timeout", String(seconds)];
      const { code, stdout, stderr } = await runClient("greeting-client", args);
      assertEquals([code, stdout], [1, ""], name);
      assertStringIncludes(stderr, says, name);
      assertEquals(stderr.split("\n").length, 2, `${name}: ${stderr}`);
    }
  },
);

Deno.test("greeting-client names a reset connection", PROCESS, async () => {
  await using server = await new ResettingServer({ first: "Tha" }).listening();
  const { code, stdout, stderr } = await runClient("greeting-client", ["--port", server.port]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, `127.0.0.1:${server.port}`);
  assertEquals(stderr.split("\n").length, 2, stderr);
});
