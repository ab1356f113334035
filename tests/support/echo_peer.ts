import { echo } from "../../servers/echo_server.ts";
import { memoryPipe, type PipeEnd } from "./memory_pipe.ts";
import { Peer, readCount } from "./peer.ts";

/** What becomes of one message: the bytes to send back, or `undefined` for none. */
export type Answer = (
  message: Uint8Array,
  index: number,
) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** Ends the connection of a script, as if it had nothing more to say. */
export class HangUp extends Error {}

/**
 * A server that reads messages of `size` bytes and does with each what the test says.
 *
 * @param answer `index` counts the messages of one connection; {@linkcode HangUp} closes it.
 */
export function echoPeer(size: number, answer: Answer): Peer {
  return new Peer(async (conn) => {
    for (let index = 0;; index++) {
      const message = await readCount(conn, size);
      if (message.length < size) return;
      try {
        const bytes = await answer(message, index);
        if (bytes !== undefined) await conn.write(bytes);
      } catch (error) {
        if (error instanceof HangUp) return;
        throw error;
      }
    }
  });
}

/** The message with one byte changed. */
export function corrupt(message: Uint8Array): Uint8Array {
  const changed = message.slice();
  changed[changed.length >> 1]! ^= 1;
  return changed;
}

/** The client's end of a connection in memory, to a server that returns every byte and then finishes. */
export function memoryEcho(): PipeEnd {
  const [client, server] = memoryPipe();
  // Whoever closes the client's end is done with it.
  echo(server).then(() => server.closeWrite()).catch(() => {});
  return client;
}
