import { failure } from "./assertion_error.ts";

/** Asserts that a text matches a regular expression. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) {
    throw failure(`Expected a text that matches ${expected}`, msg, JSON.stringify(actual));
  }
}

/** Asserts that a text does not match a regular expression. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) {
    throw failure(`Expected a text that does not match ${expected}`, msg, JSON.stringify(actual));
  }
}

/** Asserts that a text contains another one. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  const wanted = JSON.stringify(expected);
  throw failure(`Expected a text that contains ${wanted}`, msg, JSON.stringify(actual));
}
