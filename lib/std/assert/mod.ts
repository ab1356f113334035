/**
 * The assertions that the tests use: a local stand-in for the package of the same name, with its
 * signatures and its documented behaviour for the exports below.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals({ host: "::1", port: 7 }, { port: 7, host: "::1" });
 * ```
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export {
  type AnyConstructor,
  assert,
  assertExists,
  assertFalse,
  assertInstanceOf,
  fail,
  type Falsy,
  unreachable,
} from "./conditions.ts";
export { type ArrayLikeArg, assertArrayIncludes, assertObjectMatch } from "./containment.ts";
export {
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
} from "./equality.ts";
export { assertGreater, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "./order.ts";
export { assertMatch, assertNotMatch, assertStringIncludes } from "./text.ts";
export { assertRejects, assertThrows } from "./thrown.ts";
