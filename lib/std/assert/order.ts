import { type AssertionError, failure } from "./assertion_error.ts";
import { inspected } from "./difference.ts";

/** Asserts that `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) throw outOfOrder(actual, ">", expected, msg);
}

/** Asserts that `actual` is greater than `expected` or equal to it. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) throw outOfOrder(actual, ">=", expected, msg);
}

/** Asserts that `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) throw outOfOrder(actual, "<", expected, msg);
}

/** Asserts that `actual` is less than `expected` or equal to it. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) throw outOfOrder(actual, "<=", expected, msg);
}

function outOfOrder(
  actual: unknown,
  relation: string,
  expected: unknown,
  msg?: string,
): AssertionError {
  return failure(`Expected ${inspected(actual)} ${relation} ${inspected(expected)}`, msg);
}
