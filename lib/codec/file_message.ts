/**
 * Encoding and decoding of one message of file transfer by its layout in `file_layouts.ts`.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeFileMessage, encodeFileMessage } from "./file_message.ts";
 *
 * const wire = encodeFileMessage({ kind: "file", index: 3, offset: 65_536 });
 * assertEquals(wire.toHex(), "40000000000c" + "00000003" + "0000000000010000");
 * const frame = { type: 0x40, flags: 0, payload: wire.subarray(6) };
 * assertEquals(decodeFileMessage(frame), { kind: "file", index: 3, offset: 65_536 });
 * ```
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";
import { type FieldCodec, FieldReader, FieldWriter } from "./file_fields.ts";
import { type FileTransferMessage, type MessageKind } from "./file_messages.ts";
import { LAYOUTS, MAX_MESSAGE_BYTES } from "./file_layouts.ts";
import { encodeFrame, type Frame } from "./frame.ts";

// The fields as the two functions below see them: of unknown type, each by its own codec.
type Fields = readonly (readonly [string, FieldCodec<unknown>])[];

const FIELDS = new Map<MessageKind, Fields>();
const KINDS = new Map<number, MessageKind>();
for (const [kind, layout] of Object.entries(LAYOUTS) as [MessageKind, typeof LAYOUTS.hello][]) {
  FIELDS.set(kind, Object.entries(layout.fields) as unknown as Fields);
  KINDS.set(layout.type, kind);
}

const SCRATCH = new Uint8Array(MAX_MESSAGE_BYTES);

/**
 * Encodes a message as one frame, in a new array.
 *
 * @throws {RangeError} If a number, a text or an array does not fit its field.
 * @throws {TypeError} If a text holds a lone surrogate.
 */
export function encodeFileMessage(message: FileTransferMessage): Uint8Array<ArrayBuffer> {
  const writer = new FieldWriter(message.kind, SCRATCH);
  const values = message as unknown as Record<string, unknown>;
  for (const [name, codec] of FIELDS.get(message.kind) ?? []) codec.write(writer, values[name]);
  return encodeFrame({
    type: LAYOUTS[message.kind].type,
    flags: writer.flags,
    payload: writer.payload,
  });
}

/**
 * Decodes a frame; the message shares no memory with it.
 *
 * @throws {ProtocolError} If the type is unknown, or the frame is not exactly what the encoder makes.
 */
export function decodeFileMessage(frame: Frame): FileTransferMessage {
  const kind = KINDS.get(frame.type);
  if (kind === undefined) {
    throw new ProtocolError(`Cannot read a message: unknown type 0x${frame.type.toString(16)}`);
  }
  const reader = new FieldReader(kind, frame.payload, frame.flags);
  const message: Record<string, unknown> = { kind };
  for (const [name, codec] of FIELDS.get(kind) ?? []) message[name] = codec.read(reader);
  reader.end();
  return message as unknown as FileTransferMessage;
}
