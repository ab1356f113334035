import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { LimitError } from "../../../lib/codec/errors.ts";
import {
  encodeFrame,
  type Frame,
  FRAME_HEADER_BYTES,
  FrameDecoder,
} from "../../../lib/codec/frame.ts";
import { concatBytes } from "../../../lib/codec/bytes.ts";
import { Random } from "../../support/random.ts";
import { forEachSplit } from "../../support/splits.ts";
import vectors from "../../vectors/frames.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("FrameDecoder gives the same frames however the bytes are cut", PURE, () => {
  for (const { name, hex, maxPayloadBytes, frames, pending } of vectors.wellFormed) {
    forEachSplit(Uint8Array.fromHex(hex), (chunks, label) => {
      const decoder = new FrameDecoder(maxPayloadBytes);
      const seen = decodeAll(decoder, chunks).map(inHex);
      assertEquals(
        { seen, pending: decoder.pending },
        { seen: frames, pending },
        `${name}, ${label}`,
      );
    });
  }
});

Deno.test("encodeFrame writes what the decoder reads", PURE, () => {
  for (const { name, hex, frames, pending } of vectors.wellFormed) {
    const wire = frames.map(({ type, flags, payload }) =>
      encodeFrame({ type, flags, payload: Uint8Array.fromHex(payload) })
    );
    assertEquals(concatBytes(wire).toHex(), hex.slice(0, hex.length - 2 * pending), name);
  }
  const payload = new Uint8Array(0x01_02_03);
  const wire = encodeFrame({ type: 1, flags: 2, payload });
  assertEquals([wire.subarray(0, 6).toHex(), wire.length], ["010200010203", 6 + 0x01_02_03]);
});

Deno.test("FrameDecoder refuses a length over the cap and stays at it", PURE, () => {
  for (const { name, hex, maxPayloadBytes, framesBefore } of vectors.overTheCap) {
    forEachSplit(Uint8Array.fromHex(hex), (chunks, label) => {
      const decoder = new FrameDecoder(maxPayloadBytes);
      const frames: Frame[] = [];
      const error = assertThrows(
        () => decodeAll(decoder, chunks, frames),
        LimitError,
        `at most ${maxPayloadBytes} are allowed`,
        `${name}, ${label}`,
      );
      assertEquals(
        [error.limit, frames.length],
        [maxPayloadBytes, framesBefore],
        `${name}, ${label}`,
      );
      assertThrows(() => decoder.next(), LimitError, "Cannot accept a frame", `${name}, ${label}`);
    });
  }
});

Deno.test("frames survive encoding, cutting and decoding", PURE, () => {
  const random = new Random();
  for (let round = 0; round < 50; round++) {
    const frames = Array.from({ length: random.integer(0, 5) }, () => ({
      type: random.integer(0, 255),
      flags: random.integer(0, 255),
      payload: random.bytes(random.integer(0, 40)),
    }));
    forEachSplit(concatBytes(frames.map(encodeFrame)), (chunks, label) => {
      const message = `round ${round} of seed ${random.seed}, ${label}`;
      assertEquals(decodeAll(new FrameDecoder(40), chunks), frames, message);
    }, random.uint32());
  }
});

Deno.test("encodeFrame refuses what its fields cannot hold", PURE, () => {
  const cases: [type: number, flags: number, length: number, field: string][] = [
    [256, 0, 0, "type"],
    [-1, 0, 0, "type"],
    [0, 1.5, 0, "flags"],
    [0, 0, 2 ** 32, "payload length"],
  ];
  for (const [type, flags, length, field] of cases) {
    assertThrows(
      // No payload of that length is made: only its length is looked at before anything is allocated.
      () => encodeFrame({ type, flags, payload: { length } as Uint8Array }),
      RangeError,
      `Cannot encode a frame: the ${field} must be`,
    );
  }
});

Deno.test(
  "FrameDecoder returns views of the chunk, and a copy where a payload is divided",
  PURE,
  () => {
    const wire = encodeFrame({ type: 1, flags: 0, payload: Uint8Array.of(1, 2, 3) });
    const decoder = new FrameDecoder(10);
    decoder.push(wire);
    assertStrictEquals(decoder.next()?.payload.buffer, wire.buffer);
    assertEquals(decoder.next(), undefined);
    const [head, tail] = [
      wire.slice(0, FRAME_HEADER_BYTES + 1),
      wire.slice(FRAME_HEADER_BYTES + 1),
    ];
    decoder.push(head);
    assertEquals(decoder.next(), undefined);
    head.fill(0);
    decoder.push(tail);
    const divided = decoder.next()?.payload;
    assert(divided?.buffer !== tail.buffer);
    tail.fill(0);
    assertEquals(divided, Uint8Array.of(1, 2, 3));
  },
);

Deno.test("FrameDecoder refuses a chunk while frames of the last one are unread", PURE, () => {
  const wire = encodeFrame({ type: 1, flags: 0, payload: new Uint8Array(0) });
  const decoder = new FrameDecoder(10);
  decoder.push(wire);
  assertThrows(() => decoder.push(wire), Error, "call next() first");
  decoder.next();
  decoder.push(wire);
});

Deno.test("FrameDecoder hands over a run of raw bytes behind a frame", PURE, () => {
  const decoder = new FrameDecoder(10);
  const frame = encodeFrame({ type: 1, flags: 0, payload: Uint8Array.of(9) });
  decoder.push(concatBytes([frame, Uint8Array.of(1, 2, 3)]));
  decoder.next();
  assertEquals(decoder.rest(), Uint8Array.of(1, 2, 3));
  decoder.push(frame.subarray(0, 3));
  assertEquals(decoder.next(), undefined);
  assertThrows(() => decoder.rest(), Error, "3 bytes of a frame are under way");
});

function decodeAll(decoder: FrameDecoder, chunks: Uint8Array[], into: Frame[] = []): Frame[] {
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) into.push(frame);
  }
  return into;
}

function inHex(frame: Frame): { type: number; flags: number; payload: string } {
  return { ...frame, payload: frame.payload.toHex() };
}
