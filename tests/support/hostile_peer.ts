/**
 * Peers that break rules: they speak the wire format, but say what they like when they like.
 *
 * @module
 */

import type { FileTransferMessage } from "../../lib/codec/file_messages.ts";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { FileDecoder, type FileEvent } from "../../lib/codec/file_decoder.ts";
import { encodeFileMessage } from "../../lib/codec/file_message.ts";
import { encodePreamble, PREAMBLE_BYTES } from "../../lib/codec/file_preamble.ts";
import type { ByteReader, ByteWriter } from "../../lib/net/byte_stream.ts";
import { writeAll } from "../../lib/net/write_all.ts";

/** A message, or raw bytes. */
export type Said = FileTransferMessage | Uint8Array;

/** A greeting with a nonce that nobody has. */
export const CLIENT_HELLO = {
  kind: "hello",
  role: "client",
  authentication: false,
  nonce: new Uint8Array(32).fill(7),
  extensions: 0,
} as const;

/** The same of a server. */
export const SERVER_HELLO = { ...CLIENT_HELLO, role: "server" } as const;

/** An ordinary file in a manifest. */
export function entry(path: string, size: number = 1): FileTransferMessage {
  return { kind: "entry", type: "file", mode: 0o644, mtime: 0, size, path };
}

/** A run of content. */
export function run(bytes: Uint8Array | number): Uint8Array {
  const content = typeof bytes === "number" ? new Uint8Array(bytes) : bytes;
  return concatBytes([encodeFileMessage({ kind: "run", length: content.length }), content]);
}

/** Says all of it at once, behind a preamble. */
export async function say(stream: ByteWriter, ...said: readonly Said[]): Promise<void> {
  const bytes = said.map((one) => one instanceof Uint8Array ? one : encodeFileMessage(one));
  await writeAll(stream, concatBytes([encodePreamble(), ...bytes]));
}

/** Hears messages behind the preamble, until the peer is done, fails, or `enough` says so. */
export async function hear(
  stream: ByteReader,
  enough: (event: FileEvent) => boolean = () => false,
): Promise<FileEvent[]> {
  const decoder = new FileDecoder();
  const heard: FileEvent[] = [];
  const buffer = new Uint8Array(65_536);
  let skipped = 0;
  for (;;) {
    const count = await stream.read(buffer).catch(() => null);
    if (count === null) return heard;
    const skip = Math.min(count, PREAMBLE_BYTES - skipped);
    skipped += skip;
    decoder.push(buffer.slice(skip, count));
    for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
      heard.push(event);
      if (enough(event)) return heard;
    }
  }
}
