/**
 * Judges assertions without using them: a broken assertion that never fails would pass its own test.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { stripVTControlCharacters } from "node:util";

/** Runs an assertion that must hold. */
export function passes(assertion: () => void): void {
  try {
    assertion();
  } catch (error) {
    throw new Error("Expected the assertion to hold", { cause: error });
  }
}

/** Runs an assertion that must fail, and returns its message without colours. */
export function failureOf(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return messageOf(error);
  }
  throw new Error("Expected the assertion to fail");
}

/** Runs an asynchronous assertion that must fail, and resolves to its message without colours. */
export async function failureOfAsync(assertion: () => Promise<unknown>): Promise<string> {
  try {
    await assertion();
  } catch (error) {
    return messageOf(error);
  }
  throw new Error("Expected the assertion to fail");
}

function messageOf(error: unknown): string {
  if (error instanceof AssertionError) return stripVTControlCharacters(error.message);
  throw new Error("Expected an AssertionError", { cause: error });
}
