import { assert, assertEquals, assertFalse } from "@std/assert";
import { concatBytes, equalBytes } from "../../../lib/codec/bytes.ts";
import { ProbePattern } from "../../../lib/codec/probe.ts";
import { Random, testSeed } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** Bytes before the pattern repeats, as the module says: a prime. */
const PERIOD = 1_048_573;

function message(pattern: ProbePattern, sequence: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(0xee);
  pattern.fill(bytes, sequence);
  return bytes;
}

Deno.test("ProbePattern puts sequence number and run first, in network order", PURE, () => {
  const cases = [
    { run: 0x01020304, sequence: 5, header: "0000000501020304" },
    { run: 0xffffffff, sequence: 0, header: "00000000ffffffff" },
    { run: 0, sequence: 0xfedcba98, header: "fedcba9800000000" },
    { run: 0x80000000, sequence: 0x80000001, header: "8000000180000000" },
  ];
  for (const { run, sequence, header } of cases) {
    const pattern = new ProbePattern(run);
    for (const size of [8, 9, 64]) {
      assertEquals(message(pattern, sequence, size).subarray(0, 8).toHex(), header);
    }
    for (let size = 0; size < 8; size++) {
      assertEquals(message(pattern, sequence, size).toHex(), header.slice(0, 2 * size));
    }
  }
});

Deno.test("ProbePattern knows its own message and no other", PURE, () => {
  const pattern = new ProbePattern(0x1234);
  for (const size of [1, 7, 8, 9, 64, 1500, 65_536]) {
    const bytes = message(pattern, 7, size);
    assert(pattern.matches(bytes, 7), `${size} bytes`);
    // A message of one byte says nothing but the top byte of its number.
    if (size < 4) continue;
    assertFalse(pattern.matches(bytes, 8), `${size} bytes, another number`);
    if (size < 8) continue;
    assertFalse(new ProbePattern(0x1235).matches(bytes, 7), `${size} bytes, another run`);
  }
});

Deno.test("ProbePattern notices any changed byte", PURE, () => {
  const pattern = new ProbePattern(0x1234);
  const bytes = message(pattern, 7, 300);
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 0x80]) {
      bytes[at]! ^= bit;
      assertFalse(pattern.matches(bytes, 7), `bit ${bit} of byte ${at}`);
      bytes[at]! ^= bit;
    }
  }
  assert(pattern.matches(bytes, 7));
});

Deno.test("ProbePattern notices swapped blocks of any power of two", PURE, () => {
  const pattern = new ProbePattern(0x1234);
  const bytes = message(pattern, 1, 65_536);
  for (let block = 16; block <= 32_768; block *= 2) {
    const swapped = concatBytes([
      bytes.subarray(block, 2 * block),
      bytes.subarray(0, block),
      bytes.subarray(2 * block),
    ]);
    assertFalse(pattern.matches(swapped, 1), `blocks of ${block}`);
  }
});

Deno.test("ProbePattern's messages differ from each other behind the header, too", PURE, () => {
  const pattern = new ProbePattern(9);
  const seen = new Set<string>();
  for (let sequence = 0; sequence < 1_000; sequence++) {
    seen.add(message(pattern, sequence, 32).subarray(8).toHex());
  }
  assertEquals(seen.size, 1_000);
});

Deno.test("ProbePattern's bytes have no structure that a fault could repeat", PURE, () => {
  const counts = new Uint32Array(256);
  for (const byte of new ProbePattern(77).slice(0, 65_536)) counts[byte]!++;
  // 256 expected of each; 112 is seven standard deviations away. The seed is fixed.
  for (const [byte, count] of counts.entries()) {
    assert(Math.abs(count - 256) < 112, `byte ${byte}: ${count} times`);
  }
});

Deno.test("ProbePattern's slices are one endless stream, however it is cut", PURE, () => {
  const random = new Random(testSeed());
  const longest = 4096;
  const pattern = new ProbePattern(42, longest);
  const period = concatBytes(
    Array.from({ length: Math.ceil(PERIOD / longest) }, (_, i) => {
      return pattern.slice(i * longest, Math.min(longest, PERIOD - i * longest));
    }),
  );
  assertEquals(period.length, PERIOD);
  for (let round = 0; round < 200; round++) {
    const offset = random.integer(0, 3 * PERIOD);
    const length = random.integer(0, longest);
    const slice = pattern.slice(offset, length);
    const at = `${length} bytes from ${offset}, seed ${random.seed}`;
    assertEquals(slice.length, length, at);
    const expected = Uint8Array.from({ length }, (_, i) => period[(offset + i) % PERIOD]!);
    assert(equalBytes(slice, expected), at);
  }
});
