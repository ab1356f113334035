import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatagramProbe, PROBE_HEADER_BYTES } from "../../../lib/codec/datagram_probe.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;
const RUN = 0xfeed_c0de;

Deno.test("a probe lies on the wire as documented", PURE, () => {
  const probe = new DatagramProbe({ run: RUN, size: 24 });
  const bytes = probe.compose(0x0102_0304, 1.5);
  assertEquals(bytes.subarray(0, 4).toHex(), "feedc0de");
  assertEquals(bytes.subarray(4, 8).toHex(), "01020304");
  assertEquals(bytes.subarray(8, 16).toHex(), "3ff8000000000000");
  // As zlib.crc32 of Python computes it over the sixteen bytes before.
  assertEquals(bytes.subarray(16, 20).toHex(), "50b7084c");
  assertEquals(bytes.length, 24);
});

Deno.test("a probe that comes back as it was is intact, whatever its size", PURE, () => {
  const random = new Random();
  for (const size of [PROBE_HEADER_BYTES, 21, 64, 1_472, 65_507, 65_527]) {
    const probe = new DatagramProbe({ run: RUN, size });
    for (const sequence of [0, 1, 1_000, 2 ** 32 - 1, random.uint32()]) {
      const sentAt = random.uint32() / 1_000;
      const datagram = probe.compose(sequence, sentAt).slice();
      probe.compose(99, 0);
      const label = `${size} bytes, number ${sequence}, seed ${random.seed}`;
      assertEquals(probe.examine(datagram), { kind: "intact", sequence, sentAt }, label);
    }
  }
});

Deno.test("a sequence number past 32 bits wraps", PURE, () => {
  const probe = new DatagramProbe({ run: RUN, size: 64 });
  assertEquals(probe.examine(probe.compose(2 ** 32 + 5, 0)), {
    kind: "intact",
    sequence: 5,
    sentAt: 0,
  });
});

Deno.test("every flipped bit is noticed, and no other probe is blamed for it", PURE, () => {
  const probe = new DatagramProbe({ run: RUN, size: 40 });
  const whole = probe.compose(7, 12.25).slice();
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const damaged = whole.slice();
    damaged[bit >> 3]! ^= 0x80 >> (bit & 7);
    const examination = probe.examine(damaged);
    assertEquals(examination.kind, "corrupted", `bit ${bit}`);
    if (examination.kind === "foreign") continue;
    const known = bit < 8 * PROBE_HEADER_BYTES ? undefined : 7;
    assertEquals(examination.sequence, known, `bit ${bit}`);
  }
});

Deno.test("a part of a probe is truncated, down to nothing", PURE, () => {
  const probe = new DatagramProbe({ run: RUN, size: 64 });
  const whole = probe.compose(7, 12.25).slice();
  for (let length = 0; length < whole.length; length++) {
    const examination = probe.examine(whole.subarray(0, length));
    assertEquals(examination.kind, "truncated", `${length} bytes`);
    if (examination.kind === "foreign") continue;
    assertEquals(examination.sequence, length < PROBE_HEADER_BYTES ? undefined : 7);
  }
});

Deno.test("what is both cut and changed, or longer, is corrupted", PURE, () => {
  const probe = new DatagramProbe({ run: RUN, size: 64 });
  const whole = probe.compose(7, 12.25).slice();
  const changed = whole.slice(0, 50);
  changed[49]! ^= 1;
  assertEquals(probe.examine(changed).kind, "corrupted");
  assertEquals(probe.examine(Uint8Array.of(...whole, 0)).kind, "corrupted");
  changed[10]! ^= 1;
  assertEquals(probe.examine(changed), { kind: "corrupted" });
});

Deno.test("what is no probe of this run is foreign", PURE, () => {
  const probe = new DatagramProbe({ run: RUN, size: 64 });
  const other = new DatagramProbe({ run: RUN + 1, size: 64 });
  const random = new Random();
  const foreign: Uint8Array[] = [
    other.compose(7, 12.25).slice(),
    other.compose(7, 12.25).slice(0, 40),
    new DatagramProbe({ run: RUN + 1, size: 20 }).compose(7, 12.25).slice(),
    new TextEncoder().encode("Hello UDP Client"),
    random.bytes(63),
    random.bytes(65),
    Uint8Array.of(0xfe, 0xed, 0xc0, 0xdf),
  ];
  for (const [i, datagram] of foreign.entries()) {
    const label = `number ${i}, seed ${random.seed}`;
    assertEquals(probe.examine(datagram), { kind: "foreign" }, label);
  }
});

Deno.test("probes differ from each other all over", PURE, () => {
  const probe = new DatagramProbe({ run: RUN, size: 64 });
  const [one, two] = [probe.compose(1, 0).slice(20), probe.compose(2, 0).slice(20)];
  const same = one.filter((byte, i) => byte === two[i]).length;
  assert(same < 5, `${same} bytes are the same`);
});

Deno.test("a probe has room for its header", PURE, () => {
  assertThrows(
    () => new DatagramProbe({ run: 1, size: 19 }),
    RangeError,
    "Cannot make a probe of 19 bytes: its header takes 20",
  );
});
