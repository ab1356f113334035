import { formatAddress, peerHost } from "./address.ts";
import type { ByteStream } from "./byte_stream.ts";
import type { FairTurns } from "./fair_turns.ts";

/** What one connection needs of the server around it. */
export interface Surroundings {
  /** The server's idle clock: a count of ticks, cheaper than reading a clock for every message. */
  readonly clock: { tick: number };
  /** Who may read when many are busy. */
  readonly turns: FairTurns;
  /** Number of this connection among all that the server accepted; names a peer that has no address. */
  readonly number: number;
}

/**
 * One accepted connection, as a handler sees it: `read`, `write` and `closeWrite` of the real one, with
 * bytes counted and activity noted. When the server stops for good, `read` says `null`, as if the client
 * had finished: the handler writes what it still owes and returns.
 */
export class Connection implements ByteStream {
  /** The peer's address for logs, such as `127.0.0.1:53122`. */
  readonly peer: string;
  /** The peer's host, by which limits per host count. */
  readonly host: string;
  /** When it was accepted, on the clock of `performance.now()`. */
  readonly acceptedAt: number = performance.now();
  /** Bytes received so far. */
  bytesIn = 0;
  /** Bytes sent so far. */
  bytesOut = 0;
  /** The idle clock's tick at the last byte in either direction. */
  lastTick: number;
  /** Whether the peer has finished sending. */
  peerFinished = false;
  /** Why the server ended this connection, if it did. */
  endedBecause: string | undefined;

  readonly #conn: Deno.Conn;
  readonly #around: Surroundings;
  #finishing = false;
  #reading = false;
  /** Whether it has left the accounts. */
  #left = false;

  /** Takes over a connection that was just accepted. */
  constructor(conn: Deno.Conn, around: Surroundings) {
    const address = conn.remoteAddr;
    this.#conn = conn;
    this.#around = around;
    this.peer = address.transport === "tcp" ? formatAddress(address) : `unix-${around.number}`;
    this.host = address.transport === "tcp" ? peerHost(address) : "unix";
    this.lastTick = around.clock.tick;
    around.turns.join();
  }

  /** Reads as `Deno.Conn` does, in turn with the others where many are busy. */
  async read(into: Uint8Array): Promise<number | null> {
    if (this.#finishing) return null;
    const { turns, clock } = this.#around;
    if (turns.busy && this.bytesIn > 0) {
      await turns.turn();
      if (this.#finishing) return null;
    }
    this.#reading = true;
    const count = await this.#conn.read(into);
    this.#reading = false;
    if (count === null) this.peerFinished = true;
    // What comes after our FIN has no answer any more.
    if (count === null || this.#finishing) return null;
    this.bytesIn += count;
    this.lastTick = clock.tick;
    turns.served();
    return count;
  }

  /** Writes as `Deno.Conn` does: a part of the bytes, perhaps. */
  async write(from: Uint8Array): Promise<number> {
    const count = await this.#conn.write(from);
    this.bytesOut += count;
    this.lastTick = this.#around.clock.tick;
    return count;
  }

  /** Finishes sending (FIN); reading goes on. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Ends both directions at once. Bytes that are still unread make the system discard what is unsent. */
  close(): void {
    // Unlike `close`, disposing allows for a connection that is closed already.
    this.#conn[Symbol.dispose]();
  }

  /** Closes the connection if that is still to do, and leaves the server's accounts. */
  [Symbol.dispose](): void {
    if (!this.#left) this.#around.turns.leave();
    this.#left = true;
    this.close();
  }

  /**
   * Ends the conversation so that nothing sent is lost: FIN, then read on until the peer's FIN. Closing
   * with bytes unread would send a reset instead, and a reset destroys what the peer has not read yet.
   *
   * @param milliseconds How long the peer's FIN may take; then the connection is cut.
   */
  async end(milliseconds: number): Promise<void> {
    if (this.peerFinished) return;
    await this.closeWrite();
    const scratch = new Uint8Array(4096);
    const reason = `the peer did not finish within ${milliseconds / 1000} s`;
    const timer = setTimeout(() => this.cut(reason), milliseconds);
    try {
      while (await this.#conn.read(scratch) !== null);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The server's grace time is over: no more is read, and what was read is still answered. */
  finish(reason: string): void {
    this.endedBecause ??= reason;
    this.#finishing = true;
    // A handler that waits for the peer owes it nothing: the FIN can go at once. One that is writing
    // finishes sending when its next read says null.
    if (this.#reading) this.closeWrite().catch(ignoreGone);
  }

  /** Gives the peer up at once, for example because it was silent for too long. */
  cut(reason: string): void {
    this.endedBecause ??= reason;
    this.close();
  }
}

/** The peer is gone already, and with it whom to tell. */
function ignoreGone(): void {}
