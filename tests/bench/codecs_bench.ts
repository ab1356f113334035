/**
 * Micro-benchmarks of the codecs, each beside the obvious way: `deno bench tests/bench`. What is timed is
 * checked once before.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { DatagramProbe } from "../../lib/codec/datagram_probe.ts";
import { encodeFrame, FrameDecoder } from "../../lib/codec/frame.ts";
import { HttpResponseDecoder } from "../../lib/codec/http_response.ts";
import { LineSplitter } from "../../lib/codec/line_splitter.ts";
import { decodeUtf8, encodeUtf8, escapeForDisplay } from "../../lib/codec/text.ts";

/** What a socket hands over at a time. */
const SEGMENT = 1_460;

const TEXT = "PRIVMSG #lobby :Wake up, Neo, the Matrix has you\r\n".repeat(1_000);
const LINES = segments(encodeUtf8(TEXT));
const FRAMES = segments(
  concatBytes(Array.from({ length: 1_000 }, (_, i) => {
    return encodeFrame({ type: 1, flags: 0, payload: new Uint8Array(64).fill(i) });
  })),
);
const PAGE = segments(encodeUtf8(
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${TEXT.length}\r\n\r\n${TEXT}`,
));
const PROBE = new DatagramProbe({ run: 1, size: 64 });
const HOSTILE = `a line with \x1b[31m colour, \u202e and \x07 bells `.repeat(20);

function segments(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const count = Math.ceil(bytes.length / SEGMENT);
  return Array.from({ length: count }, (_, i) => bytes.slice(i * SEGMENT, (i + 1) * SEGMENT));
}

function splitLines(): number {
  const splitter = new LineSplitter(512);
  let lines = 0;
  for (const chunk of LINES) {
    splitter.push(chunk);
    while (splitter.next() !== undefined) lines++;
  }
  return lines;
}

/** As tutorials do it: no cap, nothing strict, and the start of a long line is searched again and again. */
function splitNaively(): number {
  const decoder = new TextDecoder();
  let [text, lines] = ["", 0];
  for (const chunk of LINES) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\r\n");
    text = parts.pop() ?? "";
    lines += parts.length;
  }
  return lines;
}

function decodeFrames(): number {
  const decoder = new FrameDecoder(1_024);
  let frames = 0;
  for (const chunk of FRAMES) {
    decoder.push(chunk);
    while (decoder.next() !== undefined) frames++;
  }
  return frames;
}

function decodePage(): number {
  const decoder = new HttpResponseDecoder();
  let events = 0;
  for (const chunk of PAGE) {
    decoder.push(chunk);
    while (decoder.next() !== undefined) events++;
  }
  return events;
}

function probe(): string {
  return PROBE.examine(PROBE.compose(7, 1.5)).kind;
}

assertEquals([splitLines(), splitNaively(), decodeFrames()], [1_000, 1_000, 1_000]);
assertEquals([decodePage() > 1, probe()], [true, "intact"]);
assertEquals(decodeUtf8(encodeUtf8(TEXT)), TEXT);

Deno.bench("1,000 lines in segments: LineSplitter", { group: "lines", baseline: true }, () => {
  splitLines();
});
Deno.bench("1,000 lines in segments: text and split", { group: "lines" }, () => {
  splitNaively();
});
Deno.bench("1,000 frames of 64 bytes in segments", () => {
  decodeFrames();
});
Deno.bench("an HTTP response of 50 kB in segments", () => {
  decodePage();
});
Deno.bench("a datagram of 64 bytes made and examined", () => {
  probe();
});
Deno.bench("50 kB of strict UTF-8 decoded", () => {
  for (const chunk of LINES) decodeUtf8(chunk);
});
Deno.bench("1 kB of a hostile peer's text escaped", () => {
  escapeForDisplay(HOSTILE, HOSTILE.length);
});
