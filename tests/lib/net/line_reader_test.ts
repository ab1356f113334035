import { assertEquals, assertRejects } from "@std/assert";
import { LimitError } from "../../../lib/codec/errors.ts";
import { LineSplitter, type OverlongPolicy } from "../../../lib/codec/line_splitter.ts";
import { decodeUtf8, encodeUtf8 } from "../../../lib/codec/text.ts";
import { LineReader } from "../../../lib/net/line_reader.ts";
import { readerOf } from "../../support/fake_streams.ts";
import { splits } from "../../support/splits.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

async function readLines(lines: LineReader<OverlongPolicy>): Promise<string[]> {
  const seen: string[] = [];
  for (let line; (line = await lines.next()) !== undefined;) {
    seen.push(typeof line === "string" ? line : decodeUtf8(line));
  }
  return seen;
}

Deno.test("LineReader finds the same lines however the bytes arrive", PURE, async () => {
  // One line longer than what is read at once.
  const long = "x".repeat(10_000);
  const bytes = encodeUtf8(`one\r\n\n${long}\ntwo\nrest\r`);
  for (const { label, chunks } of splits(bytes)) {
    const lines = new LineReader(readerOf(chunks), new LineSplitter(long.length));
    assertEquals(await readLines(lines), ["one", "", long, "two"], label);
    assertEquals(decodeUtf8(lines.rest()), "rest", label);
  }
});

Deno.test("LineReader says again that the stream has ended", PURE, async () => {
  const lines = new LineReader(readerOf([]), new LineSplitter(8));
  assertEquals(await lines.next(), undefined);
  assertEquals(await lines.next(), undefined);
  assertEquals(lines.rest().length, 0);
});

Deno.test("LineReader leaves over-long lines to the splitter's policy", PURE, async () => {
  const bytes = encodeUtf8(`${"x".repeat(100)}\nnext\n${"y".repeat(9)}`);
  for (const { label, chunks } of splits(bytes)) {
    const discard = new LineReader(readerOf(chunks), new LineSplitter(8, "discard"));
    assertEquals(await readLines(discard), ["overlong", "next", "overlong"], label);
    const strict = new LineReader(readerOf(chunks), new LineSplitter(8));
    await assertRejects(() => strict.next(), LimitError, "more than 8 bytes", label);
  }
});
