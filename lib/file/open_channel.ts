/**
 * The very beginning of a conversation, in front of the first frame: is this one of ours?
 *
 * @module
 */

import { PeerClosedError, ProtocolError } from "../codec/errors.ts";
import {
  encodeForeignRefusal,
  encodePreamble,
  FILE_PROTOCOL_VERSION,
  PREAMBLE_BYTES,
  type PreambleState,
  readPreamble,
} from "../codec/file_preamble.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import { writeAll } from "../net/write_all.ts";
import { Channel } from "./channel.ts";
import type { OnEvent } from "./events.ts";

/** Enough of what a wrong peer says to know what it speaks, in bytes. */
const MAX_FIRST_BYTES = 512;

/**
 * The server's side: waits for the client's preamble; its own goes out with the first message.
 *
 * @throws {ProtocolError} If the peer speaks something else or another version. It has been told, in its
 * own language where that is known.
 */
export async function acceptChannel(stream: ByteStream, onEvent: OnEvent): Promise<Channel> {
  const { state, rest } = await readFirstBytes(stream);
  if (state.state === "foreign") await writeAll(stream, encodeForeignRefusal(state.speaks));
  if (state.state === "version") await writeAll(stream, encodePreamble());
  assertAccepted(state);
  const channel = new Channel(stream, onEvent);
  channel.push(rest);
  await channel.sendBytes(encodePreamble());
  return channel;
}

/** The client's side: speaks first; the preamble goes out with the first message. */
export async function beginChannel(stream: ByteStream, onEvent: OnEvent): Promise<Channel> {
  const channel = new Channel(stream, onEvent);
  await channel.sendBytes(encodePreamble());
  return channel;
}

/**
 * Waits for the server's preamble.
 *
 * @throws {ProtocolError} If the peer speaks something else or another version.
 */
export async function hearPreamble(channel: Channel): Promise<void> {
  const { state, rest } = await readFirstBytes(channel.stream);
  assertAccepted(state);
  channel.push(rest);
}

async function readFirstBytes(
  stream: ByteStream,
): Promise<{ state: PreambleState; rest: Uint8Array }> {
  const received = new Uint8Array(MAX_FIRST_BYTES);
  for (let length = 0;;) {
    const count = await stream.read(received.subarray(length));
    if (count === null) {
      throw new PeerClosedError("Cannot begin: the peer closed", length, PREAMBLE_BYTES);
    }
    length += count;
    const state = readPreamble(received.subarray(0, length));
    if (state.state !== "incomplete") {
      return { state, rest: received.subarray(PREAMBLE_BYTES, length) };
    }
  }
}

function assertAccepted(state: PreambleState): void {
  if (state.state === "foreign") {
    throw new ProtocolError(`Cannot transfer files: the peer speaks ${state.speaks}`);
  }
  if (state.state === "version") {
    throw new ProtocolError(
      `Cannot transfer files: the peer speaks version ${state.version} of the protocol, ` +
        `this is version ${FILE_PROTOCOL_VERSION}`,
    );
  }
}
