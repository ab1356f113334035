/**
 * The first eight bytes of a file transfer connection, in both directions, before any frame. They tell
 * at once whether the peer speaks this protocol at all, and which version.
 *
 * ```text
 * 0        1        2        3        4        5        6        7
 * +--------+--------+--------+--------+--------+--------+--------+--------+
 * |  0xf5  |  "f"   |  "i"   |  "l"   |  "e"   |  0x0d  |  0x0a  |version |
 * +--------+--------+--------+--------+--------+--------+--------+--------+
 * ```
 *
 * No text in ASCII or UTF-8 begins with 0xf5, nor does a TLS record; CR LF shows a channel that
 * translates line ends.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodePreamble, readPreamble } from "./file_preamble.ts";
 *
 * assertEquals(readPreamble(encodePreamble()), { state: "accepted" });
 * assertEquals(readPreamble(encodePreamble().subarray(0, 3)), { state: "incomplete" });
 * assertEquals(readPreamble(new TextEncoder().encode("GET /")), { state: "foreign", speaks: "HTTP" });
 * ```
 *
 * @module
 */

/** Bytes in the preamble. */
export const PREAMBLE_BYTES = 8;

/** The version of the protocol that this code speaks. */
export const FILE_PROTOCOL_VERSION = 1;

const MAGIC = Uint8Array.of(0xf5, 0x66, 0x69, 0x6c, 0x65, 0x0d, 0x0a);

/** Protocols that are recognised by how they begin, so that the refusal can name them. */
export type ForeignProtocol = "HTTP" | "TLS" | "SSH" | "chat" | "something else";

const FIRST_WORDS: readonly (readonly [string, ForeignProtocol])[] = [
  ["GET ", "HTTP"],
  ["HEAD ", "HTTP"],
  ["POST ", "HTTP"],
  ["PUT ", "HTTP"],
  ["OPTIONS ", "HTTP"],
  ["PRI * HTTP/2", "HTTP"],
  ["HTTP/", "HTTP"],
  ["SSH-", "SSH"],
  ["CAP ", "chat"],
  ["NICK ", "chat"],
  ["PASS ", "chat"],
  ["USER ", "chat"],
];

/** What the bytes received so far say about the peer. */
export type PreambleState =
  | { readonly state: "incomplete" }
  | { readonly state: "accepted" }
  | { readonly state: "version"; readonly version: number }
  | { readonly state: "foreign"; readonly speaks: ForeignProtocol };

/** Encodes the preamble of this version. */
export function encodePreamble(): Uint8Array<ArrayBuffer> {
  const preamble = new Uint8Array(PREAMBLE_BYTES);
  preamble.set(MAGIC);
  preamble[PREAMBLE_BYTES - 1] = FILE_PROTOCOL_VERSION;
  return preamble;
}

/**
 * Judges the first bytes of a connection, up to {@linkcode PREAMBLE_BYTES} or more of them. A wrong
 * peer is known by its first wrong byte: nobody has to wait for the eighth.
 */
export function readPreamble(received: Uint8Array): PreambleState {
  const compared = Math.min(received.length, MAGIC.length);
  for (let at = 0; at < compared; at++) {
    if (received[at] !== MAGIC[at]) return { state: "foreign", speaks: recognise(received) };
  }
  const version = received[MAGIC.length];
  if (version === undefined) return { state: "incomplete" };
  return version === FILE_PROTOCOL_VERSION ? { state: "accepted" } : { state: "version", version };
}

function recognise(received: Uint8Array): ForeignProtocol {
  // A TLS record: handshake (22) or alert (21), then major version 3 (RFC 8446, section 5.1).
  if ((received[0] === 0x16 || received[0] === 0x15) && (received[1] ?? 3) === 3) return "TLS";
  const start = String.fromCharCode(...received.subarray(0, 16));
  return FIRST_WORDS.find(([word]) => start.startsWith(word))?.[1] ?? "something else";
}

/**
 * The answer to a wrong peer, in its own language where that is known: an HTTP response, a TLS alert
 * (protocol_version, RFC 8446 section 6.2), or a line of text.
 */
export function encodeForeignRefusal(speaks: ForeignProtocol): Uint8Array<ArrayBuffer> {
  const sentence = `This port speaks file transfer, version ${FILE_PROTOCOL_VERSION}`;
  if (speaks === "TLS") return Uint8Array.of(0x15, 3, 1, 0, 2, 2, 70);
  const text = speaks === "HTTP"
    ? "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n" +
      `Content-Length: ${sentence.length + 2}\r\n\r\n${sentence}\r\n`
    : speaks === "chat"
    ? `ERROR :${sentence}\r\n`
    : `${sentence}\r\n`;
  return new TextEncoder().encode(text);
}
