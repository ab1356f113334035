/**
 * The other end, scripted: servers that misbehave for the clients' tests, and clients for the servers'.
 *
 * @module
 */
import { connect as connectNode } from "node:net";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { soon } from "./journal.ts";

/** Errors by which a script notices that the program under test has left: no failure of the test. */
const LEFT = [
  Deno.errors.ConnectionReset,
  Deno.errors.BrokenPipe,
  Deno.errors.NotConnected,
  Deno.errors.Interrupted,
  Deno.errors.BadResource,
];

/** A scripted server on a free port of 127.0.0.1. */
export class Peer implements AsyncDisposable {
  /** Its port, as an argument for `--port`. */
  readonly port: string;
  readonly #listener: Deno.TcpListener;
  readonly #conns: Deno.TcpConn[] = [];
  readonly #accepting: Promise<void>;
  /** Each resolves with what its talk threw, if anything. */
  readonly #talks: Promise<unknown>[] = [];

  /**
   * @param talk What happens on each connection, which is closed when it returns; `index` counts the
   * connections from 0.
   */
  constructor(talk: (conn: Deno.TcpConn, index: number) => Promise<void>) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = String(this.#listener.addr.port);
    this.#accepting = this.#accept(talk);
  }

  async #accept(talk: (conn: Deno.TcpConn, index: number) => Promise<void>): Promise<void> {
    try {
      for (;;) {
        const conn = await this.#listener.accept();
        const index = this.#conns.push(conn) - 1;
        conn.setNoDelay(true);
        this.#talks.push(
          talk(conn, index).catch((error) => error).finally(() => conn[Symbol.dispose]()),
        );
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const conn of this.#conns) conn[Symbol.dispose]();
    for (const error of await Promise.all(this.#talks)) {
      if (error !== undefined && !LEFT.some((kind) => error instanceof kind)) throw error;
    }
  }
}

/** A port of 127.0.0.1 on which nobody listens. */
export function unusedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Connects to a port of 127.0.0.1. */
export async function connectTo(port: number): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  return conn;
}

/** Two connected ends over loopback. */
export async function connectedPair(): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return await Promise.all([connectTo(listener.addr.port), listener.accept()]);
}

/** Reads until the peer has finished sending. */
export async function readAll(conn: Pick<Deno.Conn, "read">): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(64 * 1024);
  for (let count; (count = await soon(conn.read(buffer), "the end of the stream")) !== null;) {
    parts.push(buffer.slice(0, count));
  }
  return concatBytes(parts);
}

/** Reads so many bytes, or fewer if the peer finishes earlier. */
export async function readCount(
  conn: Pick<Deno.Conn, "read">,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await soon(conn.read(bytes.subarray(filled)), `byte ${filled} of ${length}`);
    if (count === null) break;
    filled += count;
  }
  return bytes.slice(0, filled);
}

/** Sends a text, finishes sending, and returns all that comes back. */
export async function exchange(port: number, text: string): Promise<string> {
  using conn = await connectTo(port);
  const writer = conn.write(new TextEncoder().encode(text)).then(() => conn.closeWrite());
  const [answer] = await Promise.all([readAll(conn), writer]);
  return new TextDecoder().decode(answer);
}

/** A client that can do what the runtime's own connections cannot: reset the connection (RST). */
export interface ResettingClient {
  /** Sends bytes; resolves when the system has them. */
  send(bytes: Uint8Array): Promise<void>;
  /** Resolves once something has come back. */
  readonly heard: Promise<void>;
  /** Resets the connection and waits until it is gone. */
  reset(): Promise<void>;
}

/** Connects such a client to a port of 127.0.0.1. */
export async function connectToReset(port: number): Promise<ResettingClient> {
  const socket = connectNode({ host: "127.0.0.1", port, noDelay: true });
  // A reset by the other side is what some tests want; it is followed by "close" as well.
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const heard = new Promise<void>((resolve) => socket.once("data", () => resolve()));
  await soon(
    new Promise<void>((resolve) => socket.once("connect", () => resolve())),
    "a connection",
  );
  return {
    heard,
    send: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    async reset(): Promise<void> {
      socket.resetAndDestroy();
      await soon(closed, "the end of the connection");
    },
  };
}
