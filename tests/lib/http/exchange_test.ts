import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { concatBytes } from "../../../lib/codec/bytes.ts";
import { LimitError, PeerClosedError, ProtocolError } from "../../../lib/codec/errors.ts";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { DeadlineError } from "../../../lib/net/deadline.ts";
import { httpGet, type HttpOptions } from "../../../lib/http/exchange.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { readerOf, streamOf, writerOf } from "../../support/fake_streams.ts";
import { splits } from "../../support/splits.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;
const URL_ASKED = new URL("http://127.0.0.1:8000/a%20b?c=d");
const OPTIONS: HttpOptions = { version: "1.0", agent: "test/1", timeout: 0, maxSize: 0 };

/** Gets from a server that says these chunks and then finishes. */
async function get(
  chunks: Uint8Array[],
  options: Partial<HttpOptions> = {},
): Promise<{ status: number; body: string; asked: string }> {
  const writer = writerOf(3);
  const server = streamOf(readerOf(chunks), writer);
  const { head, body } = await httpGet(server, URL_ASKED, { ...OPTIONS, ...options });
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part.slice());
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { status: head.status, body: text(concatBytes(parts)), asked: text(writer.written()) };
}

Deno.test("httpGet asks and reads the answer, however it is cut", PURE, async () => {
  const answer = encodeUtf8(
    "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
  );
  for (const { label, chunks } of splits(answer)) {
    const { status, body, asked } = await get(chunks, { version: "1.1" });
    assertEquals([status, body], [200, "hello world"], label);
    assertEquals(
      asked,
      "GET /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: test/1\r\n" +
        "Connection: close\r\n\r\n",
    );
  }
});

Deno.test("httpGet shows the lines of both directions", PURE, async () => {
  const lines: string[] = [];
  const answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200\r\nA:  b \r\n\r\n";
  await get([encodeUtf8(answer)], { onLine: (direction, line) => lines.push(direction + line) });
  assertEquals(
    lines,
    [
      ">GET /a%20b?c=d HTTP/1.0",
      ">Host: 127.0.0.1:8000",
      ">User-Agent: test/1",
      ">",
      "<HTTP/1.1 100 Continue",
      "<",
      "<HTTP/1.0 200",
      "<A: b",
      "<",
    ],
  );
});

Deno.test("httpGet notes what lies behind the end, and leaves it out", PURE, async () => {
  const notes: string[] = [];
  const answer = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi there";
  const { body } = await get([encodeUtf8(answer)], { onNote: (note) => notes.push(note) });
  assertEquals(body, "hi");
  assertEquals(notes, ["The server sent 6 bytes behind the end of the body; they were ignored"]);
});

/** Answers that cannot be used. */
const BROKEN:
  readonly (readonly [string, string, typeof ProtocolError | typeof PeerClosedError, string])[] = [
    ["nothing", "", PeerClosedError, "The server closed without an answer"],
    ["half a head", "HTTP/1.0 200 OK\r\nA", PeerClosedError, "in the middle of its headers"],
    ["garbage", "\x16\x03\x01\x02\r\n", ProtocolError, 'does not speak HTTP/1: it answers "\\x16'],
    [
      "a short body",
      "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhi",
      PeerClosedError,
      "2 of 9 bytes",
    ],
  ];

for (const [name, answer, error, says] of BROKEN) {
  Deno.test(`httpGet refuses ${name}`, PURE, async () => {
    await assertRejects(() => get([encodeUtf8(answer)]), error, says);
  });
}

Deno.test("httpGet stops at the largest size, announced or not", PURE, async () => {
  const announced = encodeUtf8("HTTP/1.0 200 OK\r\nContent-Length: 11\r\n\r\n");
  const chunked = encodeUtf8(
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n",
  );
  const untilEnd = encodeUtf8("HTTP/1.0 200 OK\r\n\r\nhello world");
  for (const answer of [announced, chunked, untilEnd]) {
    const error = await assertRejects(() => get([answer], { maxSize: 10 }), LimitError);
    assertEquals(error.message, "The body has more than 10 bytes; allow more with --max-size");
  }
  assertEquals((await get([untilEnd], { maxSize: 11 })).body, "hello world");
});

/** A server that says this and then nothing, until it is closed. */
function silentAfter(...chunks: string[]): ReturnType<typeof streamOf> {
  const said = readerOf(chunks.map(encodeUtf8));
  const closed = Promise.withResolvers<never>();
  const server = streamOf({
    read: async (into) => await said.read(into) ?? await closed.promise,
  }, writerOf());
  const dispose = server[Symbol.dispose].bind(server);
  server[Symbol.dispose] = () => {
    dispose();
    closed.reject(new Deno.errors.Interrupted("operation canceled"));
  };
  return server;
}

Deno.test("httpGet gives up a server that goes silent, and closes", PURE, async () => {
  using clock = new FakeClock();
  for (const said of ["", "HTTP/1.0 200 OK\r\nA: b"]) {
    const server = silentAfter(said);
    const work = httpGet(server, URL_ASKED, { ...OPTIONS, timeout: 30_000 });
    const failed = assertRejects(() => work, DeadlineError, "No answer for 30 s; allow more with");
    await clock.pass(29_999);
    assertEquals(server.closed, false);
    await clock.pass(1);
    await failed;
    assertEquals(server.closed, true);
    assertEquals(clock.pending, 0);
  }
});

Deno.test("httpGet gives up a body that stops", PURE, async () => {
  using clock = new FakeClock();
  const server = silentAfter("HTTP/1.0 200 OK\r\n\r\nhello");
  const { body } = await httpGet(server, URL_ASKED, { ...OPTIONS, timeout: 30_000 });
  const parts: string[] = [];
  const reading = (async (): Promise<void> => {
    for await (const part of body) parts.push(new TextDecoder().decode(part));
  })();
  const failed = assertRejects(() => reading, DeadlineError);
  await clock.pass(30_000);
  assertStringIncludes((await failed).message, "No answer for 30 s");
  assertEquals(parts, ["hello"]);
  assertEquals(server.closed, true);
});

Deno.test("headers that drip do not last longer for that", PURE, async () => {
  using clock = new FakeClock();
  let reads = 0;
  const server = streamOf({
    read: async (into) => {
      reads++;
      await new Promise<void>((resolve) => setTimeout(resolve, 1_000));
      into[0] = 0x78;
      return 1;
    },
  }, writerOf());
  const work = httpGet(server, URL_ASKED, { ...OPTIONS, timeout: 10_000 });
  const failed = assertRejects(() => work, DeadlineError);
  await clock.pass(10_000);
  await failed;
  assertEquals(reads >= 9, true);
});
