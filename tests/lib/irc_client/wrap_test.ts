import { assertEquals, assertLessOrEqual } from "@std/assert";
import { textWidth } from "../../../lib/codec/text_width.ts";
import type { Entry } from "../../../lib/irc_client/entry.ts";
import { entryRows } from "../../../lib/irc_client/entry_rows.ts";
import { paintColours, paintNothing } from "../../../lib/irc_client/paint.ts";
import { wrapText } from "../../../lib/irc_client/wrap.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

const CASES: readonly (readonly [text: string, first: number, others: number, rows: string[]])[] = [
  ["", 10, 10, [""]],
  ["one two three", 7, 7, ["one two", "three"]],
  ["one two three", 3, 9, ["one", "two three"]],
  ["abcdefghij", 4, 4, ["abcd", "efgh", "ij"]],
  ["漢字漢字", 5, 5, ["漢字", "漢字"]],
  ["漢字 word", 7, 7, ["漢字", "word"]],
  ["x 🚀🚀🚀", 4, 4, ["x", "🚀🚀", "🚀"]],
  ["cafe\u0301 cafe\u0301", 4, 4, ["cafe\u0301", "cafe\u0301"]],
];

Deno.test("texts are broken at spaces, and words where the row ends", PURE, () => {
  for (const [text, first, others, rows] of CASES) {
    assertEquals(wrapText(text, first, others), rows, text);
  }
});

const ENTRY: Entry = {
  kind: "message",
  window: "#lobby",
  time: 0,
  from: "bob",
  text: "",
  own: false,
  mention: false,
  data: {},
};

Deno.test("rows fit any window, and go on below the text", PURE, () => {
  const text = "漢字 🚀 word größer ".repeat(20) + "x".repeat(200);
  for (let columns = 21; columns < 140; columns += 7) {
    for (const from of ["bob", "漢".repeat(100)]) {
      const rows = entryRows({ ...ENTRY, text, from }, columns, paintNothing);
      for (const row of rows) assertLessOrEqual(textWidth(row), columns, `${columns} columns`);
    }
  }
  const rows = entryRows({ ...ENTRY, text: "one two three" }, 21, paintNothing);
  assertEquals(rows.map((row) => row.slice(5)), [" <bob> one two", "     three"]);
});

Deno.test("a text of thousands of rows is cut", PURE, () => {
  const rows = entryRows({ ...ENTRY, text: "x".repeat(8_000) }, 80, paintNothing);
  assertEquals(rows.length, 31);
  assertEquals(/^ +… \d+ more$/.test(rows.at(-1) ?? ""), true);
});

Deno.test("a nickname has one colour, in whatever case; the plain painting has none", PURE, () => {
  assertEquals(paintColours("x", "nick bob"), paintColours("x", "nick BOB"));
  const colours = ["ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal"].map((nick) =>
    paintColours("x", `nick ${nick}`)
  );
  assertLessOrEqual(4, new Set(colours).size);
  assertEquals(paintNothing("x"), "x");
});
