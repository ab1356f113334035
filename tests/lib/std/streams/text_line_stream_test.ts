import { assertEquals } from "@std/assert";
import { TextLineStream, type TextLineStreamOptions } from "@std/streams/text-line-stream";
import { Random } from "../../../support/random.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const CASES: ReadonlyArray<[text: string, lines: string[], linesWithCR: string[]]> = [
  ["", [], []],
  ["one", ["one"], ["one"]],
  ["one\n", ["one"], ["one"]],
  ["one\r\n", ["one"], ["one"]],
  ["one\ntwo", ["one", "two"], ["one", "two"]],
  ["one\r\ntwo\n", ["one", "two"], ["one", "two"]],
  ["\n", [""], [""]],
  ["\n\none", ["", "", "one"], ["", "", "one"]],
  ["one\n\r\n\n", ["one", "", ""], ["one", "", ""]],
  ["one\rtwo\n", ["one\rtwo"], ["one", "two"]],
  ["one\rtwo", ["one\rtwo"], ["one", "two"]],
  ["one\r", ["one\r"], ["one"]],
  ["\r", ["\r"], [""]],
  ["one\r\r\ntwo", ["one\r", "two"], ["one", "", "two"]],
  ["one\n\rtwo\r\r", ["one", "\rtwo\r\r"], ["one", "", "two", ""]],
  ["größe\r\n日本\n", ["größe", "日本"], ["größe", "日本"]],
];

async function linesOf(chunks: string[], options?: TextLineStreamOptions): Promise<string[]> {
  return await Array.fromAsync(
    ReadableStream.from(chunks).pipeThrough(new TextLineStream(options)),
  );
}

/** Cuts a text at random places; empty chunks are likely, which a decoder emits too. */
function cut(text: string, random: Random): string[] {
  const chunks: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = start + random.integer(0, 3);
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}

for (const [text, lines, linesWithCR] of CASES) {
  Deno.test(`TextLineStream splits ${JSON.stringify(text)} however it arrives`, PURE, async () => {
    const random = new Random();
    const splits = [[text], [...text], cut(text, random), cut(text, random)];
    for (const chunks of splits) {
      const note = `chunks ${JSON.stringify(chunks)}, seed ${random.seed}`;
      assertEquals(await linesOf(chunks), lines, note);
      assertEquals(await linesOf(chunks, { allowCR: false }), lines, note);
      assertEquals(await linesOf(chunks, { allowCR: true }), linesWithCR, note);
    }
  });
}

Deno.test("TextLineStream joins a long line and splits a long chunk", PURE, async () => {
  const piece = "x".repeat(64);
  const chunks = Array.from({ length: 4_096 }, () => piece);
  assertEquals(await linesOf([...chunks, "\n", "end"]), [piece.repeat(4_096), "end"]);

  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
  assertEquals(await linesOf([lines.join("\r\n")]), lines);
});

Deno.test("TextLineStream emits a line as soon as it has ended", PURE, async () => {
  const stream = new TextLineStream();
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const written = writer.write("one\ntw");
  assertEquals(await reader.read(), { done: false, value: "one" });
  await written;
  const closed = Promise.all([writer.write("o"), writer.close()]);
  assertEquals(await reader.read(), { done: false, value: "two" });
  assertEquals<unknown>(await reader.read(), { done: true, value: undefined });
  await closed;
});
