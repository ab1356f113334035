import { assertEquals } from "@std/assert";
import { TerminalEscaper } from "../../../lib/cli/body_output.ts";
import { concatBytes } from "../../../lib/codec/bytes.ts";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { splits } from "../../support/splits.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("TerminalEscaper keeps text, lines and tabs, and disarms the rest", PURE, () => {
  const cases: readonly (readonly [text: string, shown: string])[] = [
    ["<p>\n\tGrüße 👋\n</p>\n", "<p>\n\tGrüße 👋\n</p>\n"],
    ["\x1b[2J\x07\u202e", "\\x1b[2J\\x07\\u{202e}"],
  ];
  for (const [text, shown] of cases) {
    for (const { label, chunks } of splits(encodeUtf8(text))) {
      const escaper = new TerminalEscaper();
      const parts = chunks.map((chunk) => escaper.escape(chunk));
      assertEquals(new TextDecoder().decode(concatBytes(parts)), shown, label);
    }
  }
  const escaper = new TerminalEscaper();
  assertEquals(escaper.escape(encodeUtf8("a\r\nb")), encodeUtf8("a\nb"));
  assertEquals(escaper.escape(Uint8Array.fromHex("61ff62")), encodeUtf8("a\ufffdb"));
});
