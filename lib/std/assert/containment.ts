import { failure } from "./assertion_error.ts";
import { difference, inspected } from "./difference.ts";
import { equal } from "./equal.ts";

/** Something with a length and numbered elements that is not a string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Pairs under way and what was built for them, so that cycles end. */
type Built = Map<object, Map<object, unknown>>;

/** Asserts that each element of `expected` is deeply equal to some element of `actual`. */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const elements = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) =>
    !elements.some((element) => equal(element, wanted))
  );
  if (missing.length === 0) return;
  throw failure(`Expected elements are missing: ${inspected(missing)}`, msg, inspected(elements));
}

/**
 * Asserts that `actual` has at least what `expected` has, at every depth: further properties, further
 * elements behind an array's, further map entries and set members do not matter, nor do classes.
 */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- interfaces have no index signature, `any` lets them in
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  const found = pick(actual, expected, new Map());
  const wanted = pick(expected, expected, new Map());
  if (equal(found, wanted)) return;
  throw failure("Object does not match", msg, difference(found, wanted));
}

/** The part of `actual` that `expected` names, as plain objects, arrays, maps and sets. */
function pick(actual: unknown, expected: unknown, built: Built): unknown {
  if (!isBranch(actual) || !isBranch(expected)) return actual;
  const known = built.get(actual)?.get(expected);
  if (known !== undefined) return known;
  const remember = <T>(part: T): T => {
    built.getOrInsertComputed(actual, () => new Map()).set(expected, part);
    return part;
  };

  if (actual instanceof Set && expected instanceof Set) return actual.intersection(expected);
  if (actual instanceof Map && expected instanceof Map) {
    const part = remember(new Map());
    for (const [key, value] of expected) {
      if (actual.has(key)) part.set(key, pick(actual.get(key), value, built));
    }
    return part;
  }
  if (Array.isArray(actual) !== Array.isArray(expected)) return actual;
  const part: object = remember(Array.isArray(actual) ? [] : {});
  for (const key of Reflect.ownKeys(expected)) {
    if (!Object.hasOwn(actual, key) || (Array.isArray(actual) && key === "length")) continue;
    const value = pick(Reflect.get(actual, key), Reflect.get(expected, key), built);
    Object.defineProperty(part, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return part;
}

/** Whether a value is compared part by part; of these classes each value is compared whole. */
function isBranch(value: unknown): value is object {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  return ![ArrayBuffer, Date, RegExp, URL].some((whole) => value instanceof whole);
}
