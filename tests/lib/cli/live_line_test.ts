import { assertEquals } from "@std/assert";
import { cutToWidth } from "../../../lib/cli/live_line.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("cutToWidth keeps whole characters, as many as there are columns for", PURE, () => {
  const cases: readonly [text: string, width: number, cut: string][] = [
    ["short", 5, "short"],
    ["longer", 5, "long…"],
    ["漢字漢字", 8, "漢字漢字"],
    ["漢字漢字", 7, "漢字漢…"],
    ["漢字漢字", 6, "漢字…"],
    ["🚀🚀", 3, "🚀…"],
    ["", 1, ""],
  ];
  for (const [text, width, cut] of cases) assertEquals(cutToWidth(text, width), cut);
});
