import { assertArrayIncludes, assertObjectMatch } from "@std/assert";
import { failureOf, passes } from "./failure.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

type Properties = Record<PropertyKey, unknown>;

class Peer {
  constructor(readonly name: string, readonly port: number) {}
}

const ring: Properties = { name: "ring" };
ring["self"] = ring;

const MATCHES: ReadonlyArray<[name: string, actual: Properties, expected: Properties]> = [
  ["nothing asked", { a: 1 }, {}],
  ["a further property", { a: 1, b: 2 }, { a: 1 }],
  ["a further property inside", { a: { b: 1, c: 2 } }, { a: { b: 1 } }],
  ["further elements", { list: [1, 2, 3] }, { list: [1, 2] }],
  ["properties of elements", { list: [{ a: 1, b: 2 }] }, { list: [{ a: 1 }] }],
  ["further entries", { map: new Map([["a", 1], ["b", 2]]) }, { map: new Map([["b", 2]]) }],
  ["further members", { set: new Set([1, 2]) }, { set: new Set([2]) }],
  ["whatever the class", { peer: new Peer("a", 7) }, { peer: { port: 7 } }],
  ["an interface's fields", { ...new Peer("a", 7) }, { name: "a" }],
  ["the same bytes", { body: new Uint8Array([1, 2]) }, { body: new Uint8Array([1, 2]) }],
  ["the same pattern", { like: /a/g }, { like: /a/g }],
  ["null", { a: null, b: 1 }, { a: null }],
  ["undefined", { a: undefined, b: 1 }, { a: undefined }],
  ["a cycle", ring, { self: { self: { name: "ring" } } }],
  ["a cycle on both sides", ring, ring],
];

const MISMATCHES: ReadonlyArray<[name: string, actual: Properties, expected: Properties]> = [
  ["another value", { a: 1 }, { a: 2 }],
  ["a missing property", { a: 1 }, { b: 1 }],
  ["a missing property that is undefined", {}, { a: undefined }],
  ["another value inside", { a: { b: 1 } }, { a: { b: 2 } }],
  ["a missing element", { list: [1] }, { list: [1, 2] }],
  ["another element", { list: [1, 2] }, { list: [2] }],
  ["another entry", { map: new Map([["a", 1]]) }, { map: new Map([["a", 2]]) }],
  ["a missing member", { set: new Set([1]) }, { set: new Set([2]) }],
  ["null for an object", { a: null }, { a: { b: 1 } }],
  ["an object for null", { a: { b: 1 } }, { a: null }],
  ["other bytes", { body: new Uint8Array([1, 2]) }, { body: new Uint8Array([1, 3]) }],
  ["another pattern", { like: /a/g }, { like: /a/ }],
];

for (const [name, actual, expected] of MATCHES) {
  Deno.test(`assertObjectMatch accepts: ${name}`, PURE, () => {
    passes(() => assertObjectMatch(actual, expected));
  });
}

for (const [name, actual, expected] of MISMATCHES) {
  Deno.test(`assertObjectMatch refuses: ${name}`, PURE, () => {
    const message = failureOf(() => assertObjectMatch(actual, expected, "noted"));
    if (!message.includes("noted")) throw new Error(`Expected the note in "${message}"`);
  });
}

Deno.test("assertArrayIncludes looks for each element by deep equality", PURE, () => {
  passes(() => assertArrayIncludes([1, 2, 3], [3, 1]));
  passes(() => assertArrayIncludes([{ a: 1 }, { b: 2 }], [{ b: 2 }]));
  passes(() => assertArrayIncludes([NaN], [NaN]));
  passes(() => assertArrayIncludes(new Uint8Array([1, 2]), new Uint8Array([2])));
  passes(() => assertArrayIncludes([1], []));
  failureOf(() => assertArrayIncludes([1, 2], [3]));
  failureOf(() => assertArrayIncludes([{ a: 1, b: 2 }], [{ a: 1 }] as object[]));
  failureOf(() => assertArrayIncludes([], [undefined]));
});
