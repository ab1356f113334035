import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { LimitError } from "../../../lib/codec/errors.ts";
import { LineSplitter, type OverlongPolicy } from "../../../lib/codec/line_splitter.ts";
import { decodeUtf8, encodeUtf8 } from "../../../lib/codec/text.ts";
import { Random } from "../../support/random.ts";
import { forEachSplit } from "../../support/splits.ts";
import vectors from "../../vectors/lines.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** What came out: a line, or null where a line over the cap was reported. */
type Seen = string | null;

Deno.test(
  "LineSplitter gives the same lines however the bytes are cut, over-long ones discarded",
  PURE,
  () => {
    for (const { name, input, maxBytes, lines, rest } of vectors) {
      forEachSplit(encodeUtf8(input), (chunks, label) => {
        assertEquals(split(chunks, maxBytes, "discard"), { lines, rest }, `${name}, ${label}`);
      });
    }
  },
);

Deno.test("LineSplitter throws once for an over-long line and goes on behind it", PURE, () => {
  for (const { name, input, maxBytes, lines, rest } of vectors) {
    forEachSplit(encodeUtf8(input), (chunks, label) => {
      assertEquals(split(chunks, maxBytes, "error"), { lines, rest }, `${name}, ${label}`);
    });
  }
});

Deno.test("LineSplitter agrees with a split of the whole text", PURE, () => {
  const random = new Random();
  for (let round = 0; round < 300; round++) {
    const maxBytes = random.integer(0, 6);
    const letters = Array.from(
      { length: random.integer(0, 40) },
      () => random.pick([..."aab\r\n"]),
    );
    const text = letters.join("");
    const expected = modelSplit(text, maxBytes);
    forEachSplit(encodeUtf8(text), (chunks, label) => {
      const message = `round ${round} of seed ${random.seed}, ${label}, ${JSON.stringify(text)}`;
      assertEquals(split(chunks, maxBytes, "discard"), expected, message);
    }, random.uint32());
  }
});

Deno.test("LineSplitter names the cap in its error, before the line has ended", PURE, () => {
  const splitter = new LineSplitter(4);
  splitter.push(encodeUtf8("abcde"));
  const error = assertThrows(
    () => splitter.next(),
    LimitError,
    "Cannot read a line of more than 4 bytes",
  );
  assertEquals(error.limit, 4);
});

Deno.test("LineSplitter delivers the lines in front of an over-long one first", PURE, () => {
  const splitter = new LineSplitter(4);
  splitter.push(encodeUtf8("one\ntwo\nthree\nfour\n"));
  assertEquals(splitter.next(), encodeUtf8("one"));
  assertEquals(splitter.next(), encodeUtf8("two"));
  assertThrows(() => splitter.next(), LimitError);
  assertEquals(splitter.next(), encodeUtf8("four"));
  assertEquals(splitter.next(), undefined);
});

Deno.test("LineSplitter reports an endless line once and holds nothing of it", PURE, () => {
  const splitter = new LineSplitter(100, "discard");
  const chunk = new Uint8Array(1000).fill(0x61);
  splitter.push(chunk);
  assertEquals(splitter.next(), "overlong");
  for (let round = 0; round < 1000; round++) {
    assertEquals(splitter.next(), undefined);
    splitter.push(chunk);
  }
  assertEquals(splitter.rest(), new Uint8Array(0));
  splitter.push(encodeUtf8("tail\nnext\n"));
  assertEquals(splitter.next(), encodeUtf8("next"));
});

Deno.test(
  "LineSplitter returns views of the chunk, and a copy where a line began earlier",
  PURE,
  () => {
    const splitter = new LineSplitter(100);
    const chunk = encodeUtf8("one\ntw");
    splitter.push(chunk);
    assertStrictEquals(splitter.next()?.buffer, chunk.buffer);
    assertEquals(splitter.next(), undefined);
    // The reader reuses its buffer: what was carried over must not change with it.
    chunk.set(encodeUtf8("o\nthre"));
    splitter.push(chunk);
    const carried = splitter.next();
    assert(carried?.buffer !== chunk.buffer);
    assertEquals(splitter.next(), undefined);
    chunk.fill(0);
    assertEquals(carried, encodeUtf8("two"));
    assertEquals(splitter.rest(), encodeUtf8("thre"));
  },
);

Deno.test("LineSplitter refuses a chunk while lines of the last one are unread", PURE, () => {
  const splitter = new LineSplitter(100);
  splitter.push(encodeUtf8("one\ntwo\n"));
  splitter.next();
  assertThrows(() => splitter.push(encodeUtf8("three\n")), Error, "call next() first");
  assertEquals(splitter.next(), encodeUtf8("two"));
  // All bytes are taken: the next chunk is welcome without another call.
  splitter.push(encodeUtf8("three\n"));
  assertEquals(splitter.next(), encodeUtf8("three"));
});

Deno.test("LineSplitter hands over the raw bytes behind the lines", PURE, () => {
  const wire = encodeUtf8("Status: 200\r\n\r\nbody\nof\r\nlines");
  forEachSplit(wire, (chunks, label) => {
    const splitter = new LineSplitter(100);
    const body: string[] = [];
    let inHeaders = true;
    for (const chunk of chunks) {
      if (!inHeaders) body.push(decodeUtf8(chunk));
      else splitter.push(chunk);
      for (let line = splitter.next(); inHeaders && line !== undefined; line = splitter.next()) {
        if (line.length > 0) continue;
        inHeaders = false;
        body.push(decodeUtf8(splitter.rest()));
      }
    }
    assertEquals(body.join(""), "body\nof\r\nlines", label);
  });
});

/** Feeds all chunks and collects everything that comes out. */
function split(
  chunks: Uint8Array[],
  maxBytes: number,
  policy: OverlongPolicy,
): { lines: Seen[]; rest: string } {
  const splitter = new LineSplitter(maxBytes, policy);
  const lines: Seen[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (let line = seen(splitter); line !== undefined; line = seen(splitter)) lines.push(line);
  }
  return { lines, rest: decodeUtf8(splitter.rest()) };
}

function seen(splitter: LineSplitter<OverlongPolicy>): Seen | undefined {
  try {
    const line = splitter.next();
    if (line === undefined) return undefined;
    return typeof line === "string" ? null : decodeUtf8(line);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return null;
  }
}

/** The same result from the whole text at once, with none of the splitter's machinery. */
function modelSplit(text: string, maxBytes: number): { lines: Seen[]; rest: string } {
  const pieces = text.split("\n");
  const rest = pieces.pop() ?? "";
  const content = (line: string): string => line.replace(/\r$/, "");
  const lines = pieces.map((line) => content(line).length > maxBytes ? null : content(line));
  const restTooLong = content(rest).length > maxBytes;
  return { lines: restTooLong ? [...lines, null] : lines, rest: restTooLong ? "" : rest };
}
