/**
 * Decodes one HTTP/1 response to GET (RFC 9112), whatever the segments that it comes in.
 *
 * ```text
 * response = *interim-head head [ body ]
 * body     = so many bytes / chunks / all that comes until the stream ends     see http_framing.ts
 * ```
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { HttpResponseDecoder } from "./http_response.ts";
 *
 * const decoder = new HttpResponseDecoder();
 * decoder.push(new TextEncoder().encode("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
 * const events = [decoder.next(), decoder.next(), decoder.next(), decoder.next()];
 * assertEquals(events.map((event) => event?.type), ["head", "body", "end", undefined]);
 * ```
 *
 * @module
 */

import { PeerClosedError, ProtocolError } from "./errors.ts";
import { type BodyDecoder, EndlessBody, SizedBody } from "./http_body.ts";
import { ChunkedBody } from "./http_chunks.ts";
import { type HttpFraming, httpFraming } from "./http_framing.ts";
import { HeadCollector, type HttpHead, MAX_HTTP_HEAD } from "./http_head.ts";
import { LineSplitter } from "./line_splitter.ts";

/** What the decoder finds, in this order: interim heads (1xx), the head, parts of the body, the end. */
export type HttpEvent =
  | { readonly type: "interim"; readonly head: HttpHead }
  | { readonly type: "head"; readonly head: HttpHead; readonly framing: HttpFraming }
  /** The bytes are a view of what was pushed. */
  | { readonly type: "body"; readonly bytes: Uint8Array }
  /** Bytes behind the end that have come already: there should be none. */
  | { readonly type: "end"; readonly surplus: number };

/** An incremental decoder of one response; holds no more than its head, and of its body nothing. */
export class HttpResponseDecoder {
  readonly #lines = new LineSplitter(MAX_HTTP_HEAD);
  readonly #heads = new HeadCollector();
  #body: BodyDecoder | undefined;
  #ended = false;

  /** Hands in the next bytes, after `next` has returned `undefined` for the last ones. */
  push(chunk: Uint8Array): void {
    if (this.#body === undefined) this.#lines.push(chunk);
    else this.#body.push(chunk);
  }

  /**
   * Returns the next event, or `undefined` when more bytes are needed, or none are due any more.
   *
   * @throws {ProtocolError} If this is no HTTP/1 response, a `LimitError` if its head is too long.
   */
  next(): HttpEvent | undefined {
    if (this.#ended) return undefined;
    if (this.#body === undefined) return this.#nextHead();
    const part = this.#body.next();
    if (part === undefined) return undefined;
    if (part !== "end") return { type: "body", bytes: part };
    this.#ended = true;
    return { type: "end", surplus: this.#body.surplus };
  }

  /**
   * The stream has ended: returns the end of the response, where that is what ends it.
   *
   * @throws {PeerClosedError} If something is missing.
   */
  end(): HttpEvent {
    if (this.#body === undefined) {
      const bytes = this.#heads.bytes + this.#lines.rest().length;
      throw new PeerClosedError(
        bytes === 0
          ? "The server closed without an answer"
          : "The server closed in the middle of its headers",
        bytes,
      );
    }
    this.#body.end();
    this.#ended = true;
    return { type: "end", surplus: 0 };
  }

  #nextHead(): HttpEvent | undefined {
    for (let line; (line = this.#lines.next()) !== undefined;) {
      const head = this.#heads.add(line);
      if (head === undefined) continue;
      if (head.status === 101) {
        throw new ProtocolError("The server switches to another protocol, which nobody asked for");
      }
      // Any number of interim responses may come first (RFC 9110, section 15.2): their bytes are counted.
      if (head.status < 200) return { type: "interim", head };
      const framing = httpFraming(head);
      this.#body = bodyDecoder(framing);
      this.#body.push(this.#lines.rest());
      return { type: "head", head, framing };
    }
    return undefined;
  }
}

function bodyDecoder(framing: HttpFraming): BodyDecoder {
  switch (framing.kind) {
    case "length":
      return new SizedBody(framing.length);
    case "chunked":
      return new ChunkedBody();
    default:
      return new EndlessBody();
  }
}
