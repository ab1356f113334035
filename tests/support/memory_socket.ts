import type { DatagramSocket } from "../../lib/net/datagram.ts";

/** A datagram on its way to the program under test. */
export type Arrival = [bytes: Uint8Array, from: Deno.NetAddr];

/** A UDP socket without a network: the test is everybody else. */
export class MemorySocket implements DatagramSocket {
  readonly addr: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port: 50_000 };
  /** Datagrams that the program sent. */
  sent = 0;
  /** Called with each of them; may throw, as a socket does. */
  onSend: (bytes: Uint8Array, to: Deno.NetAddr) => void;
  readonly #arrivals: (Arrival | Error)[] = [];
  #waiting: PromiseWithResolvers<Arrival> | undefined;
  closed = false;

  constructor(onSend: (bytes: Uint8Array, to: Deno.NetAddr) => void = () => {}) {
    this.onSend = onSend;
  }

  /** Lets a datagram arrive, or makes a receive fail. */
  arrive(bytes: Uint8Array | Error, from: Deno.NetAddr = this.addr): void {
    this.#arrivals.push(bytes instanceof Error ? bytes : [bytes.slice(), from]);
    this.#deliver();
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Deno.Addr]> {
    if (this.closed) return Promise.reject(new Deno.errors.BadResource("Bad resource ID"));
    if (this.#waiting !== undefined) throw new Error("Cannot receive twice at once");
    this.#waiting = Promise.withResolvers();
    const { promise } = this.#waiting;
    this.#deliver();
    return promise.then(([bytes, from]) => {
      const length = Math.min(bytes.length, buffer.length);
      buffer.set(bytes.subarray(0, length));
      return [buffer.subarray(0, length), from];
    });
  }

  send(bytes: Uint8Array, to: Deno.Addr): Promise<number> {
    this.sent++;
    try {
      this.onSend(bytes, to as Deno.NetAddr);
      return Promise.resolve(bytes.length);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  close(): void {
    if (this.closed) throw new Deno.errors.BadResource("Bad resource ID");
    this.closed = true;
    this.#waiting?.reject(new Deno.errors.Interrupted("operation canceled"));
  }

  #deliver(): void {
    if (this.#waiting === undefined || this.#arrivals.length === 0) return;
    const next = this.#arrivals.shift()!;
    const { resolve, reject } = this.#waiting;
    this.#waiting = undefined;
    if (next instanceof Error) reject(next);
    else resolve(next);
  }
}
