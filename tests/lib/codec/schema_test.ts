import { assertEquals, assertThrows } from "@std/assert";
import {
  integer,
  listOf,
  object,
  optional,
  type Schema,
  SchemaError,
  text,
} from "../../../lib/codec/schema.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

const WORD = text({ max: 5, shape: /^[a-z]+$/, words: "a word" });
const SECRET = text({ max: 3, words: "a password", secret: true });

const ACCEPTED: [name: string, schema: Schema<unknown>, value: unknown][] = [
  ["the smallest number", integer(-1, 5), -1],
  ["the largest number", integer(-1, 5), 5],
  ["a text", WORD, "abcde"],
  ["an empty text", text({ min: 0, max: 1 }), ""],
  ["an empty list", listOf(WORD, 2), []],
  ["a full list", listOf(WORD, 2), ["a", "b"]],
  ["an object in an object", object({ a: object({ b: integer(0, 1) }) }), { a: { b: 1 } }],
];

Deno.test("what fits comes back as it is", PURE, () => {
  for (const [name, schema, value] of ACCEPTED) assertEquals(schema(value, ""), value, name);
});

Deno.test("what is left out has its fallback", PURE, () => {
  const schema = object({ a: optional(integer(0, 9), 7), b: integer(0, 9) });
  assertEquals(schema({ b: 1 }, ""), { a: 7, b: 1 });
  assertEquals(schema({ b: 1, a: 2 }, ""), { a: 2, b: 1 });
});

const REFUSED: [schema: Schema<unknown>, value: unknown, message: string][] = [
  [integer(1, 5), 6, "x: expected a whole number from 1 to 5, got 6"],
  [integer(1, 5), 1.5, "x: expected a whole number from 1 to 5, got 1.5"],
  [integer(1, 5), "3", 'x: expected a whole number from 1 to 5, got "3"'],
  [integer(1, 5), true, "x: expected a whole number from 1 to 5, got true"],
  [integer(1, 5), null, "x: expected a whole number from 1 to 5, got null"],
  [integer(1, 2 ** 60), 2 ** 53, `x: expected a whole number from 1 to ${2 ** 60}, got ${2 ** 53}`],
  [WORD, "", 'x: expected a word of 1 to 5 characters, got ""'],
  [WORD, "abcdef", 'x: expected a word of 1 to 5 characters, got "abcdef"'],
  [WORD, "a\x1b[2J", 'x: expected a word of 1 to 5 characters, got "a\\x1b[2J"'],
  [WORD, 5, "x: expected a word of 1 to 5 characters, got 5"],
  [text({ max: 9 }), "\ud800", 'x: expected a text of 1 to 9 characters, got "\\u{d800}"'],
  [text({ max: 9 }), "a\nb", 'x: expected a text of 1 to 9 characters, got "a\\nb"'],
  [SECRET, "hunter2", "x: expected a password of 1 to 3 characters"],
  [listOf(WORD, 1), ["a", "b"], "x: expected a list of at most 1, got a list of 2"],
  [listOf(WORD, 1), { 0: "a" }, "x: expected a list of at most 1, got an object"],
  [listOf(WORD, 9), ["a", ["b"]], "x[1]: expected a word of 1 to 5 characters, got a list of 1"],
  [object({ a: WORD }), {}, "x.a: expected a word of 1 to 5 characters"],
  [object({ a: WORD }), [], "x: expected an object, got a list of 0"],
  [object({ a: WORD }), null, "x: expected an object, got null"],
  [object({ a: WORD, b: WORD }), { A: "a" }, "x.A: unknown key; known here are a, b"],
  [object({ a: WORD }), { a: "a", "\x1b": 1 }, "x.\\x1b: unknown key; known here are a"],
  [
    object({ a: WORD }),
    JSON.parse('{"__proto__":1}'),
    "x.__proto__: unknown key; known here are a",
  ],
];

Deno.test("what does not fit is refused with its path and what is wanted", PURE, () => {
  for (const [schema, value, message] of REFUSED) {
    const error = assertThrows(() => schema(value, "x"), SchemaError);
    assertEquals(error.message, message);
  }
  assertThrows(() => object({ a: WORD })({ b: 1 }, ""), SchemaError, "b: unknown key");
});
