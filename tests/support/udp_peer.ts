import type { ScriptedAnswer } from "./udp_script.ts";

/** A peer on a real socket that answers each datagram as a function says; closed at the end of the scope. */
export class UdpPeer implements AsyncDisposable {
  /** Where it can be reached. */
  readonly port: number;
  readonly #socket: Deno.DatagramConn;
  readonly #stranger: Deno.DatagramConn;
  readonly #running: Promise<void>;

  constructor(answers: (datagram: Uint8Array) => readonly ScriptedAnswer[]) {
    const here = { transport: "udp", hostname: "127.0.0.1", port: 0 } as const;
    this.#socket = Deno.listenDatagram(here);
    this.#stranger = Deno.listenDatagram(here);
    this.port = (this.#socket.addr as Deno.NetAddr).port;
    this.#running = this.#run(answers);
  }

  async #run(answers: (datagram: Uint8Array) => readonly ScriptedAnswer[]): Promise<void> {
    const buffer = new Uint8Array(70_000);
    try {
      for (;;) {
        const [datagram, from] = await this.#socket.receive(buffer);
        for (const { bytes, stranger } of answers(datagram)) {
          await (stranger ? this.#stranger : this.#socket).send(bytes, from);
        }
      }
    } catch (error) {
      // Closing the socket is how it ends.
      const closed = error instanceof Deno.errors.Interrupted ||
        error instanceof Deno.errors.BadResource;
      if (!closed) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#stranger.close();
    await this.#running;
  }
}
