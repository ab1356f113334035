import { assertEquals } from "@std/assert";
import { parseSize, showBytes, sizeText } from "../../../lib/cli/sizes.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("parseSize reads bytes with and without a unit", PURE, () => {
  const cases: readonly [text: string, bytes: number | undefined][] = [
    ["0", 0],
    ["4096", 4096],
    ["64KiB", 65_536],
    ["64kib", 65_536],
    ["1.5MB", 1_500_000],
    ["2 GiB", 2 ** 31],
    ["1TiB", 2 ** 40],
    [".5kB", 500],
    ["10B", 10],
    ["", undefined],
    ["-1", undefined],
    ["fast", undefined],
    ["1e3", undefined],
    ["1 XB", undefined],
    ["9007199254740993", undefined],
    ["9000TiB", undefined],
  ];
  for (const [text, bytes] of cases) assertEquals(parseSize(text), bytes, text);
});

Deno.test("sizeText is what parseSize reads", PURE, () => {
  for (
    const [bytes, text] of [[0, "0"], [1000, "1000"], [1024, "1KiB"], [2 ** 38, "256GiB"]] as const
  ) {
    assertEquals(sizeText(bytes), text);
    assertEquals(parseSize(text), bytes);
  }
});

Deno.test("showBytes has about three digits", PURE, () => {
  const cases: readonly [bytes: number, text: string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [99_949, "99.9 kB"],
    [99_960, "100 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [1_234_567_890, "1.2 GB"],
    [5e15, "5000 TB"],
  ];
  for (const [bytes, text] of cases) assertEquals(showBytes(bytes), text);
});
