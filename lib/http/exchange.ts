/**
 * One HTTP exchange over a connection that is open already: the request out, the answer in, with a limit
 * on how long and how much.
 *
 * @module
 */
import { LimitError } from "../codec/errors.ts";
import type { HttpFraming } from "../codec/http_framing.ts";
import { headLines, type HttpHead } from "../codec/http_head.ts";
import { encodeGet } from "../codec/http_request.ts";
import { type HttpEvent, HttpResponseDecoder } from "../codec/http_response.ts";
import { decodeUtf8 } from "../codec/text.ts";
import type { ByteReader, ByteStream } from "../net/byte_stream.ts";
import { withDeadline } from "../net/deadline.ts";
import { writeAll } from "../net/write_all.ts";

/** Bytes read at once. */
const BUFFER = 64 * 1024;

/** How to ask, and how long and how much to take for an answer. */
export interface HttpOptions {
  /** Which HTTP to speak. */
  version: "1.0" | "1.1";
  /** What the client calls itself. */
  agent: string;
  /** Milliseconds that the headers may take, and then each silence; 0: for ever. */
  timeout: number;
  /** Bytes that a body may have; 0: any number. */
  maxSize: number;
  /** Called with each line of request and headers, as it was sent: escape it before it is shown. */
  onLine?: (direction: ">" | "<", line: string) => void;
  /** Called with something worth a note that is no failure. */
  onNote?: (note: string) => void;
}

/** An answer whose body has still to be read. */
export interface HttpAnswer {
  /** Status line and fields. */
  readonly head: HttpHead;
  /** The body's parts, each valid until the next is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Sends a request over an open connection and reads the headers of the answer.
 *
 * @throws {ProtocolError} If the answer is no HTTP/1, a `LimitError` if it is too large.
 * @throws {PeerClosedError} If it is not complete.
 * @throws {DeadlineError} If it takes too long. Reading the body throws the same.
 */
export async function httpGet(
  server: ByteStream,
  url: URL,
  options: HttpOptions,
): Promise<HttpAnswer> {
  const { version, agent, onLine = () => {} } = options;
  const target = url.pathname + url.search;
  const request = encodeGet({ version, authority: url.host, target, agent });
  const nextEvent = eventsOf(server);

  async function exchange(): Promise<HttpEvent & { type: "head" }> {
    for (const line of decodeUtf8(request).split("\r\n").slice(0, -1)) onLine(">", line);
    // The sending direction stays open: to some servers, a client that finishes early has gone away.
    await writeAll(server, request);
    for (;;) {
      const event = await nextEvent();
      if (event.type !== "head" && event.type !== "interim") continue;
      for (const line of headLines(event.head)) onLine("<", line);
      if (event.type === "head") return event;
    }
  }

  const { head, framing } = await patiently(exchange(), server, options);
  return { head, body: bodyParts(nextEvent, framing, server, options) };
}

/** Decodes an answer as it comes: a function that resolves with the next event. */
function eventsOf(server: ByteReader): () => Promise<HttpEvent> {
  const decoder = new HttpResponseDecoder();
  const buffer = new Uint8Array(BUFFER);
  return async () => {
    for (;;) {
      const event = decoder.next();
      if (event !== undefined) return event;
      const count = await server.read(buffer);
      if (count === null) return decoder.end();
      decoder.push(buffer.subarray(0, count));
    }
  };
}

async function* bodyParts(
  nextEvent: () => Promise<HttpEvent>,
  framing: HttpFraming,
  server: ByteStream,
  options: HttpOptions,
): AsyncGenerator<Uint8Array, void> {
  const { maxSize, onNote = () => {} } = options;
  const allowed = maxSize === 0 ? Infinity : maxSize;
  // What is announced is refused before it comes; the others are measured.
  let size = framing.kind === "length" ? framing.length : 0;
  for (;;) {
    if (size > allowed) {
      throw new LimitError(
        `The body has more than ${maxSize} bytes; allow more with --max-size`,
        maxSize,
      );
    }
    const event = await patiently(nextEvent(), server, options);
    if (event.type === "end") {
      if (event.surplus > 0) {
        onNote(
          `The server sent ${event.surplus} bytes behind the end of the body; they were ignored`,
        );
      }
      return;
    }
    if (event.type !== "body") continue;
    if (framing.kind !== "length") size += event.bytes.length;
    if (size <= allowed) yield event.bytes;
  }
}

/** Waits for the server, but not for ever. */
function patiently<T>(
  work: Promise<T>,
  server: ByteStream,
  { timeout }: HttpOptions,
): Promise<T> {
  return withDeadline(work, {
    milliseconds: timeout,
    message: `No answer for ${timeout / 1_000} s; allow more with --timeout`,
    onExpire: () => server[Symbol.dispose](),
  });
}
