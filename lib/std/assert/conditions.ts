import { failure } from "./assertion_error.ts";
import { inspected } from "./difference.ts";

/** The values that a condition takes for false. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** Any class that `new` can be used on. */
// deno-lint-ignore no-explicit-any -- only `any` matches constructors of every parameter list
export type AnyConstructor = new (...args: any[]) => any;

/** Asserts that a condition holds: that `expr` is truthy. */
export function assert(expr: unknown, msg?: string): asserts expr {
  if (!expr) throw failure("Expected a truthy value", msg, inspected(expr));
}

/** Asserts that a condition does not hold: that `expr` is falsy. */
export function assertFalse(expr: unknown, msg?: string): asserts expr is Falsy {
  if (expr) throw failure("Expected a falsy value", msg, inspected(expr));
}

/** Asserts that a value is neither `null` nor `undefined`. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw failure(`Expected a value but found ${actual}`, msg);
  }
}

/** Asserts that a value was made by the class `expectedType` or by one that extends it. */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw failure(`Expected an instance of ${expectedType.name}`, msg, inspected(actual));
}

/** Fails at once, for a branch that the test must not take. */
export function fail(msg?: string): never {
  throw failure("Failed assertion", msg);
}

/** Fails at once, for a place that the program can never reach. */
export function unreachable(msg?: string): never {
  throw failure("Unreachable", msg);
}
