import { assertEquals, assertThrows } from "@std/assert";
import { encodeGet } from "../../../lib/codec/http_request.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;
const REQUEST = {
  version: "1.0",
  authority: "127.0.0.1:8000",
  target: "/index.html?q=%20",
  agent: "http-get/0.1.0",
} as const;

Deno.test("encodeGet writes the request as it goes over the wire", PURE, () => {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  assertEquals(
    text(encodeGet(REQUEST)),
    "GET /index.html?q=%20 HTTP/1.0\r\nHost: 127.0.0.1:8000\r\nUser-Agent: http-get/0.1.0\r\n\r\n",
  );
  assertEquals(
    text(encodeGet({ ...REQUEST, version: "1.1" })),
    "GET /index.html?q=%20 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: http-get/0.1.0\r\n" +
      "Connection: close\r\n\r\n",
  );
});

Deno.test("encodeGet lets no part become a header of its own", PURE, () => {
  for (const bad of ["/a b", "/a\r\nX: y", "/a\nX: y", "/\r", "/\0", "/\t", "/é", "", "/\x7f"]) {
    for (const part of ["target", "authority", "agent"]) {
      assertThrows(() => encodeGet({ ...REQUEST, [part]: bad }), TypeError, "only visible ASCII");
    }
  }
});
