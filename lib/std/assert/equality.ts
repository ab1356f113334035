import { failure } from "./assertion_error.ts";
import { difference, inspected } from "./difference.ts";
import { equal } from "./equal.ts";

/** Share of the expected number that rounding may take if no tolerance is given: 0.00001 %. */
const RELATIVE_TOLERANCE = 1e-7;

/** Asserts that two values are deeply equal; the message shows how they differ. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw failure("Values are not equal", msg, difference(actual, expected));
}

/** Asserts that two values are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw failure("Expected values that differ, both are", msg, inspected(actual));
}

/** Asserts that two values are the same by `Object.is`: objects by identity, `0` apart from `-0`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  if (equal(actual, expected) && inspected(actual) === inspected(expected)) {
    throw failure("Values look alike but are not the same object", msg, inspected(actual));
  }
  throw failure("Values are not strictly equal", msg, difference(actual, expected));
}

/**
 * Asserts that two numbers are at most `tolerance` apart; without one, a ten millionth of `expected`.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const scale = Number.isFinite(expected) ? Math.abs(expected) : 1;
  const limit = tolerance ?? scale * RELATIVE_TOLERANCE;
  const distance = Math.abs(actual - expected);
  // Written so that a distance of NaN fails.
  if (distance <= limit) return;
  throw failure(`Expected ${actual} within ${limit} of ${expected}, it is ${distance} away`, msg);
}
