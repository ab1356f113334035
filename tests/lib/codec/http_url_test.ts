import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../lib/codec/errors.ts";
import type { HttpHead } from "../../../lib/codec/http_head.ts";
import {
  httpUrlOf,
  parseHttpUrl,
  portOf,
  redirectLocation,
  redirectTarget,
} from "../../../lib/codec/http_url.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("parseHttpUrl reads what people type", PURE, () => {
  const cases: readonly (readonly [text: string, href: string, port: number])[] = [
    ["http://127.0.0.1:8000/a?b=c", "http://127.0.0.1:8000/a?b=c", 8000],
    ["localhost:8000", "http://localhost:8000/", 8000],
    ["example.com/page", "http://example.com/page", 80],
    ["[::1]:8080/x", "http://[::1]:8080/x", 8080],
    ["HTTPS://Example.COM", "https://example.com/", 443],
    ["https://example.com:80/", "https://example.com:80/", 80],
    ["http://example.com/ü?ö#ä", "http://example.com/%C3%BC?%C3%B6", 80],
  ];
  for (const [text, href, port] of cases) {
    const url = parseHttpUrl(text);
    assertEquals([url.href, portOf(url)], [href, port], text);
  }
});

Deno.test("parseHttpUrl refuses what it could only guess at", PURE, () => {
  const cases: readonly (readonly [text: string, says: string])[] = [
    ["", 'Cannot read the URL ""'],
    ["http://", 'Cannot read the URL "http://"'],
    ["http://a:99999/", "Cannot read the URL"],
    ["ftp://example.com/", "expected http: or https:"],
    ["file:///etc/passwd", "expected http: or https:"],
    [
      "http://user:secret@example.com/",
      'the URL "http://user@example.com/": it has a user name, and none is sent here',
    ],
    ["http://a/b c", "it has a blank or a control character; write %20 for a blank"],
    ["http://a/\r\nX: y", 'the URL "http://a/\\r\\nX: y": it has a blank or a control character'],
    ["http://a/\tb", "control character"],
    ["http://a/\x85", "control character"],
  ];
  for (const [text, says] of cases) {
    assertThrows(() => parseHttpUrl(text), SyntaxError, says, JSON.stringify(text));
  }
});

Deno.test("httpUrlOf puts parts together, and none into another", PURE, () => {
  const cases: readonly (readonly [parts: [string, string, string], href: string])[] = [
    [["127.0.0.1", "8000", "/index.html"], "http://127.0.0.1:8000/index.html"],
    [["localhost", "80", "index.html"], "http://localhost/index.html"],
    [["::1", "8000", "/"], "http://[::1]:8000/"],
    [["[::1]", "8000", "/?a=b"], "http://[::1]:8000/?a=b"],
  ];
  for (const [parts, href] of cases) assertEquals(httpUrlOf(...parts).href, href);
  const refused: readonly (readonly [parts: [string, string, string], says: string])[] = [
    [["a/b", "80", "/"], 'Cannot use the host "a/b"'],
    [["user@a", "80", "/"], 'Cannot use the host "user@a"'],
    [["a", "0", "/"], 'Cannot use the port "0"'],
    [["a", "65536", "/"], 'Cannot use the port "65536"'],
    [["a", "http", "/"], 'Cannot use the port "http"'],
    [["a", "80", "/a b"], "blank or a control character"],
    [["a b", "80", "/"], "blank or a control character"],
    [["", "80", "/"], "Cannot read the URL"],
  ];
  for (const [parts, says] of refused) assertThrows(() => httpUrlOf(...parts), SyntaxError, says);
});

const POLICY = { maxRedirects: 5, allowDowngrade: false };
const BASE = new URL("https://example.com/a/b?c");

function answer(status: number, ...locations: string[]): HttpHead {
  const fields = locations.map((value) => ({ name: "location", value }));
  return { version: "1.1", status, reason: "", fields };
}

Deno.test("redirectTarget resolves what servers say", PURE, () => {
  const cases: readonly (readonly [location: string, href: string])[] = [
    ["/x", "https://example.com/x"],
    ["x#part", "https://example.com/a/x"],
    ["?d", "https://example.com/a/b?d"],
    ["//other.example/y", "https://other.example/y"],
    ["https://127.0.0.1:8000/", "https://127.0.0.1:8000/"],
    ["/café", "https://example.com/caf%C3%A9"],
  ];
  for (const status of [301, 302, 303, 307, 308]) {
    for (const [location, href] of cases) {
      const target = redirectTarget(answer(status, location), [BASE], POLICY);
      assertEquals(target?.href, href, location);
    }
    assertEquals(redirectTarget(answer(status), [BASE], POLICY), undefined);
  }
  for (const status of [200, 201, 300, 304, 404]) {
    assertEquals(redirectTarget(answer(status, "/x"), [BASE], POLICY), undefined, String(status));
    assertEquals(redirectLocation(answer(status, "/x")), undefined, String(status));
  }
  assertEquals(redirectLocation(answer(302, "/x", "/y")), "/x");
});

Deno.test("redirectTarget follows no server anywhere", PURE, () => {
  const far = Array.from({ length: 6 }, (_, at) => new URL(`https://example.com/${at}`));
  const cases: readonly (readonly [location: string, visited: URL[], says: string])[] = [
    ["file:///etc/passwd", [BASE], "expected http: or https:"],
    ["javascript:alert(1)", [BASE], "expected http: or https:"],
    ["https://u:p@a/", [BASE], "it has a user name"],
    ["a b", [BASE], 'Cannot follow the redirect to "a b": that is no URL'],
    ["/\x1b", [BASE], 'Cannot follow the redirect to "/\\x1b": that is no URL'],
    ["https://", [BASE], "that is no URL"],
    ["http://example.com/", [BASE], "it gives up https:"],
    ["/a/b?c", [BASE], "it leads in a circle"],
    ["/a/b?c#d", [BASE], "it leads in a circle"],
    ["/3", far, "it leads in a circle"],
    ["/new", far, "5 have been followed already"],
  ];
  for (const [location, visited, says] of cases) {
    assertThrows(() => redirectTarget(answer(302, location), visited, POLICY), ProtocolError, says);
  }
});

Deno.test("redirectTarget gives up https: only where that is allowed", PURE, () => {
  const head = answer(302, "http://example.com/");
  const policy = { ...POLICY, allowDowngrade: true };
  assertEquals(redirectTarget(head, [BASE], policy)?.href, "http://example.com/");
  const plain = new URL("http://example.com/x");
  assertEquals(redirectTarget(head, [plain], POLICY)?.href, "http://example.com/");
});
