/**
 * Small pieces of text that people read, and the rules behind them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { foldCase } from "../../../lib/codec/irc_case.ts";
import { answerCtcp, formatCtcp, parseCtcp } from "../../../lib/irc_client/ctcp.ts";
import { displayText } from "../../../lib/irc_client/display_text.ts";
import { Features } from "../../../lib/irc_client/features.ts";
import { namesText } from "../../../lib/irc_client/names_text.ts";
import { callsByName, isNickname, nextNick } from "../../../lib/irc_client/nickname.ts";
import { NUMERIC_WORDS } from "../../../lib/irc_client/numeric_words.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

Deno.test("peers' text is readable, and nothing that a terminal would obey", PURE, () => {
  const cases = [
    ["plain größe 漢字 🚀", "plain größe 漢字 🚀"],
    ["\x02bold\x02 \x1ditalic\x0f \x0304,12colour\x03 \x04ff0000hex", "bold italic colour hex"],
    ["¯\\_(ツ)_/¯", "¯\\_(ツ)_/¯"],
    ["\x1b[31mred", "\\x1b[31mred"],
    ["\u202eturned", "\\u{202e}turned"],
    ["👩\u200d👩\u200d👧", "👩👩👧"],
    ["Z\u0301\u0301\u0301\u0301\u0301", "Z\u0301\u0301\u0301"],
  ] as const;
  for (const [text, shown] of cases) assertEquals(displayText(text), shown);
});

Deno.test("names stand in order of rank, and many are counted", PURE, () => {
  const member = (prefixes: string, nick: string) => ({ nick, prefixes, away: false });
  const members = [member("", "dan"), member("+", "cid"), member("@+", "bob"), member("", "ann")];
  assertEquals(namesText(members, "@+"), "4 members: @bob +cid ann dan");
  assertEquals(namesText([member("", "ann")], "@+"), "1 member: ann");
  const crowd = Array.from({ length: 150 }, (_, n) => member("", `n${String(n).padStart(3, "0")}`));
  assertEquals(namesText(crowd, "@+").endsWith(" n099 and 50 more"), true);
});

Deno.test("nicknames: which may be one, what comes next, who is called", PURE, () => {
  for (const nick of ["ann", "[x]", "_a1", "Jürgen", "名前"]) {
    assertEquals(isNickname(nick), true, nick);
  }
  for (const nick of ["", "1ann", "a b", "#ann", ":ann", "a!b", "a@b", "-a", "\ud800"]) {
    assertEquals(isNickname(nick), false, nick);
  }
  assertEquals(["ann", "ann_", "annabelle", "annabell_", "_________"].map(nextNick), [
    "ann_",
    "ann__",
    "annabell_",
    "annabel__",
    "_________",
  ]);
  const fold = (name: string): string => foldCase(name, "rfc1459");
  for (const text of ["ann", "Ann: hi", "hi, ANN!", "(ann)"]) {
    assertEquals(callsByName(text, "ann", fold), true, text);
  }
  for (const text of ["annabel", "joann", "ann_", "hi", ""]) {
    assertEquals(callsByName(text, "ann", fold), false, text);
  }
  assertEquals(callsByName("anything", "", fold), false);
});

Deno.test("requests between clients", PURE, () => {
  assertEquals(parseCtcp("plain"), undefined);
  assertEquals(parseCtcp("\x01ACTION waves\x01"), { command: "ACTION", text: "waves" });
  assertEquals(parseCtcp("\x01version"), { command: "VERSION", text: "" });
  assertEquals(parseCtcp("\x01\x01"), undefined);
  assertEquals(formatCtcp({ command: "PING", text: "1\x012" }), "\x01PING 12\x01");
  assertEquals(answerCtcp({ command: "PING", text: "7".repeat(900) }, "v")?.text.length, 64);
  assertEquals(answerCtcp({ command: "VERSION", text: "" }, "v"), {
    command: "VERSION",
    text: "v",
  });
  assertEquals(answerCtcp({ command: "DCC", text: "SEND x" }, "v"), undefined);
});

Deno.test("what a server says of itself is obeyed", PURE, () => {
  const features = new Features();
  assertEquals([features.isChannel("#a"), features.isChannel("+a")], [true, false]);
  assertEquals(features.fold("[X]"), "{x}");
  features.add(["CHANTYPES=#+", "CASEMAPPING=ascii", "PREFIX=(qov)~@+", "LINELEN=2048"]);
  features.add(["STATUSMSG=@+", "NETWORK=A\\x20Net", "UTF8ONLY"]);
  assertEquals(features.isChannel("+a"), true);
  assertEquals(features.fold("[X]"), "[x]");
  assertEquals([features.prefixLetters, features.prefixSymbols], ["qov", "~@+"]);
  assertEquals([features.lineLength, features.text("NETWORK")], [2048, "A Net"]);
  assertEquals(features.channelOf("@#a"), "#a");
  assertEquals(features.channelOf("bob"), undefined);
  features.add(["-LINELEN", "LINELEN", "CASEMAPPING=unheard-of", "PREFIX="]);
  assertEquals([features.lineLength, features.fold("[X]"), features.prefixSymbols], [
    512,
    "{x}",
    "",
  ]);
});

Deno.test("numerics in words, with parameters that are missing as well", PURE, () => {
  const cases = [
    ["301", ["ann", "bob", "lunch"], "bob is away: lunch"],
    ["311", ["ann", "bob", "b", "host", "*", "Bob B."], "bob is b@host (Bob B.)"],
    [
      "317",
      ["ann", "bob", "65", "0", "x"],
      "bob has been idle for 1 min 5 s, connected since 1970-01-01 00:00 UTC",
    ],
    ["322", ["ann", "#a", "1", "A topic"], "#a: 1 member, A topic"],
    ["324", ["ann", "#a", "+kl", "key", "5"], "#a has the modes +kl key 5"],
    [
      "352",
      ["ann", "#a", "b", "h", "s", "bob", "G*@", "0 Bob"],
      "bob is b@h (Bob) on s, away, operator of the server",
    ],
    ["474", ["ann", "#a", "x"], "Cannot join #a: you are banned"],
  ] as const;
  for (const [numeric, params, words] of cases) {
    assertEquals(NUMERIC_WORDS[numeric]?.(params), words);
  }
  // A server may leave out whatever it likes.
  for (const words of Object.values(NUMERIC_WORDS)) {
    for (const params of [[], ["ann"], ["ann", "x"]]) assertEquals(typeof words(params), "string");
  }
});
