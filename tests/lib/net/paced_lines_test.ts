import { assertEquals } from "@std/assert";
import { concatBytes } from "../../../lib/codec/bytes.ts";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { type PacedLine, PacedLines } from "../../../lib/net/paced_lines.ts";
import { TokenBucket } from "../../../lib/codec/token_bucket.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { forEachSplit } from "../../support/splits.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

interface Rig {
  readonly lines: PacedLines;
  readonly heard: string[];
}

/** Lines of at most 10 bytes, of which 40 bytes may wait. */
function rig(burst: number, perSecond: number, onLine?: (line: string, rig: Rig) => void): Rig {
  const heard: string[] = [];
  const handle = (line: PacedLine): void => {
    const text = typeof line === "string" ? `(${line})` : new TextDecoder().decode(line);
    heard.push(text);
    onLine?.(text, it);
  };
  const bucket = new TokenBucket({ burst, perSecond }, performance.now());
  const it = { heard, lines: new PacedLines({ maxLine: 10, maxWaiting: 40, bucket, handle }) };
  return it;
}

Deno.test("lines come out whole and in order, however the bytes are cut", PURE, () => {
  const input = encodeUtf8("one\r\ntwo\n\nfar too long a line\nthree\rfour\n0123456789\r\nrest");
  forEachSplit(input, (chunks, label) => {
    const { lines, heard } = rig(1, 0);
    for (const chunk of chunks) assertEquals(lines.push(chunk), true, label);
    assertEquals(
      heard,
      ["one", "two", "", "(overlong)", "three\rfour", "0123456789"],
      label,
    );
  });
});

Deno.test("what comes too fast waits, and goes at the rate, however it is cut", PURE, async () => {
  const input = encodeUtf8("a\nb\nc\nd\ne\nf");
  const all: Uint8Array[][] = [];
  forEachSplit(input, (chunks) => all.push(chunks));
  for (const chunks of all) {
    using clock = new FakeClock();
    const { lines, heard } = rig(2, 10);
    for (const chunk of chunks) {
      lines.push(chunk);
      // The caller reads into the same buffer again.
      chunk.fill(0x78);
    }
    assertEquals(heard.join(""), "ab");
    assertEquals(lines.holds, true);
    await clock.pass(99);
    assertEquals(heard.join(""), "ab");
    await clock.pass(2);
    assertEquals(heard.join(""), "abc");
    await clock.pass(150);
    assertEquals(heard.join(""), "abcd");
    await clock.pass(1_000);
    assertEquals(heard.join(""), "abcde");
    // The beginning of a line waits for nothing but its end.
    assertEquals(lines.holds, false);
    lines.push(encodeUtf8("\n"));
    assertEquals(heard.at(-1), "f");
    assertEquals(clock.pending, 0);
  }
});

Deno.test("a line that was worth several is paid for before the next", PURE, async () => {
  using clock = new FakeClock();
  const { lines, heard } = rig(3, 10, (text, it) => text === "big" && it.lines.charge(4));
  lines.push(encodeUtf8("big\na\nb\n"));
  assertEquals(heard, ["big"]);
  await clock.pass(290);
  assertEquals(heard, ["big"]);
  await clock.pass(20);
  assertEquals(heard, ["big", "a"]);
  await clock.pass(100);
  assertEquals(heard, ["big", "a", "b"]);
});

Deno.test("more waits up to the cap and not a byte beyond", PURE, () => {
  using _clock = new FakeClock();
  for (const cut of [1, 7, 40]) {
    const { lines } = rig(1, 1);
    const flood = encodeUtf8(`go\n${"x\n".repeat(20)}`);
    for (let at = 0; at < flood.length; at += cut) {
      assertEquals(lines.push(flood.subarray(at, at + cut)), true, `cut ${cut} at ${at}`);
    }
    assertEquals(lines.push(encodeUtf8("y")), false);
    lines.stop();
  }
});

Deno.test("a paused queue hands nothing on, and resumes in order", PURE, async () => {
  using _clock = new FakeClock();
  const { lines, heard } = rig(9, 0, (line, { lines }) => {
    if (line === "stop") lines.pause();
  });
  lines.push(encodeUtf8("a\nstop\nb\n"));
  lines.push(encodeUtf8("c\n"));
  assertEquals(heard, ["a", "stop"]);
  let idle = false;
  const wait = lines.idle().then(() => idle = true);
  await Promise.resolve();
  assertEquals(idle, false);
  lines.resume();
  assertEquals(heard, ["a", "stop", "b", "c"]);
  await wait;
});

Deno.test("a stopped queue is idle, forgets what waits, and hears nothing", PURE, async () => {
  using clock = new FakeClock();
  const { lines, heard } = rig(1, 1, (line, { lines }) => {
    if (line === "b") lines.stop();
  });
  lines.push(encodeUtf8("a\nb\nc\n"));
  const idle = lines.idle();
  await clock.pass(5_000);
  await idle;
  assertEquals(heard, ["a", "b"]);
  assertEquals(lines.push(concatBytes([encodeUtf8("d\n".repeat(100))])), true);
  assertEquals([heard.length, clock.pending], [2, 0]);
  await lines.idle();
});
