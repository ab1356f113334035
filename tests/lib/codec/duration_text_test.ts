import { assertEquals } from "@std/assert";
import { durationText } from "../../../lib/codec/duration_text.ts";

Deno.test("spans of time in two units", { permissions: "none", timeout: 10_000 }, () => {
  const cases: [seconds: number, text: string][] = [
    [0, "0 s"],
    [0.9, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [61, "1 min 1 s"],
    [3_599, "59 min 59 s"],
    [3_600, "1 h"],
    [3_605, "1 h"],
    [3_660, "1 h 1 min"],
    [86_399, "23 h 59 min"],
    [90_061, "1 d 1 h"],
    [86_400 * 400, "400 d"],
  ];
  for (const [seconds, text] of cases) assertEquals(durationText(seconds), text, `${seconds}`);
});
