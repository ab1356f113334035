/**
 * The few methods that this folder needs of a connection. `Deno.Conn` has them, and so has any object
 * that a test hands in.
 *
 * @module
 */

/** A source of bytes. */
export interface ByteReader {
  /**
   * Fills the start of `into` with what has arrived and returns the count, or `null` once the peer has
   * finished sending. One read is not one message: any count from 1 to `into.length` may come.
   */
  read(into: Uint8Array): Promise<number | null>;
}

/** A sink of bytes. */
export interface ByteWriter {
  /** Hands bytes to the system and returns how many it took, which may be fewer than were offered. */
  write(from: Uint8Array): Promise<number>;
}

/** Both directions of one connection, each of which ends on its own (RFC 9293, section 3.6). */
export interface ByteStream extends ByteReader, ByteWriter {
  /** Says "no more bytes from me" (FIN) and leaves the other direction open. */
  closeWrite(): Promise<void>;
  /** Closes both directions at once; unlike `close`, it may be called when that has happened already. */
  [Symbol.dispose](): void;
}
