import { assertEquals, assertThrows } from "@std/assert";
import { parsePorts } from "../../../lib/codec/port_list.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("parsePorts reads ports, ranges and lists, each port once and in order", PURE, () => {
  const cases: readonly (readonly [words: string[], ports: number[]])[] = [
    [[], []],
    [["80"], [80]],
    [["1", "65535"], [1, 65535]],
    [["443", "80-82"], [443, 80, 81, 82]],
    [["22,80", "8000-8001,443"], [22, 80, 8000, 8001, 443]],
    [["7-7"], [7]],
    [["5-7", "6", "7-8"], [5, 6, 7, 8]],
    [["00080"], [80]],
  ];
  for (const [words, ports] of cases) assertEquals(parsePorts(words), ports, words.join(" "));
  assertEquals(parsePorts(["1-65535"]).length, 65_535);
});

Deno.test("parsePorts refuses what is neither port nor range", PURE, () => {
  const words = ["", "0", "65536", "0-5", "1-65536", "9-8", "-5", "5-", "1-2-3", "http", "8_0"];
  for (const word of [...words, "80 ", "1e3", "0x50", "80,", "9".repeat(400), "\x1b[2J"]) {
    const error = assertThrows(() => parsePorts([word]), SyntaxError, "Cannot read the port", word);
    assertEquals(error.message.includes("\x1b"), false);
  }
});
