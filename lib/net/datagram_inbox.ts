import { type DatagramSocket, RECEIVE_BUFFER, sameEndpoint } from "./datagram.ts";

/**
 * Waits for answers of one server. A receive that is pending cannot be taken back, so the inbox keeps it
 * from one wait to the next; and what comes from anybody else is ignored, since everybody can send to an
 * open port.
 */
export class DatagramInbox {
  readonly #socket: DatagramSocket;
  readonly #target: Deno.NetAddr;
  readonly #buffer = new Uint8Array(RECEIVE_BUFFER);
  #pending: Promise<[Uint8Array, Deno.Addr] | Error> | undefined;

  /**
   * Takes over the receiving half of a socket.
   *
   * @param target The server, by its numeric address.
   */
  constructor(socket: DatagramSocket, target: Deno.NetAddr) {
    this.#socket = socket;
    this.#target = target;
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
        if (sameEndpoint(from as Deno.NetAddr, this.#target)) return datagram;
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
