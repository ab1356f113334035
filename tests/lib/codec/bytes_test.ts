import { assertEquals } from "@std/assert";
import { concatBytes, equalBytes } from "../../../lib/codec/bytes.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("concatBytes joins parts in order into an array of its own", PURE, () => {
  const cases: [parts: string[], whole: string][] = [
    [[], ""],
    [["", ""], ""],
    [["01"], "01"],
    [["0102", "", "03"], "010203"],
  ];
  for (const [parts, whole] of cases) {
    assertEquals(concatBytes(parts.map((part) => Uint8Array.fromHex(part))).toHex(), whole);
  }
  const part = Uint8Array.of(1);
  const copy = concatBytes([part]);
  part[0] = 9;
  assertEquals(copy, Uint8Array.of(1));
});

Deno.test("equalBytes compares contents, also of views", PURE, () => {
  const bytes = Uint8Array.of(0, 1, 2, 3, 1, 2);
  assertEquals(equalBytes(bytes.subarray(1, 3), bytes.subarray(4)), true);
  assertEquals(equalBytes(bytes.subarray(0, 0), new Uint8Array(0)), true);
  assertEquals(equalBytes(bytes.subarray(0, 2), bytes.subarray(1, 3)), false);
  assertEquals(equalBytes(bytes, bytes.subarray(0, 5)), false);
});
