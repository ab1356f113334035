/**
 * A relay between a UDP client and its server that is as unreliable as UDP may be, but by plan: it swallows
 * some answers and sends others twice. It tells what passes.
 *
 * @module
 */
import { escapeBytes } from "../../lib/codec/text.ts";

/** Bytes of a datagram that are shown. */
const SHOWN = 24;

/** What the relay does to which answers, counted from 0. */
export interface RelayPlan {
  /** These never arrive. */
  readonly lose: readonly number[];
  /** These arrive twice. */
  readonly double: readonly number[];
}

/** A relay that is running, for one client. */
export class UdpRelay implements AsyncDisposable {
  /** What has passed so far, a line each. */
  readonly lines: string[] = [];
  /** Clients send here. */
  readonly port: number;
  readonly #front: Deno.DatagramConn;
  readonly #back: Deno.DatagramConn;
  readonly #running: Promise<unknown>;
  #client: Deno.Addr | undefined;

  constructor(readonly serverPort: number, readonly plan: RelayPlan) {
    const here = { transport: "udp", hostname: "127.0.0.1", port: 0 } as const;
    this.#front = Deno.listenDatagram(here);
    this.#back = Deno.listenDatagram(here);
    this.port = (this.#front.addr as Deno.NetAddr).port;
    this.#running = Promise.all([this.#passOn(), this.#bringBack()]);
  }

  async #passOn(): Promise<void> {
    const server = { transport: "udp", hostname: "127.0.0.1", port: this.serverPort } as const;
    await eachDatagram(this.#front, async (datagram, from) => {
      this.#client = from;
      this.#tell("client --> server", datagram);
      await this.#back.send(datagram, server);
    });
  }

  async #bringBack(): Promise<void> {
    let number = 0;
    await eachDatagram(this.#back, async (datagram) => {
      const { lose, double } = this.plan;
      const copies = lose.includes(number) ? 0 : double.includes(number) ? 2 : 1;
      const remark = ["   lost on the way", "", "   and once more"][copies]!;
      this.#tell("client <-- server", datagram, remark);
      number++;
      for (let copy = 0; copy < copies; copy++) await this.#front.send(datagram, this.#client!);
    });
  }

  #tell(arrow: string, datagram: Uint8Array, remark = ""): void {
    const text = escapeBytes(datagram.subarray(0, SHOWN));
    const more = datagram.length > SHOWN ? "…" : "";
    this.lines.push(
      `${arrow} ${String(datagram.length).padStart(5)} bytes  "${text}${more}"${remark}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#front.close();
    this.#back.close();
    await this.#running;
  }
}

async function eachDatagram(
  socket: Deno.DatagramConn,
  handle: (datagram: Uint8Array, from: Deno.Addr) => Promise<void>,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) await handle(...await socket.receive(buffer));
  } catch (error) {
    // Closing the sockets is how a relay ends.
    const closed = error instanceof Deno.errors.Interrupted ||
      error instanceof Deno.errors.BadResource;
    if (!closed) throw error;
  }
}
