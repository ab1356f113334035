import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  encodeForeignRefusal,
  encodePreamble,
  type ForeignProtocol,
  PREAMBLE_BYTES,
  readPreamble,
} from "../../../lib/codec/file_preamble.ts";
import vectors from "../../vectors/file/preambles.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("readPreamble tells this protocol from others", PURE, () => {
  for (const { name, hex, state } of vectors.cases) {
    assertEquals(readPreamble(Uint8Array.fromHex(hex)) as unknown, state, name);
  }
});

Deno.test("readPreamble accepts what encodePreamble makes, and not one byte earlier", PURE, () => {
  const preamble = encodePreamble();
  for (let length = 0; length < PREAMBLE_BYTES; length++) {
    assertEquals(readPreamble(preamble.subarray(0, length)), { state: "incomplete" });
  }
  assertEquals(readPreamble(preamble), { state: "accepted" });
});

Deno.test("encodeForeignRefusal answers in the language of the peer", PURE, () => {
  const text = (speaks: ForeignProtocol): string =>
    new TextDecoder().decode(encodeForeignRefusal(speaks));
  assertStringIncludes(text("HTTP"), "HTTP/1.1 400 Bad Request\r\n");
  assertStringIncludes(text("HTTP"), "This port speaks file transfer, version 1\r\n");
  assertEquals(text("chat"), "ERROR :This port speaks file transfer, version 1\r\n");
  assertEquals(text("SSH"), "This port speaks file transfer, version 1\r\n");
  assertEquals(encodeForeignRefusal("TLS").toHex(), "15030100020246");
});
