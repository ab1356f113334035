import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { concatBytes } from "../../../lib/codec/bytes.ts";
import { LimitError, PeerClosedError, ProtocolError } from "../../../lib/codec/errors.ts";
import { MAX_CHUNK_EXTRAS } from "../../../lib/codec/http_chunks.ts";
import { MAX_HTTP_HEAD } from "../../../lib/codec/http_head.ts";
import { type HttpEvent, HttpResponseDecoder } from "../../../lib/codec/http_response.ts";
import { forEachSplit } from "../../support/splits.ts";
import vectors from "../../vectors/http_responses.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 30_000 } as const;

/** The vectors write bytes as characters of the same number. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** All that a response comes out as, the parts of its body joined. */
interface Decoded {
  readonly events: HttpEvent[];
  readonly body: Uint8Array;
  readonly surplus: number;
}

function decode(chunks: Iterable<Uint8Array>): Decoded {
  const decoder = new HttpResponseDecoder();
  const events: HttpEvent[] = [];
  const parts: Uint8Array[] = [];
  const take = (event: HttpEvent): void => {
    events.push(event);
    if (event.type === "body") parts.push(event.bytes.slice());
  };
  for (const chunk of chunks) {
    if (events.at(-1)?.type === "end") break;
    decoder.push(chunk);
    for (let event; (event = decoder.next()) !== undefined;) take(event);
  }
  if (events.at(-1)?.type !== "end") take(decoder.end());
  const last = events.at(-1);
  assert(last?.type === "end");
  return { events, body: concatBytes(parts), surplus: last.surplus };
}

function failure(chunks: Iterable<Uint8Array>): Error {
  try {
    decode(chunks);
  } catch (error) {
    assert(error instanceof Error);
    return error;
  }
  throw new Error("Expected the response to be refused");
}

for (const vector of vectors.valid) {
  Deno.test(`HttpResponseDecoder reads ${vector.name}`, PURE, () => {
    forEachSplit(bytesOf(vector.raw), (chunks, label) => {
      const { events, body, surplus } = decode(chunks);
      const interim = events.filter(({ type }) => type === "interim");
      assertEquals(interim.length, vector.interim ?? 0, label);
      const found = events.find((event) => event.type === "head");
      assert(found?.type === "head", label);
      assertEquals(found.head.status, vector.status, label);
      if (vector.reason !== undefined) assertEquals(found.head.reason, vector.reason, label);
      if (vector.framing !== undefined) assertEquals(found.framing.kind, vector.framing, label);
      if (vector.fields !== undefined) {
        const fields = found.head.fields.map(({ name, value }) => [name, value]);
        assertEquals(fields, vector.fields, label);
      }
      assertEquals(body, bytesOf(vector.body), label);
      // How much lies behind the end shows only in the chunk that the end was in.
      if (label === "whole") assertEquals(surplus, vector.surplus ?? 0, label);
    });
  });
}

const KINDS: Record<string, new (...args: never[]) => Error> = { ProtocolError, PeerClosedError };

for (const { name, raw, kind, says } of vectors.malformed) {
  Deno.test(`HttpResponseDecoder refuses ${name}`, PURE, () => {
    forEachSplit(bytesOf(raw), (chunks, label) => {
      const error = failure(chunks);
      assert(error instanceof KINDS[kind]!, `${label}: ${error}`);
      assertStringIncludes(error.message, says, label);
    });
  });
}

Deno.test("every proper start of a response is refused as cut off", PURE, () => {
  const framed = vectors.valid.filter(({ framing }) =>
    framing === "length" || framing === "chunked"
  );
  for (const { name, raw, surplus = 0 } of framed) {
    const bytes = bytesOf(raw);
    for (let length = 0; length < bytes.length - surplus; length++) {
      const error = failure([bytes.subarray(0, length)]);
      assert(error instanceof PeerClosedError, `${name}, ${length} bytes: ${error}`);
    }
  }
});

/** Responses that would never end, and what stops them. */
const ENDLESS: readonly (readonly [name: string, start: string, again: string, limit: number])[] = [
  ["a status line", "HTTP/1.1 200 ", "x", MAX_HTTP_HEAD],
  ["a header", "HTTP/1.1 200 OK\r\nX: ", "x", MAX_HTTP_HEAD],
  ["headers", "HTTP/1.1 200 OK\r\n", "A: b\r\n", MAX_HTTP_HEAD],
  ["folded lines", "HTTP/1.1 200 OK\r\nX: 1\r\n", " x\r\n", MAX_HTTP_HEAD],
  ["interim responses", "", "HTTP/1.1 100 Continue\r\n\r\n", MAX_HTTP_HEAD],
  [
    "a chunk extension",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;",
    "x",
    MAX_CHUNK_EXTRAS,
  ],
  [
    "chunk extensions",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    `1;${"x".repeat(100)}\r\na\r\n`,
    MAX_CHUNK_EXTRAS,
  ],
  [
    "trailers",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    "A: b\r\n",
    MAX_CHUNK_EXTRAS,
  ],
];

for (const [name, start, again, limit] of ENDLESS) {
  Deno.test(`HttpResponseDecoder stops endless ${name} at the cap`, PURE, () => {
    const piece = bytesOf(again.repeat(Math.ceil(1000 / again.length)));
    let pushed = 0;
    const endless = function* (): Generator<Uint8Array> {
      yield bytesOf(start);
      for (;;) {
        pushed += piece.length;
        yield piece;
      }
    };
    const error = failure(endless());
    assert(error instanceof LimitError, String(error));
    assertEquals(error.limit, limit);
    assertLess(pushed, 2 * limit + piece.length);
  });
}

Deno.test("headers at the cap pass", PURE, () => {
  const line = `X: ${"x".repeat(MAX_HTTP_HEAD - "HTTP/1.0 200 OK".length - 3)}`;
  const { events } = decode([bytesOf(`HTTP/1.0 200 OK\r\n${line}\r\n\r\n`)]);
  assertEquals(events.map(({ type }) => type), ["head", "end"]);
});

Deno.test("parts of the body are views of what was pushed", PURE, () => {
  const decoder = new HttpResponseDecoder();
  decoder.push(bytesOf("HTTP/1.0 200 OK\r\n\r\n"));
  assertEquals(decoder.next()?.type, "head");
  assertEquals(decoder.next(), undefined);
  const chunk = bytesOf("hello");
  decoder.push(chunk);
  const part = decoder.next();
  assert(part?.type === "body" && part.bytes.buffer === chunk.buffer);
});
