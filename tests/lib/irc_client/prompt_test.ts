import { assertEquals, assertLessOrEqual } from "@std/assert";
import { textWidth } from "../../../lib/codec/text_width.ts";
import type { IrcClient } from "../../../lib/irc_client/client.ts";
import { complete } from "../../../lib/irc_client/completion.ts";
import { inputView, promptText } from "../../../lib/irc_client/prompt.ts";
import { clientOf, START, wordEffects } from "../../support/irc_transcript.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

/** A client with lines of a server behind it. */
function clientAfter(...lines: string[]): IrcClient {
  const client = clientOf({ nick: "ann", channels: ["#lobby"] });
  client.connected(START);
  for (const line of [":s 001 ann :Hi", ":s 376 ann :End", ...lines]) {
    wordEffects(client, client.receive(new TextEncoder().encode(line), START));
  }
  return client;
}

const JOINED = [
  ":ann!a@h JOIN #lobby",
  ":s 353 ann = #lobby :@bob +Bobby [x]y ann",
  ":s 366 ann #lobby :End",
];

Deno.test("the prompt tells window, nickname and what is unread", PURE, () => {
  const client = clientAfter();
  assertEquals(promptText(client.state, 70), "[1:server] ann> ");
  const inside = clientAfter(...JOINED, ":bob!b@h PRIVMSG ann :psst", ":s 366 ann #lobby :End");
  assertEquals(promptText(inside.state, 70), "[2:#lobby] 3:bob(1!) ann> ");
  inside.look(3, START);
  for (const text of ["one", "two"]) {
    const line = new TextEncoder().encode(`:bob!b@h PRIVMSG #lobby :${text}`);
    wordEffects(inside, inside.receive(line, START));
  }
  assertEquals(promptText(inside.state, 70), "[3:bob] 2:#lobby(2) ann> ");
  inside.lost(START);
  inside.look(2, START);
  assertEquals(promptText(inside.state, 70), "[2:#lobby -] ann> ");
});

Deno.test(
  "a prompt with more news than fit counts the rest, and never exceeds its columns",
  PURE,
  () => {
    const people = Array.from({ length: 30 }, (_, n) => `:person漢${n}!p@h PRIVMSG ann :hi`);
    const { state } = clientAfter(...JOINED, ...people);
    assertEquals(promptText(state, 50), "[2:#lobby] 3:person漢0(1!) +29 ann> ");
    for (let columns = 30; columns < 120; columns++) {
      assertLessOrEqual(textWidth(promptText(state, columns)), columns, `${columns} columns`);
    }
  },
);

Deno.test("the input is cut to its row with the cursor in view", PURE, () => {
  const cases = [
    ["short", 5, 20, "short", ""],
    ["short", 2, 20, "sh", "ort"],
    ["漢字🚀", 2, 20, "漢字", "🚀"],
    ["\t\x1b[2J", 5, 20, "\\t\\x1b[2J", ""],
  ] as const;
  for (const [line, cursor, columns, before, after] of cases) {
    assertEquals(inputView(line, cursor, columns), { before, after }, line);
  }
  const long = "0123456789 漢字🚀 ".repeat(20);
  for (let cursor = 0; cursor <= long.length; cursor += 3) {
    const { before, after } = inputView(long, cursor, 30);
    assertLessOrEqual(textWidth(before + after), 30, `cursor ${cursor}`);
  }
});

Deno.test("words are completed by what they can be", PURE, () => {
  const { state } = clientAfter(...JOINED);
  const cases = [
    ["bo", ["Bobby: ", "bob: "]],
    ["hi BOBB", ["Bobby "]],
    // In this server's eyes, { is a small [.
    ["{X", ["[x]y: "]],
    ["an", []],
    ["/to", ["/topic "]],
    ["/topic #l", ["#lobby "]],
    ["say /to", []],
    ["#", ["#lobby "]],
    ["", []],
    ["zz", []],
  ] as const;
  for (const [before, candidates] of cases) {
    assertEquals(complete(state, before).candidates, [...candidates], before);
  }
});
