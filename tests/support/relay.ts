import { writeAll } from "../../lib/net/write_all.ts";
import { soon } from "./journal.ts";

/** How many bytes a relay lets through, in each direction; all if it is not said. */
export interface RelayPlan {
  /** Bytes from clients to the server. */
  readonly sent?: number;
  /** Bytes from the server to clients. */
  readonly received?: number;
}

/** Stands between clients and a server, counts what passes, and lets no more through than its plan says. */
export class Relay implements AsyncDisposable {
  /** Bytes from clients so far. */
  sent = 0;
  /** Bytes from the server so far. */
  received = 0;
  readonly #listener: Deno.TcpListener;
  readonly #plan: RelayPlan;
  readonly #open = new Set<Deno.Conn>();
  readonly #work: Promise<void>;
  readonly #reached = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();

  /** Starts relaying to a port of this machine. */
  constructor(target: number, plan: RelayPlan = {}) {
    this.#plan = plan;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#work = this.#accept(target);
  }

  /** Where clients connect to. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Resolves when the plan's last byte has passed; the connection stays open, and silent. */
  reached(): Promise<void> {
    return soon(this.#reached.promise, "the byte where the relay stops");
  }

  /** Lets everything through from now on, what was held back first. */
  release(): void {
    this.#released.resolve();
  }

  async #accept(target: number): Promise<void> {
    const { sent = Infinity, received = Infinity } = this.#plan;
    const pumps: Promise<void>[] = [];
    try {
      for (;;) {
        const client = await this.#listener.accept();
        const server = await Deno.connect({ hostname: "127.0.0.1", port: target });
        this.#open.add(client).add(server);
        pumps.push(
          this.#pump(client, server, () => sent - this.sent, (n) => this.sent += n),
          this.#pump(server, client, () => received - this.received, (n) => this.received += n),
        );
      }
    } catch {
      // Closed at the end of the scope.
    }
    await Promise.all(pumps);
  }

  async #pump(
    from: Deno.Conn,
    to: Deno.Conn,
    room: () => number,
    count: (bytes: number) => void,
  ): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const length = await from.read(buffer);
        if (length === null) break;
        let part = buffer.subarray(0, Math.min(length, room()));
        await writeAll(to, part);
        count(part.length);
        if (room() > 0) continue;
        this.#reached.resolve();
        await this.#released.promise;
        part = buffer.subarray(part.length, length);
        await writeAll(to, part);
        count(part.length);
        room = () => Infinity;
      }
      await to.closeWrite();
    } catch {
      // One end is gone: the other learns it at once.
      from[Symbol.dispose]();
      to[Symbol.dispose]();
    }
  }

  /** Ends all connections as a system does whose program is gone, so that what has passed is still read. */
  async finish(): Promise<void> {
    await Promise.allSettled([...this.#open].map((conn) => conn.closeWrite()));
  }

  /** Breaks all connections. */
  cut(): void {
    for (const conn of this.#open) conn[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    // Nobody has to wait any longer.
    this.#reached.resolve();
    this.#released.resolve();
    await this.#work;
  }
}
