import { encodeUtf8 } from "./text.ts";

/** A request for a resource, as far as it differs from one to the next. */
export interface HttpGetRequest {
  /** Which HTTP to speak. */
  readonly version: "1.0" | "1.1";
  /** Host and, unless it is the usual one, port: `example.com:8080`. */
  readonly authority: string;
  /** Path and query: `/index.html?lang=en`. */
  readonly target: string;
  /** Who asks (RFC 9110, section 10.1.5). */
  readonly agent: string;
}

const VISIBLE = /^[\x21-\x7e]+$/;

/**
 * Encodes a GET request (RFC 9112, section 3): each line ends in CR LF, and an empty one ends the request.
 *
 * ```text
 * GET /index.html HTTP/1.0
 * Host: example.com
 * User-Agent: http-get/0.1.0
 *
 * ```
 *
 * HTTP/1.0 did not know `Host`, but no server with several names could answer without it. HTTP/1.1 keeps
 * connections open unless told otherwise: `Connection: close`.
 *
 * @throws {TypeError} If a part has a blank, a control character or anything beyond ASCII: with a line
 * break in it, it would become headers of its own (header injection).
 */
export function encodeGet({ version, authority, target, agent }: HttpGetRequest): Uint8Array {
  for (const part of [authority, target, agent]) {
    if (VISIBLE.test(part)) continue;
    throw new TypeError(
      `Cannot write "${part}" into a request: only visible ASCII characters are allowed`,
    );
  }
  const lines = [
    `GET ${target} HTTP/${version}`,
    `Host: ${authority}`,
    `User-Agent: ${agent}`,
    ...(version === "1.1" ? ["Connection: close"] : []),
  ];
  return encodeUtf8(lines.map((line) => `${line}\r\n`).join("") + "\r\n");
}
