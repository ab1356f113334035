import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ByteBuffer } from "../../../lib/codec/byte_buffer.ts";
import { LimitError } from "../../../lib/codec/errors.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("ByteBuffer gives back what went in, in order", PURE, () => {
  const buffer = new ByteBuffer(8);
  assertEquals(buffer.peek(), new Uint8Array(0));
  buffer.append(Uint8Array.of(1, 2, 3));
  buffer.append(new Uint8Array(0));
  buffer.consume(2);
  buffer.append(Uint8Array.of(4));
  assertEquals([buffer.length, buffer.peek()], [2, Uint8Array.of(3, 4)]);
  buffer.consume(2);
  assertEquals([buffer.length, buffer.peek()], [0, new Uint8Array(0)]);
});

Deno.test("ByteBuffer copies what is appended", PURE, () => {
  const buffer = new ByteBuffer(8);
  const chunk = Uint8Array.of(1, 2);
  buffer.append(chunk);
  chunk.fill(9);
  assertEquals(buffer.peek(), Uint8Array.of(1, 2));
});

Deno.test("ByteBuffer takes bytes up to its cap and refuses a chunk beyond it whole", PURE, () => {
  const buffer = new ByteBuffer(4);
  buffer.append(Uint8Array.of(1, 2, 3, 4));
  const error = assertThrows(
    () => buffer.append(Uint8Array.of(5, 6)),
    LimitError,
    "Cannot buffer 6 bytes: at most 4 are allowed",
  );
  assertEquals(error.limit, 4);
  assertEquals(buffer.peek(), Uint8Array.of(1, 2, 3, 4));
  buffer.consume(2);
  buffer.append(Uint8Array.of(5, 6));
  assertEquals(buffer.peek(), Uint8Array.of(3, 4, 5, 6));
});

Deno.test("ByteBuffer refuses to consume what it does not hold", PURE, () => {
  const buffer = new ByteBuffer(4);
  buffer.append(Uint8Array.of(1, 2));
  for (const count of [3, -1, NaN]) {
    assertThrows(() => buffer.consume(count), RangeError, `Cannot consume ${count} bytes: 2 are`);
  }
  assertEquals(buffer.length, 2);
  for (const cap of [-1, NaN]) assertThrows(() => new ByteBuffer(cap), RangeError, `not ${cap}`);
});

Deno.test("ByteBuffer slides within its storage instead of growing", PURE, () => {
  const buffer = new ByteBuffer(1000);
  buffer.append(new Uint8Array(100));
  const storage = buffer.peek().buffer;
  for (let round = 0; round < 100; round++) {
    buffer.consume(90);
    buffer.append(new Uint8Array(90).fill(round));
    assertStrictEquals(buffer.peek().buffer, storage, `round ${round}`);
  }
  assertEquals(buffer.peek().subarray(10), new Uint8Array(90).fill(99));
});

Deno.test("ByteBuffer gives large storage back when it is empty", PURE, () => {
  const buffer = new ByteBuffer(1 << 20);
  buffer.append(new Uint8Array(1 << 20));
  buffer.consume(1 << 20);
  assertEquals(buffer.peek().buffer.byteLength, 0);
});

Deno.test("ByteBuffer agrees with a plain list, and its storage with its cap", PURE, () => {
  const random = new Random();
  for (let round = 0; round < 50; round++) {
    const maxBytes = random.integer(0, 2000);
    const buffer = new ByteBuffer(maxBytes);
    let model: number[] = [];
    for (let step = 0; step < 50; step++) {
      const label = `seed ${random.seed} round ${round} step ${step}`;
      const chunk = random.bytes(random.integer(0, maxBytes - model.length));
      buffer.append(chunk);
      model.push(...chunk);
      assertEquals(buffer.peek(), Uint8Array.from(model), label);
      const count = random.integer(0, model.length);
      buffer.consume(count);
      model = model.slice(count);
      assertEquals(buffer.length, model.length, label);
      assert(equalStart(buffer.peek(), model), label);
      assertLessOrEqual(buffer.peek().buffer.byteLength, Math.max(256, 2 * maxBytes), label);
    }
  }
});

function equalStart(bytes: Uint8Array, model: number[]): boolean {
  return bytes.length === model.length && bytes.every((byte, at) => byte === model[at]);
}
