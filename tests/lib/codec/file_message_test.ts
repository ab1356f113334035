import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { LimitError, PeerClosedError, ProtocolError } from "../../../lib/codec/errors.ts";
import { concatBytes } from "../../../lib/codec/bytes.ts";
import { FileDecoder, type FileEvent } from "../../../lib/codec/file_decoder.ts";
import { encodeFileMessage } from "../../../lib/codec/file_message.ts";
import { type FileTransferMessage } from "../../../lib/codec/file_messages.ts";
import { LAYOUTS, MAX_MESSAGE_BYTES, MAX_RUN_BYTES } from "../../../lib/codec/file_layouts.ts";
import { MAX_PATH_BYTES } from "../../../lib/codec/file_names.ts";
import { encodeProofInput } from "../../../lib/codec/file_proof.ts";
import { forEachSplit } from "../../support/splits.ts";
import vectors from "../../vectors/file/messages.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 30_000 } as const;

/** All events of some chunks, content joined and everything in hex. */
function decodeAll(chunks: Uint8Array[], decoder: FileDecoder = new FileDecoder()): unknown[] {
  const seen: unknown[] = [];
  let content = "";
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
      if (event.kind === "content") {
        content += event.bytes.toHex();
        continue;
      }
      if (content !== "") seen.push({ content });
      content = "";
      seen.push(inHex(event));
    }
  }
  if (content !== "") seen.push({ content });
  decoder.end();
  return seen;
}

function inHex(event: FileEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? value.toHex() : value,
    ]),
  );
}

function fromHex(message: Record<string, unknown>): FileTransferMessage {
  const bytes = (name: string, value: unknown): unknown =>
    ["nonce", "mac", "sha256"].includes(name) ? Uint8Array.fromHex(String(value)) : value;
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, bytes(name, value)]),
  ) as unknown as FileTransferMessage;
}

Deno.test("FileDecoder reads every message however the bytes are cut", PURE, () => {
  for (const { name, hex, message } of vectors.wellFormed) {
    forEachSplit(Uint8Array.fromHex(hex), (chunks, label) => {
      assertEquals(decodeAll(chunks), [message], `${name}, ${label}`);
    });
  }
});

Deno.test("encodeFileMessage writes what the decoder reads", PURE, () => {
  for (const { name, hex, message } of vectors.wellFormed) {
    assertEquals(encodeFileMessage(fromHex(message)).toHex(), hex, name);
  }
});

Deno.test("the vectors hold every kind of message", PURE, () => {
  const kinds = new Set(vectors.wellFormed.map(({ message }) => message.kind));
  assertEquals([...kinds, "run"].sort(), Object.keys(LAYOUTS).sort());
  const types = Object.values(LAYOUTS).map(({ type }) => type);
  assertEquals(new Set(types).size, types.length, "no number is used twice");
});

Deno.test("attacks 5, 7, 14, 17, 18, 19, 32: malformed messages are protocol errors", PURE, () => {
  for (const { name, hex, error } of vectors.malformed) {
    forEachSplit(Uint8Array.fromHex(hex), (chunks, label) => {
      const thrown = assertThrows(() => decodeAll(chunks), ProtocolError);
      assertStringIncludes(thrown.message, error, `${name}, ${label}`);
    });
  }
});

Deno.test("FileDecoder passes content through between messages", PURE, () => {
  const content = Uint8Array.from({ length: 300 }, (_, at) => at % 251);
  const wire = concatBytes([
    encodeFileMessage({ kind: "file", index: 0, offset: 0 }),
    encodeFileMessage({ kind: "run", length: 300 }),
    content,
    encodeFileMessage({ kind: "run", length: 1 }),
    Uint8Array.of(0x45),
    encodeFileMessage({ kind: "done" }),
  ]);
  forEachSplit(wire, (chunks, label) => {
    assertEquals(decodeAll(chunks), [
      { kind: "file", index: 0, offset: 0 },
      { content: content.toHex() + "45" },
      { kind: "done" },
    ], label);
  });
});

Deno.test("attack 26: content cannot be said to be compressed, by either side", PURE, () => {
  const messages = [
    encodeFileMessage({ kind: "file", index: 0, offset: 0 }),
    encodeFileMessage({ kind: "run", length: 1 }),
    encodeFileMessage({ kind: "end", size: 1, sha256: new Uint8Array(32) }),
  ];
  for (const message of messages) {
    for (let bit = 0; bit < 8; bit++) {
      const flagged = message.with(1, 1 << bit);
      const thrown = assertThrows(() => decodeAll([flagged]), ProtocolError);
      assertStringIncludes(thrown.message, "unknown flags");
    }
  }
});

Deno.test("attack 18: the stream may end between messages and nowhere else", PURE, () => {
  const message = encodeFileMessage({ kind: "file", index: 0, offset: 0 });
  for (let length = 1; length < message.length; length++) {
    assertThrows(() => decodeAll([message.subarray(0, length)]), PeerClosedError, "in a message");
  }
  const run = encodeFileMessage({ kind: "run", length: 5 });
  assertThrows(() => decodeAll([run, Uint8Array.of(1)]), PeerClosedError, "4 bytes of content");
});

Deno.test("attack 18: a length over the cap allocates nothing", PURE, () => {
  const decoder = new FileDecoder();
  decoder.push(Uint8Array.of(0x21, 0, 0xff, 0xff, 0xff, 0xff));
  const error = assertThrows(() => decoder.next(), LimitError);
  assertEquals(error.limit, MAX_MESSAGE_BYTES);
});

Deno.test("encodeFileMessage refuses what could not be read back", PURE, () => {
  const cases: [FileTransferMessage, string][] = [
    [{ kind: "file", index: 0, offset: 2 ** 53 }, "9007199254740992 is no whole number"],
    [{ kind: "file", index: 0, offset: -1 }, "-1 is no whole number"],
    [{ kind: "file", index: 0.5, offset: 0 }, "0.5 is no whole number"],
    [{ kind: "run", length: MAX_RUN_BYTES + 1 }, "262145 is no whole number"],
    [{ kind: "want", path: "a".repeat(MAX_PATH_BYTES + 1) }, "text of 4096 bytes"],
    [{ kind: "proof", mac: new Uint8Array(31) }, "31 bytes where 32 belong"],
  ];
  for (const [message, problem] of cases) {
    assertThrows(() => encodeFileMessage(message), RangeError, problem);
  }
  assertThrows(() => encodeFileMessage({ kind: "want", path: "\ud800" }), TypeError, "surrogate");
});

Deno.test("the longest message fits its cap", PURE, () => {
  const path = "a".repeat(MAX_PATH_BYTES);
  const message = { kind: "entry", type: "file", mode: 0, mtime: 0, size: 0, path } as const;
  assertEquals(decodeAll([encodeFileMessage(message)]), [message]);
});

Deno.test("attack 32: a proof is bound to both nonces and to the role", PURE, () => {
  const a = new Uint8Array(32).fill(1);
  const b = new Uint8Array(32).fill(2);
  const inputs = [
    encodeProofInput("client", a, b),
    encodeProofInput("server", a, b),
    encodeProofInput("client", b, a),
  ];
  assertEquals(new Set(inputs.map((input) => input.toHex())).size, inputs.length);
  assertEquals(
    inputs[0]?.toHex(),
    "66696c65207472616e73666572203120" + "70726f6f6600" + "01" + a.toHex() + b.toHex(),
  );
});
