import { type AssertionError, failure } from "./assertion_error.ts";
import { inspected } from "./difference.ts";

// deno-lint-ignore no-explicit-any -- only `any` matches constructors of every parameter list
type ClassOrMsg = (new (...args: any[]) => Error) | string | undefined;

/** Asserts that `fn` throws, and returns what was thrown. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that `fn` throws an error of a class, its message containing a text, and returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any -- only `any` matches constructors of every parameter list
  ErrorClass: new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ClassOrMsg,
  msgIncludes?: string,
  msg?: string,
): unknown {
  let result: unknown;
  try {
    result = fn();
  } catch (error) {
    return checkThrown(error, classOrMsg, msgIncludes, msg);
  }
  throw notThrown("throw", "returned", result, classOrMsg, msg);
}

/** Asserts that the promise of `fn` rejects, and resolves to the reason; a synchronous throw fails. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Asserts that the promise of `fn` rejects with an error of a class, its message containing a text. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any -- only `any` matches constructors of every parameter list
  ErrorClass: new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ClassOrMsg,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const promise = promiseOf(fn, noteOf(classOrMsg, msg));
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    return checkThrown(error, classOrMsg, msgIncludes, msg);
  }
  throw notThrown("reject", "resolved to", result, classOrMsg, msg);
}

/** Calls `fn`, which must neither throw before its promise exists nor return anything else. */
function promiseOf(fn: () => PromiseLike<unknown>, msg: string | undefined): PromiseLike<unknown> {
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    const heading = "Expected the function to return a promise that rejects, it threw at once";
    throw failure(heading, msg, inspected(error));
  }
  if (typeof promise?.then !== "function") {
    throw failure(
      "Expected the function to return a promise that rejects",
      msg,
      inspected(promise),
    );
  }
  return promise;
}

function checkThrown(
  error: unknown,
  classOrMsg: ClassOrMsg,
  msgIncludes: string | undefined,
  msg: string | undefined,
): unknown {
  if (classOrMsg === undefined || typeof classOrMsg === "string") return error;
  if (!(error instanceof classOrMsg)) {
    throw failure(`Expected an error of class ${classOrMsg.name}`, msg, inspected(error));
  }
  if (msgIncludes && !error.message.includes(msgIncludes)) {
    const wanted = JSON.stringify(msgIncludes);
    const found = JSON.stringify(error.message);
    throw failure(`Expected an error message that contains ${wanted}`, msg, found);
  }
  return error;
}

function notThrown(
  expected: string,
  happened: string,
  result: unknown,
  classOrMsg: ClassOrMsg,
  msg: string | undefined,
): AssertionError {
  return failure(
    `Expected the function to ${expected}, it ${happened}`,
    noteOf(classOrMsg, msg),
    inspected(result),
  );
}

/** The caller's note is the second argument where no class is asked for, else the fourth. */
function noteOf(classOrMsg: ClassOrMsg, msg: string | undefined): string | undefined {
  return typeof classOrMsg === "string" ? classOrMsg : msg;
}
