import { assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { failureOf, failureOfAsync } from "./failure.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

function throws(value: unknown): () => never {
  return () => {
    throw value;
  };
}

Deno.test("assertThrows returns what was thrown", PURE, () => {
  const error = new TypeError("Cannot read the frame");
  assertStrictEquals(assertThrows(throws(error)), error);
  assertStrictEquals(assertThrows(throws(error), "a note"), error);
  assertStrictEquals(assertThrows(throws("a text")), "a text");
  assertStrictEquals(assertThrows(throws(error), TypeError), error);
  assertStrictEquals(assertThrows(throws(error), Error), error);
  assertStrictEquals(assertThrows(throws(error), Error, "the frame"), error);
});

Deno.test("assertThrows fails on silence, another class, another message", PURE, () => {
  const error = new TypeError("Cannot read the frame");
  failureOf(() => assertThrows(() => 1));
  failureOf(() => assertThrows(() => Promise.resolve(), Error));
  failureOf(() => assertThrows(throws(error), RangeError));
  failureOf(() => assertThrows(throws(error), TypeError, "the header"));
  failureOf(() => assertThrows(throws("a text"), Error));
});

Deno.test("assertRejects resolves to the reason", PURE, async () => {
  const error = new TypeError("Cannot read the frame");
  assertStrictEquals(await assertRejects(() => Promise.reject(error)), error);
  assertStrictEquals(await assertRejects(() => Promise.reject(error), TypeError), error);
  assertStrictEquals(await assertRejects(() => Promise.reject(error), Error, "frame"), error);
  // deno-lint-ignore require-await -- an async function that throws is what is tested
  const rejecting = async (): Promise<never> => throws(error)();
  assertStrictEquals(await assertRejects(rejecting, TypeError, "Cannot", "a note"), error);
});

Deno.test("assertRejects fails on success, a synchronous throw, another error", PURE, async () => {
  const error = new TypeError("Cannot read the frame");
  await failureOfAsync(() => assertRejects(() => Promise.resolve(1)));
  await failureOfAsync(() => assertRejects(throws(error), TypeError));
  await failureOfAsync(() => assertRejects(() => Promise.reject(error), RangeError));
  await failureOfAsync(() => assertRejects(() => Promise.reject(error), TypeError, "header"));
  await failureOfAsync(() => assertRejects(() => Promise.reject("a text"), Error));
});

Deno.test("the messages carry the note", PURE, async () => {
  const messages = [
    failureOf(() => assertThrows(() => 1, "noted")),
    failureOf(() => assertThrows(() => 1, Error, "", "noted")),
    await failureOfAsync(() => assertRejects(() => Promise.resolve(), "noted")),
  ];
  for (const message of messages) {
    if (!message.includes("noted")) throw new Error(`Expected the note in "${message}"`);
  }
});
