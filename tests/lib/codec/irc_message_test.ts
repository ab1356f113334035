import { assertEquals, assertThrows } from "@std/assert";
import { LimitError, ProtocolError } from "../../../lib/codec/errors.ts";
import {
  checkLineLength,
  formatMessage,
  type IrcMessage,
  MAX_CLIENT_TAG_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_TAG_BYTES,
  parseMessage,
} from "../../../lib/codec/irc_message.ts";
import { LineSplitter } from "../../../lib/codec/line_splitter.ts";
import { decodeUtf8, encodeUtf8 } from "../../../lib/codec/text.ts";
import { Random } from "../../support/random.ts";
import { forEachSplit } from "../../support/splits.ts";
import vectors from "../../vectors/irc_messages.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** A message as JSON has it. */
interface PlainMessage {
  readonly tags: object;
  readonly source: string | null;
  readonly verb: string;
  readonly params: readonly string[];
}

function fromJson({ tags, source, verb, params }: PlainMessage): IrcMessage {
  return { tags: new Map<string, string>(Object.entries(tags)), source, verb, params };
}

Deno.test("parseMessage splits lines into their parts", PURE, () => {
  for (const { name, line, message } of vectors.messages) {
    assertEquals(parseMessage(line), fromJson(message), name);
  }
});

Deno.test("formatMessage writes what parseMessage reads back", PURE, () => {
  for (const vector of vectors.messages) {
    const message = fromJson(vector.message);
    const line = formatMessage(message);
    assertEquals(line, "written" in vector ? vector.written : vector.line, vector.name);
    assertEquals(parseMessage(line), message, vector.name);
    const withColon = formatMessage(message, { colon: true });
    assertEquals(parseMessage(withColon), message, vector.name);
  }
});

Deno.test("formatMessage puts a colon where it is asked to", PURE, () => {
  const message = parseMessage(":ann NICK bob");
  assertEquals(formatMessage(message, { colon: true }), ":ann NICK :bob");
  assertEquals(formatMessage(parseMessage("QUIT"), { colon: true }), "QUIT");
});

Deno.test("parseMessage refuses what is no message", PURE, () => {
  for (const { name, line, why } of vectors.malformed) {
    assertThrows(() => parseMessage(line), ProtocolError, `Cannot read message: ${why}`, name);
  }
});

Deno.test("formatMessage refuses what would be read differently", PURE, () => {
  for (const { name, message, why } of vectors.unwritable) {
    assertThrows(() => formatMessage(fromJson(message)), TypeError, why, name);
  }
});

Deno.test("messages survive any segmentation", PURE, () => {
  const lines = vectors.messages.map(({ line }) => encodeUtf8(line));
  const expected = vectors.messages.map(({ message }) => fromJson(message));
  const stream = Uint8Array.from(lines.flatMap((line, index) => {
    return [...line, ...(index % 2 === 0 ? [13, 10] : [10])];
  }));
  forEachSplit(stream, (chunks, label) => {
    const splitter = new LineSplitter(MAX_TAG_BYTES + MAX_MESSAGE_BYTES);
    const messages: IrcMessage[] = [];
    for (const chunk of chunks) {
      splitter.push(chunk);
      for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
        messages.push(parseMessage(decodeUtf8(line)));
      }
    }
    assertEquals(messages, expected, label);
    assertEquals(splitter.rest().length, 0, label);
  });
});

Deno.test("checkLineLength keeps to 512 bytes without tags, CR LF included, in UTF-8", PURE, () => {
  const fits = `PRIVMSG #a :x ${"é".repeat(248)}`;
  assertEquals(encodeUtf8(`${fits}\r\n`).length, MAX_MESSAGE_BYTES);
  for (const tags of ["", "@a ", `@${"a".repeat(MAX_CLIENT_TAG_BYTES - 2)} `]) {
    checkLineLength(encodeUtf8(tags + fits), MAX_CLIENT_TAG_BYTES);
    const error = assertThrows(
      () => checkLineLength(encodeUtf8(`${tags}${fits}x`), MAX_CLIENT_TAG_BYTES),
      LimitError,
      "Cannot read message: 513 bytes with its line end, at most 512 are allowed",
    );
    assertEquals(error.limit, MAX_MESSAGE_BYTES);
  }
});

Deno.test("checkLineLength keeps to the bytes of tags that it is told", PURE, () => {
  const body = `PRIVMSG #a :x ${"x".repeat(496)}`;
  for (const limit of [MAX_CLIENT_TAG_BYTES, MAX_TAG_BYTES]) {
    const tags = "@a=é".padEnd(limit - 2, "x");
    assertEquals(encodeUtf8(`${tags} `).length, limit);
    checkLineLength(encodeUtf8(`${tags} ${body}`), limit);
    for (const line of [`${tags}x PING`, `${tags}xx`, `@${"x".repeat(limit)}`]) {
      const error = assertThrows(
        () => checkLineLength(encodeUtf8(line), limit),
        LimitError,
        `Cannot read message: ${limit + 1} bytes of tags, at most ${limit} are allowed`,
      );
      assertEquals(error.limit, limit);
    }
  }
});

Deno.test("random lines are refused with a named error or read back the same", PURE, () => {
  const random = new Random();
  const pieces = [
    ...["@", ":", " ", "  ", ";", "=", "\\", "\\s", "\\:", "\r", "\n", "\0", "+", "/", "!", "é"],
    ...["PRIVMSG", "a", "B", "0", "001", "\u{1f600}", "\ud800", "\t", "\x01"],
  ];
  for (let round = 0; round < 20_000; round++) {
    const parts = Array.from({ length: random.integer(0, 12) }, () => random.pick(pieces));
    const line = parts.join("");
    const label = `seed ${random.seed} round ${round}: ${JSON.stringify(line)}`;
    let message: IrcMessage;
    try {
      message = parseMessage(line);
    } catch (error) {
      assertEquals(error instanceof ProtocolError, true, label);
      continue;
    }
    if (message.source === "") continue;
    assertEquals(parseMessage(formatMessage(message)), message, label);
  }
});

Deno.test("random messages are refused by formatMessage or read back the same", PURE, () => {
  const random = new Random();
  const texts = ["", "a", "a b", ":a", "é", "\n", "\0", ";", "\\", "=", "+k", "@x", " "];
  for (let round = 0; round < 20_000; round++) {
    const text = (): string => random.pick(texts);
    const message: IrcMessage = {
      tags: new Map(Array.from({ length: random.integer(0, 2) }, () => [text(), text()])),
      source: random.integer(0, 1) === 0 ? null : text(),
      verb: random.pick(["PING", "001", "", "a"]),
      params: Array.from({ length: random.integer(0, 3) }, text),
    };
    const label = `seed ${random.seed} round ${round}: ${JSON.stringify(message)}`;
    let line: string;
    try {
      line = formatMessage(message);
    } catch (error) {
      assertEquals(error instanceof TypeError, true, label);
      continue;
    }
    assertEquals(parseMessage(line), message, label);
  }
});
