import {
  assert,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
  fail,
  unreachable,
} from "@std/assert";
import { failureOf, passes } from "./failure.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const TRUTHY: unknown[] = [true, 1, "0", [], {}, 1n];
const FALSY: unknown[] = [false, 0, -0, NaN, "", null, undefined, 0n];

Deno.test("assert and assertFalse go by truthiness", PURE, () => {
  for (const value of TRUTHY) {
    passes(() => assert(value));
    failureOf(() => assertFalse(value));
  }
  for (const value of FALSY) {
    failureOf(() => assert(value));
    passes(() => assertFalse(value));
  }
});

Deno.test("assertExists refuses null and undefined only", PURE, () => {
  for (const value of [false, 0, "", NaN, {}]) passes(() => assertExists(value));
  for (const value of [null, undefined]) failureOf(() => assertExists(value));
});

Deno.test("assertInstanceOf goes by the prototype chain", PURE, () => {
  passes(() => assertInstanceOf(new TypeError(), TypeError));
  passes(() => assertInstanceOf(new TypeError(), Error));
  for (const value of [new Error(), null, undefined, "text", {}, TypeError]) {
    failureOf(() => assertInstanceOf(value, TypeError));
  }
});

Deno.test("the comparisons go by <, <=, > and >=", PURE, () => {
  const cases: ReadonlyArray<[left: number | string, right: number | string, order: number]> = [
    [1, 2, -1],
    [2, 1, 1],
    [2, 2, 0],
    ["a", "b", -1],
  ];
  for (const [left, right, order] of cases) {
    const expected = [order < 0, order <= 0, order > 0, order >= 0];
    [assertLess, assertLessOrEqual, assertGreater, assertGreaterOrEqual].forEach((check, index) => {
      const judge = expected[index] ? passes : failureOf;
      judge(() => check(left, right));
    });
  }
  for (const check of [assertLess, assertLessOrEqual, assertGreater, assertGreaterOrEqual]) {
    failureOf(() => check(NaN, NaN));
  }
});

Deno.test("the text assertions look inside of the text", PURE, () => {
  passes(() => assertMatch("HTTP/1.1 200", /^HTTP\/1\.\d /));
  failureOf(() => assertMatch("SSH-2.0", /^HTTP/));
  passes(() => assertNotMatch("SSH-2.0", /^HTTP/));
  failureOf(() => assertNotMatch("HTTP/1.1", /^HTTP/));
  passes(() => assertStringIncludes("PING :a", "ING"));
  passes(() => assertStringIncludes("PING", ""));
  failureOf(() => assertStringIncludes("PING", "ping"));
});

Deno.test("fail and unreachable always fail", PURE, () => {
  failureOf(() => fail());
  failureOf(() => unreachable());
});

Deno.test("every message carries the note", PURE, () => {
  const failures: Array<() => void> = [
    () => assert(false, "noted"),
    () => assertFalse(true, "noted"),
    () => assertExists(null, "noted"),
    () => assertInstanceOf(1, Error, "noted"),
    () => assertLess(2, 1, "noted"),
    () => assertMatch("a", /b/, "noted"),
    () => assertNotMatch("a", /a/, "noted"),
    () => assertStringIncludes("a", "b", "noted"),
    () => fail("noted"),
    () => unreachable("noted"),
  ];
  for (const failing of failures) {
    const message = failureOf(failing);
    if (!message.includes("noted")) throw new Error(`Expected the note in "${message}"`);
  }
});
