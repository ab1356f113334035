import { assertEquals, assertRejects } from "@std/assert";
import { PeerClosedError } from "../../../lib/codec/errors.ts";
import { readExactly } from "../../../lib/net/read_exactly.ts";
import { readerOf } from "../../support/fake_streams.ts";
import { patternOf } from "../../support/load.ts";
import { splits } from "../../support/splits.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("readExactly fills the array from any segments and leaves the rest", PURE, async () => {
  const bytes = patternOf(50);
  for (const { label, chunks } of splits(bytes)) {
    const reader = readerOf(chunks);
    const first = new Uint8Array(20);
    const second = new Uint8Array(30);
    assertEquals(await readExactly(reader, first), true, label);
    assertEquals(await readExactly(reader, second), true, label);
    assertEquals(first, bytes.subarray(0, 20), label);
    assertEquals(second, bytes.subarray(20), label);
    assertEquals(await readExactly(reader, first), false, label);
  }
});

Deno.test("readExactly says false where the stream ends before the first byte", PURE, async () => {
  const into = new Uint8Array(4).fill(7);
  assertEquals(await readExactly(readerOf([]), into), false);
  assertEquals(into, new Uint8Array(4).fill(7));
});

Deno.test("readExactly of nothing does not read", PURE, async () => {
  const reader = { read: () => Promise.reject(new Error("Nobody asked for bytes")) };
  assertEquals(await readExactly(reader, new Uint8Array(0)), true);
});

Deno.test("readExactly throws where the stream ends in the middle", PURE, async () => {
  const bytes = patternOf(9);
  for (const { label, chunks } of splits(bytes)) {
    const error = await assertRejects(
      () => readExactly(readerOf(chunks), new Uint8Array(10)),
      PeerClosedError,
      "Cannot read 10 bytes: the peer closed after 9",
    );
    assertEquals([error.received, error.expected], [9, 10], label);
  }
});
