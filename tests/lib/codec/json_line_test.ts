import { assertEquals } from "@std/assert";
import { jsonLine } from "../../../lib/codec/json_line.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const CASES: readonly [value: unknown, line: string][] = [
  [{ a: 1, b: "x" }, '{"a":1,"b":"x"}'],
  ["\x1b[2J", '"\\u001b[2J"'],
  ["\u009b31m\u007f", '"\\u009b31m\\u007f"'],
  ["\u202egpj.exe\u200b", '"\\u202egpj.exe\\u200b"'],
  ["a\u2028b\u{e0041}", '"a\\u2028b\\udb40\\udc41"'],
  ["größe 🚀", '"größe 🚀"'],
  ["\ud800", '"\\ud800"'],
];

Deno.test("jsonLine escapes what a terminal obeys, and every reader gets it back", PURE, () => {
  for (const [value, line] of CASES) {
    assertEquals(jsonLine(value), line);
    assertEquals(JSON.parse(line), value);
  }
});
