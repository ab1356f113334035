import { assertEquals, assertThrows } from "@std/assert";
import { type CaseMapping, foldCase } from "../../../lib/codec/irc_case.ts";
import { formatModes, modeKinds, parseModes } from "../../../lib/codec/irc_modes.ts";
import { NUMERIC, numericName } from "../../../lib/codec/irc_numerics.ts";
import { packTokens, packWords, replyRoom } from "../../../lib/codec/irc_replies.ts";
import { parseSource } from "../../../lib/codec/irc_source.ts";
import {
  escapeTagValue,
  formatTags,
  isClientOnlyKey,
  parseTags,
} from "../../../lib/codec/irc_tags.ts";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { cutUtf8, utf8Length } from "../../../lib/codec/utf8_length.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("parseSource splits at the first ! and the first @", PURE, () => {
  const cases: readonly [string, string, string | null, string | null][] = [
    ["ann", "ann", null, null],
    ["irc.example.org", "irc.example.org", null, null],
    ["ann!~a@host", "ann", "~a", "host"],
    ["ann!~a@::1", "ann", "~a", "::1"],
    ["ann@host", "ann", null, "host"],
    ["ann!a", "ann", "a", null],
    ["ann!a!b@host", "ann", "a!b", "host"],
    ["ann!a@h@i", "ann", "a", "h@i"],
    ["ann!@", "ann", "", ""],
    ["", "", null, null],
  ];
  for (const [source, name, user, host] of cases) {
    assertEquals(parseSource(source), { name, user, host }, source);
  }
});

Deno.test("foldCase makes equal names the same, in each mapping", PURE, () => {
  const cases: readonly [CaseMapping, string, string][] = [
    ["ascii", "AbZ[]\\~^{}|ÄÉ", "abz[]\\~^{}|ÄÉ"],
    ["rfc1459", "AbZ[]\\~^{}|ÄÉ", "abz{}|^^{}|ÄÉ"],
    ["rfc1459-strict", "AbZ[]\\~^{}|ÄÉ", "abz{}|~^{}|ÄÉ"],
  ];
  for (const [mapping, name, folded] of cases) {
    assertEquals(foldCase(name, mapping), folded, mapping);
    assertEquals(foldCase(folded, mapping), folded, `${mapping} twice`);
  }
});

Deno.test("tags: escaping, and what is no value", PURE, () => {
  assertEquals(escapeTagValue("a; \\\r\nb"), "a\\:\\s\\\\\\r\\nb");
  assertThrows(() => escapeTagValue("\0"), TypeError, "it holds NUL");
  assertEquals(formatTags(new Map()), "");
  assertEquals([...parseTags("a=1;b;c=")], [["a", "1"], ["b", ""], ["c", ""]]);
});

Deno.test("tags: which keys are those of clients", PURE, () => {
  for (const key of ["+a", "+draft/reply", "+a-1.example/b-2", "+-"]) {
    assertEquals(isClientOnlyKey(key), true, key);
  }
  for (const key of ["", "+", "a", "++a", "+/a", "+a/", "+a/b/c", "+a.b", "+a@b", "+\x1b", "+é"]) {
    assertEquals(isClientOnlyKey(key), false, key);
  }
});

Deno.test("numericName knows every numeric once", PURE, () => {
  const digits = Object.values(NUMERIC);
  assertEquals(new Set(digits).size, digits.length);
  for (const [name, value] of Object.entries(NUMERIC)) assertEquals(numericName(value), name);
  assertEquals(numericName("999"), undefined);
});

Deno.test("packWords fills lines and divides no word", PURE, () => {
  const cases: readonly [string[], number, string[]][] = [
    [[], 10, []],
    [["a"], 10, ["a"]],
    [["aaaa", "bbbb"], 9, ["aaaa bbbb"]],
    [["aaaa", "bbbb"], 8, ["aaaa", "bbbb"]],
    [["éé", "éé"], 8, ["éé", "éé"]],
    [["éé", "éé"], 9, ["éé éé"]],
    [["too long", "b"], 3, ["too long", "b"]],
  ];
  for (const [words, maxBytes, texts] of cases) {
    assertEquals(packWords(words, maxBytes), texts, `${words} in ${maxBytes}`);
  }
});

Deno.test("packWords keeps every word and every limit, whatever the words", PURE, () => {
  const random = new Random();
  for (let round = 0; round < 500; round++) {
    const words = Array.from({ length: random.integer(0, 60) }, () => {
      return random.pick(["a", "é", "\u{1f600}"]).repeat(random.integer(1, 9));
    });
    const maxBytes = random.integer(36, 100);
    const texts = packWords(words, maxBytes);
    const label = `seed ${random.seed} round ${round}`;
    assertEquals(texts.flatMap((text) => text.split(" ")), words, label);
    for (const text of texts) assertEquals(encodeUtf8(text).length <= maxBytes, true, label);
  }
});

Deno.test("packTokens puts 13 tokens into a line at most", PURE, () => {
  const tokens = Array.from({ length: 30 }, (_, index) => `T${index}`);
  assertEquals(packTokens(tokens, 400).map((group) => group.length), [13, 13, 4]);
  assertEquals(packTokens(tokens, 11).flat(), tokens);
  assertEquals(replyRoom("x".repeat(600)), 0);
});

Deno.test("parseModes takes parameters as CHANMODES and PREFIX say", PURE, () => {
  const kinds = modeKinds("beI,k,l,imnst", "ov");
  const cases: readonly [string, string][] = [
    ["+o-v ann bob", "+o ann,-v bob"],
    ["b", "+b null"],
    ["+b-b x y", "+b x,-b y"],
    ["+l-l 5 6", "+l 5,-l null"],
    ["-k+k a b", "-k a,+k b"],
    ["+ntx-i+s", "+n null,+t null,+x null,-i null,+s null"],
    ["+oo ann", "+o ann,+o null"],
    ["+-+i", "+i null"],
    ["", ""],
  ];
  for (const [text, expected] of cases) {
    const changes = parseModes(text.split(" "), kinds).map(({ add, letter, param }) => {
      return `${add ? "+" : "-"}${letter} ${param}`;
    });
    assertEquals(changes.join(","), expected, text);
  }
});

Deno.test("formatModes writes what parseModes reads back", PURE, () => {
  const kinds = modeKinds("beI,k,l,imnst", "ov");
  for (const text of ["+o-v+b ann bob x!*@*", "-k+l * 9", "+nt", "-o ann"]) {
    assertEquals(formatModes(parseModes(text.split(" "), kinds)).join(" "), text);
  }
  assertEquals(formatModes([]), []);
});

Deno.test("utf8Length counts bytes, cutUtf8 divides no character", PURE, () => {
  const random = new Random();
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: random.integer(0, 20) }, () => {
      return random.pick(["a", "\x7f", "\x80", "é", "\u07ff", "\u0800", "\uffff", "\u{1f600}"]);
    }).join("");
    const label = `seed ${random.seed} round ${round}: ${JSON.stringify(text)}`;
    const bytes = encodeUtf8(text).length;
    assertEquals(utf8Length(text), bytes, label);
    assertEquals(cutUtf8(text, bytes), text, label);
    const maxBytes = random.integer(0, bytes);
    const cut = cutUtf8(text, maxBytes);
    const [next = ""] = text.slice(cut.length);
    assertEquals(text.startsWith(cut), true, label);
    assertEquals(utf8Length(cut) <= maxBytes, true, label);
    assertEquals(cut === text || utf8Length(cut + next) > maxBytes, true, label);
    encodeUtf8(cut);
  }
});
