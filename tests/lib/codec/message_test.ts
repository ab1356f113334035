import { assertEquals, assertThrows } from "@std/assert";
import { LimitError, ProtocolError } from "../../../lib/codec/errors.ts";
import { LineSplitter } from "../../../lib/codec/line_splitter.ts";
import {
  checkReply,
  decodeMessage,
  encodeMessage,
  fillReply,
  MAX_ANSWER,
  MAX_MESSAGE,
} from "../../../lib/codec/message.ts";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { forEachSplit } from "../../support/splits.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

const MESSAGES = ["", "a", "Wake up, Neo", "Grüße 👋", " spaces ", "tab\tbell\x07", "\ufeffmark"];

/** Not messages, and what the error says of each. */
const MALFORMED: readonly (readonly [hex: string, says: string])[] = [
  ["ff", "byte 0xff at offset 0 of 1 does not start a valid character"],
  ["61c3", "byte 0xc3 at offset 1 of 2"],
  ["610062", "with NUL at index 1"],
  ["610d62", "with a carriage return at index 1"],
  ["c3a90d", "with a carriage return at index 1"],
];

Deno.test("a message comes back as it was, however its bytes are cut", PURE, () => {
  const stream = encodeUtf8(MESSAGES.map((text) => `${text}\n`).join(""));
  forEachSplit(stream, (chunks, label) => {
    const splitter = new LineSplitter(MAX_MESSAGE);
    const seen: string[] = [];
    for (const chunk of chunks) {
      splitter.push(chunk);
      for (let line; (line = splitter.next()) !== undefined;) seen.push(decodeMessage(line));
    }
    assertEquals(seen, MESSAGES, label);
    assertEquals(splitter.rest().length, 0, label);
  });
});

Deno.test("encodeMessage writes the text and one line feed", PURE, () => {
  for (const text of MESSAGES) {
    assertEquals(encodeMessage(text), encodeUtf8(`${text}\n`), JSON.stringify(text));
  }
});

Deno.test("decodeMessage refuses what is no text in one line", PURE, () => {
  for (const [hex, says] of MALFORMED) {
    assertThrows(() => decodeMessage(Uint8Array.fromHex(hex)), ProtocolError, says, hex);
  }
});

Deno.test("encodeMessage refuses what decodeMessage would not read back", PURE, () => {
  for (const text of ["a\nb", "a\rb", "a\0b", "a\n", "\r"]) {
    assertThrows(() => encodeMessage(text), ProtocolError, "a message is text in one line");
  }
  assertThrows(() => encodeMessage("\ud800"), TypeError, "lone surrogate");
});

Deno.test("encodeMessage counts bytes, not characters, and names the cap", PURE, () => {
  assertEquals(encodeMessage("x".repeat(MAX_MESSAGE)).length, MAX_MESSAGE + 1);
  assertEquals(encodeMessage("é".repeat(MAX_MESSAGE / 2)).length, MAX_MESSAGE + 1);
  const error = assertThrows(() => encodeMessage("é".repeat(MAX_MESSAGE / 2) + "x"), LimitError);
  assertEquals(error.limit, MAX_MESSAGE);
  assertEquals(error.message, "Cannot send a message of 4097 bytes: at most 4096 are allowed");
});

Deno.test("fillReply puts the message in literally, and wherever it is asked for", PURE, () => {
  const cases: readonly (readonly [template: string, message: string, reply: string])[] = [
    ["accepted", "hi", "accepted"],
    ["Server received your message: {message}", "hi", "Server received your message: hi"],
    ["{message}{message}", "a", "aa"],
    // What has a meaning in a replacement text, and what looks like the place itself.
    ["<{message}>", "$& $1 $$ $`", "<$& $1 $$ $`>"],
    ["<{message}>", "{message}", "<{message}>"],
    ["{ message }", "a", "{ message }"],
  ];
  for (const [template, message, reply] of cases) {
    assertEquals(fillReply(template, message), reply, template);
  }
});

Deno.test("checkReply refuses a template whose reply could be no answer", PURE, () => {
  const most = MAX_ANSWER / MAX_MESSAGE;
  checkReply("{message}".repeat(most));
  assertThrows(() => checkReply("{message}".repeat(most + 1)), LimitError, "at most 65536");
  for (const template of ["two\nlines", "return\r", "nul\0"]) {
    assertThrows(() => checkReply(template), ProtocolError, "text in one line");
  }
});
