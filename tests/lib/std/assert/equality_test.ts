import {
  assertAlmostEquals,
  assertEquals,
  AssertionError,
  assertNotEquals,
  assertStrictEquals,
} from "@std/assert";
import { failureOf, passes } from "./failure.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

class Point {
  #secret = 1;
  constructor(readonly x: number) {}
  get double(): number {
    return this.x * 2 * this.#secret;
  }
}
class Vector extends Point {}

const SYMBOL = Symbol("key");
const SAME_FUNCTION = (): void => {};

function withoutPrototype(properties: object): object {
  return Object.assign(Object.create(null), properties);
}

function cycle(length: number): object {
  const first: { next?: object } = {};
  let last = first;
  for (let index = 1; index < length; index++) last = last.next = {};
  last.next = first;
  return first;
}

const EQUAL: ReadonlyArray<[name: string, left: unknown, right: unknown]> = [
  ["strings", "a", "a"],
  ["NaN", NaN, NaN],
  ["zero and minus zero", 0, -0],
  ["zero and minus zero inside", { a: [0] }, { a: [-0] }],
  ["bigints", 1n, 1n],
  ["one function", SAME_FUNCTION, SAME_FUNCTION],
  ["objects, whatever the order", { a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }],
  ["an address without prototype", withoutPrototype({ port: 7 }), { port: 7 }],
  ["a plain object and one without prototype", { a: 1 }, withoutPrototype({ a: 1 })],
  ["arrays", [1, [2, 3]], [1, [2, 3]]],
  ["symbol keys", { [SYMBOL]: 1 }, { [SYMBOL]: 1 }],
  ["present but undefined on both sides", { a: undefined }, { a: undefined }],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  ["bytes of different buffers", new Uint8Array([0, 1]).subarray(1), new Uint8Array([1])],
  ["floats with NaN", new Float64Array([NaN, -0]), new Float64Array([NaN, 0])],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([1]).buffer],
  ["dates", new Date(5), new Date(5)],
  ["invalid dates", new Date(NaN), new Date("x")],
  ["patterns", /a+/gi, /a+/gi],
  ["URLs", new URL("http://h/a"), new URL("http://h/a")],
  ["sets in another order", new Set([1, 2]), new Set([2, 1])],
  ["sets of objects", new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
  ["maps in another order", new Map([["a", 1], ["b", 2]]), new Map([["b", 2], ["a", 1]])],
  ["maps with object keys", new Map([[{ a: 1 }, [1]]]), new Map([[{ a: 1 }, [1]]])],
  ["instances of one class", new Point(1), new Point(1)],
  ["cycles", cycle(1), cycle(1)],
  ["longer cycles", cycle(3), cycle(3)],
];

const UNEQUAL: ReadonlyArray<[name: string, left: unknown, right: unknown]> = [
  ["a number and its text", 1, "1"],
  ["null and undefined", null, undefined],
  ["two functions", (): void => {}, (): void => {}],
  ["a value inside", { a: { b: 1 } }, { a: { b: 2 } }],
  ["a further property", { a: 1 }, { a: 1, b: 2 }],
  ["missing and undefined", { a: undefined }, {}],
  ["another key that is undefined", { a: undefined }, { b: undefined }],
  ["two symbols of one name", { [Symbol("k")]: 1 }, { [Symbol("k")]: 1 }],
  ["array and object", [1], { 0: 1 }],
  ["order of an array", [1, 2], [2, 1]],
  ["length of an array", [1, 2], [1, 2, 3]],
  ["a hole and undefined", new Array(1), [undefined]],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 3])],
  ["length of bytes", new Uint8Array([1]), new Uint8Array([1, 0])],
  ["types of bytes", new Uint8Array([1]), new Int8Array([1])],
  ["bytes and numbers", new Uint8Array([1]), [1]],
  ["buffers", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  ["dates", new Date(5), new Date(6)],
  ["valid and invalid dates", new Date(0), new Date(NaN)],
  ["flags of patterns", /a/g, /a/i],
  ["URLs", new URL("http://h/a"), new URL("http://h/b")],
  ["members of sets", new Set([1]), new Set([2])],
  ["sizes of sets", new Set([1]), new Set([1, 2])],
  ["members inside of sets", new Set([{ a: 1 }]), new Set([{ a: 2 }])],
  ["values of maps", new Map([["a", 1]]), new Map([["a", 2]])],
  ["keys of maps", new Map([["a", 1]]), new Map([["b", 1]])],
  ["set and map", new Set([1]), new Map([[1, 1]])],
  ["instances of two classes", new Point(1), new Vector(1)],
  ["instance and plain object", new Point(1), { x: 1 }],
  ["fields of instances", new Point(1), new Point(2)],
  ["messages of errors", new Error("a"), new Error("b")],
  ["classes of errors", new TypeError("a"), new RangeError("a")],
];

for (const [name, left, right] of EQUAL) {
  Deno.test(`assertEquals accepts equal values: ${name}`, PURE, () => {
    passes(() => assertEquals(left, right));
    passes(() => assertEquals(right, left));
    failureOf(() => assertNotEquals(left, right));
  });
}

for (const [name, left, right] of UNEQUAL) {
  Deno.test(`assertEquals refuses different values: ${name}`, PURE, () => {
    failureOf(() => assertEquals(left, right));
    failureOf(() => assertEquals(right, left));
    passes(() => assertNotEquals(left, right));
  });
}

Deno.test("assertEquals refuses to guess about weak collections", PURE, () => {
  let thrown: unknown;
  try {
    assertEquals(new WeakMap(), new WeakMap());
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof TypeError)) throw new Error("Expected a TypeError", { cause: thrown });
});

Deno.test("a failed assertEquals shows what differs, and the note", PURE, () => {
  const actual = { kept: true, list: [1, 2], port: 7 };
  const message = failureOf(() => assertEquals(actual, { ...actual, port: 8 }, "of the reply"));
  for (const pattern of [/of the reply/, /^\s*-\s+port: 7,$/m, /^\s*\+\s+port: 8,$/m]) {
    if (!pattern.test(message)) throw new Error(`Expected ${pattern} in:\n${message}`);
  }
});

Deno.test("a failed comparison of many bytes has a message that can be read", PURE, () => {
  const actual = new Uint8Array(1_000);
  const message = failureOf(() => assertEquals(actual, actual.map((_, index) => index % 7)));
  if (message.length > 100_000) throw new Error(`The message has ${message.length} characters`);
});

Deno.test("assertStrictEquals goes by Object.is", PURE, () => {
  const object = {};
  passes(() => assertStrictEquals(object, object));
  passes(() => assertStrictEquals(NaN, NaN));
  failureOf(() => assertStrictEquals(object, {}));
  failureOf(() => assertStrictEquals(0, -0));
  failureOf(() => assertStrictEquals<unknown>(1, "1"));
});

Deno.test("assertAlmostEquals allows the tolerance, by default a ten millionth", PURE, () => {
  passes(() => assertAlmostEquals(0.1 + 0.2, 0.3));
  passes(() => assertAlmostEquals(1.000_000_001e-8, 1.000_000_002e-8));
  passes(() => assertAlmostEquals(0.01, 0.02, 0.1));
  passes(() => assertAlmostEquals(NaN, NaN));
  passes(() => assertAlmostEquals(Infinity, Infinity));
  failureOf(() => assertAlmostEquals(0.01, 0.02));
  failureOf(() => assertAlmostEquals(1e-8, 1e-9));
  failureOf(() => assertAlmostEquals(1, NaN));
  failureOf(() => assertAlmostEquals(1, 1.2, 0.1));
});

Deno.test("AssertionError is an Error with its own name", PURE, () => {
  const error = new AssertionError("Expected less", { cause: 7 });
  passes(() =>
    assertEquals([error.name, error.message, error.cause], [
      "AssertionError",
      "Expected less",
      7,
    ])
  );
  if (!(error instanceof Error)) throw new Error("Expected an instance of Error");
});
