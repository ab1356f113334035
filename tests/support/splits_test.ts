import { assert, assertEquals } from "@std/assert";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { forEachSplit } from "./splits.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("forEachSplit loses nothing, repeats nothing and makes no empty piece", PURE, () => {
  for (const length of [0, 1, 2, 37]) {
    const bytes = Uint8Array.from({ length }, (_, at) => at);
    const labels: string[] = [];
    forEachSplit(bytes, (chunks, label) => {
      labels.push(label);
      assertEquals(concatBytes(chunks), bytes, label);
      assert(chunks.every((chunk) => chunk.length > 0), label);
    });
    assertEquals(labels.slice(0, 2), ["whole", "byte by byte"]);
    assertEquals(new Set(labels).size, 22);
  }
});
