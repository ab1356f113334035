import { assertEquals } from "@std/assert";
import { DEFAULT_LIMITS as LIMITS } from "../../../lib/chat/limits.ts";
import { completeMask, isBlankMask, isListMask, matchesMask } from "../../../lib/chat/masks.ts";
import { hostName, isChannelName, isKey, isNick, userName } from "../../../lib/chat/names.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("nicknames, channels and keys: what is allowed", PURE, () => {
  const nicks: readonly [string, boolean][] = [
    ["a", true],
    ["Ann_1-[]\\`^{|}", true],
    ["_x", true],
    ["a".repeat(30), true],
    ["a".repeat(31), false],
    ["", false],
    ["1a", false],
    ["-a", false],
    ["a b", false],
    ["a.b", false],
    ["a!b", false],
    ["a*", false],
    ["é", false],
    ["a\n", false],
  ];
  for (const [name, allowed] of nicks) assertEquals(isNick(name, LIMITS), allowed, name);
  const channels: readonly [string, boolean][] = [
    ["#", true],
    ["#a", true],
    ["##", true],
    ["#ä!*[~]:\u{1f600}", true],
    [`#${"a".repeat(63)}`, true],
    [`#${"a".repeat(64)}`, false],
    [`#${"é".repeat(32)}`, false],
    ["a", false],
    ["&a", false],
    ["", false],
    ["#a b", false],
    ["#a,b", false],
    ["#a\x07", false],
    ["#a\x7f", false],
    ["#a\x85", false],
    ["#a\u00a0b", false],
  ];
  for (const [name, allowed] of channels) assertEquals(isChannelName(name, LIMITS), allowed, name);
  const keys: readonly [string, boolean][] = [
    ["x", true],
    ["a:b", true],
    ["!~", true],
    ["a".repeat(23), true],
    ["a".repeat(24), false],
    ["", false],
    [":a", false],
    ["a,b", false],
    ["a b", false],
    ["é", false],
    ["a\x07", false],
  ];
  for (const [key, allowed] of keys) assertEquals(isKey(key, LIMITS), allowed, key);
});

Deno.test("user names and hosts are made harmless", PURE, () => {
  const users = [["ann", "~ann"], ["a!b@c d*?", "~abcd"], ["", "~user"], ["é", "~user"], [
    "x".repeat(40),
    `~${"x".repeat(19)}`,
  ]];
  for (const [given = "", name = ""] of users) assertEquals(userName(given, LIMITS), name, given);
  const hosts = [["127.0.0.1", "127.0.0.1"], ["::1", "0::1"], ["fe80::1%lo", "fe80::1"], [
    "a b!c@d",
    "abcd",
  ], ["", "unknown"]];
  for (const [given = "", name = ""] of hosts) assertEquals(hostName(given, LIMITS), name, given);
});

Deno.test("completeMask makes nick!user@host of what people type", PURE, () => {
  const cases = [
    ["ann", "ann!*@*"],
    ["ann!a", "ann!a@*"],
    ["a@host", "*!a@host"],
    ["ann!a@host", "ann!a@host"],
    ["ann@", "*!ann@*"],
    ["!@", "*!*@*"],
    ["", "*!*@*"],
    ["**!***@**x**", "*!*@*x*"],
    ["a!b!c@d@e", "a!b!c@d@e"],
  ];
  for (const [mask = "", complete = ""] of cases) {
    assertEquals(completeMask(mask), complete, mask);
    assertEquals(completeMask(complete), complete, `${mask} twice`);
  }
  for (const mask of ["", "!", "@", "!@"]) assertEquals(isBlankMask(mask), true, mask);
  for (const mask of ["*", "a", "!a", "*!@"]) assertEquals(isBlankMask(mask), false, mask);
  assertEquals(isListMask("a!b@c", 5), true);
  assertEquals(isListMask("a!b@cd", 5), false);
  assertEquals(isListMask("a!b @c", 9), false);
  assertEquals(isListMask(":a!b@c", 9), false);
});

Deno.test("matchesMask: stars, question marks, and nothing else", PURE, () => {
  const cases: readonly [string, string, boolean][] = [
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["*", "anything", true],
    ["?", "", false],
    ["?", "a", true],
    ["?", "\u{1f600}", true],
    ["??", "\u{1f600}", false],
    ["a*c", "abbbc", true],
    ["a*c", "abbb", false],
    ["*b*", "abc", true],
    ["*a*b", "aabab", true],
    ["*ab", "aab", true],
    ["*?b", "ab", true],
    ["*?b", "b", false],
    ["a.c", "abc", false],
    ["[a]", "a", false],
    ["\\*", "*", false],
    ["*!*@10.?.*", "ann!~ann@10.1.22", true],
    ["*!*@10.?.*", "ann!~ann@10.11.2", false],
  ];
  for (const [mask, text, fits] of cases) {
    assertEquals(matchesMask(mask, text), fits, `${mask} ${text}`);
  }
});

Deno.test("matchesMask agrees with a table of all prefixes", PURE, () => {
  const random = new Random();
  for (let round = 0; round < 5000; round++) {
    const word = (letters: string[]): string =>
      Array.from({ length: random.integer(0, 8) }, () => random.pick(letters)).join("");
    const mask = word(["a", "b", "*", "?"]);
    const text = word(["a", "b"]);
    const label = `seed ${random.seed} round ${round}: ${mask} ${text}`;
    assertEquals(matchesMask(mask, text), matchesByTable(mask, text), label);
  }
});

Deno.test("matchesMask takes no more than the product of both lengths", PURE, () => {
  // A matcher that tries every star again would not come back within the lifetime of the universe.
  const text = "a".repeat(2000);
  for (const mask of ["*a".repeat(60) + "b", "*".repeat(120) + "b", "*?a*".repeat(30) + "b"]) {
    assertEquals(matchesMask(mask, text), false, mask);
  }
});

/** Whether each prefix of the text fits each prefix of the mask, row by row. */
function matchesByTable(mask: string, text: string): boolean {
  let row = [true, ...Array.from(text, () => false)];
  for (const wanted of mask) {
    const next = [wanted === "*" && row[0] === true];
    for (let index = 1; index <= text.length; index++) {
      const one = wanted === "?" || wanted === text.charAt(index - 1);
      const skipped = wanted === "*" && (next[index - 1] === true || row[index] === true);
      next.push(skipped || (wanted !== "*" && one && row[index - 1] === true));
    }
    row = next;
  }
  return row[text.length] === true;
}
