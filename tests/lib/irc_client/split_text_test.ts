import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { relayRoom, splitText } from "../../../lib/irc_client/split_text.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

const CASES: readonly (readonly [text: string, bytes: number, parts: readonly string[]])[] = [
  ["", 10, []],
  ["   ", 10, []],
  ["short", 10, ["short"]],
  ["to be or not to be", 8, ["to be or", "not to", "be"]],
  ["exactly ten", 11, ["exactly ten"]],
  ["größer", 4, ["grö", "ßer"]],
  ["漢字漢字", 7, ["漢字", "漢字"]],
  ["🚀🚀🚀", 8, ["🚀🚀", "🚀"]],
  // A flag of two code points, and a letter with its accent, stay together.
  ["🇩🇪🇩🇪", 12, ["🇩🇪", "🇩🇪"]],
  ["aaae\u0301", 5, ["aaa", "e\u0301"]],
  // Where one character alone is longer than a part, its code points are divided.
  ["👩‍👩‍👧", 8, ["👩\u200d", "👩\u200d", "👧"]],
  // A space far in front is no reason for a short line.
  ["a bbbbbbbbbbbb", 10, ["a bbbbbbbb", "bbbb"]],
  ["  indented", 20, ["  indented"]],
];

Deno.test("a text is split at words, or between characters", PURE, () => {
  for (const [text, bytes, parts] of CASES) assertEquals(splitText(text, bytes), [...parts], text);
});

Deno.test(
  "no relayed line exceeds 512 bytes, and nothing but spaces at the seams is lost",
  PURE,
  () => {
    const random = new Random();
    const letters = ["a", "é", "漢", "🚀", " ", "word ", "e\u0301", "👩‍👩‍👧"];
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: random.integer(1, 900) }, () => random.pick(letters)).join(
        "",
      );
      const frame = {
        nick: "n".repeat(random.integer(1, 30)),
        user: "~u",
        host: "h".repeat(random.integer(1, 100)),
        verb: "PRIVMSG",
        target: "#".repeat(random.integer(1, 60)),
      };
      const parts = splitText(text, relayRoom(frame, 512));
      const what = `seed ${random.seed}, round ${round}`;
      assertEquals(parts.join("").replaceAll(" ", ""), text.replaceAll(" ", ""), what);
      for (const part of parts) {
        const line =
          `:${frame.nick}!${frame.user}@${frame.host} PRIVMSG ${frame.target} :${part}\r\n`;
        assertLessOrEqual(new TextEncoder().encode(line).length, 512, what);
        assert(part.isWellFormed(), what);
      }
    }
  },
);

Deno.test(
  "a server's longer lines are used, and the shortest has room for a code point",
  PURE,
  () => {
    const frame = { nick: "ann", user: "ann", host: "host", verb: "PRIVMSG", target: "#a" };
    assertEquals(relayRoom(frame, 2048) - relayRoom(frame, 512), 1536);
    assertEquals(relayRoom({ ...frame, nick: "n".repeat(600) }, 512), 4);
  },
);
