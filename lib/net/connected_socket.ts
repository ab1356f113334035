import { type DatagramSocket, RECEIVE_BUFFER, sameEndpoint } from "./datagram.ts";

/**
 * A UDP socket for talking to one server: what `connect` makes of it in C, and what the runtime does not
 * have. Everything goes there, and what comes from anybody else is ignored, since everybody can send to an
 * open port. (That nothing listens there, which a connected socket is told by ICMP, stays unknown here.)
 */
export class ConnectedSocket implements AsyncDisposable {
  /** Who else sent something: a server that answers from another of its addresses, as a rule. */
  stranger: Deno.NetAddr | undefined;
  readonly #socket: DatagramSocket;
  readonly #buffer = new Uint8Array(RECEIVE_BUFFER);
  /** A receive cannot be taken back, so it is kept from one wait to the next. */
  #pending: Promise<[Uint8Array, Deno.Addr] | Error> | undefined;

  /**
   * Takes over a socket.
   *
   * @param server By its numeric address.
   */
  constructor(socket: DatagramSocket, readonly server: Deno.NetAddr) {
    this.#socket = socket;
  }

  /**
   * Sends a datagram to the server.
   *
   * @throws Whatever the socket throws.
   */
  async send(bytes: Uint8Array): Promise<void> {
    await this.#socket.send(bytes, this.server);
  }

  /**
   * Waits for the server's next datagram.
   *
   * @param deadline When to give up, by `performance.now()`.
   * @returns The datagram, a view that is valid until the next call, or `undefined` if the time is up.
   * @throws Whatever receiving throws.
   */
  async next(deadline: number): Promise<Uint8Array | undefined> {
    const { promise: expiry, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), Math.max(deadline - performance.now(), 0));
    try {
      for (;;) {
        this.#pending ??= this.#socket.receive(this.#buffer).catch((error) => error as Error);
        const received = await Promise.race([this.#pending, expiry]);
        if (received === undefined) return undefined;
        this.#pending = undefined;
        if (received instanceof Error) throw received;
        const [datagram, from] = received;
        if (sameEndpoint(from as Deno.NetAddr, this.server)) return datagram;
        this.stranger ??= from as Deno.NetAddr;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the socket and waits for the pending receive to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#pending;
  }
}
