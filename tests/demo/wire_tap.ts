/**
 * A relay between a client and its server that tells what passes: which bytes in which segments, and who
 * finishes sending when. It changes nothing.
 *
 * @module
 */
import { escapeBytes } from "../../lib/codec/text.ts";
import { writeAll } from "../../lib/net/write_all.ts";

/** Bytes of a segment that are shown. */
const SHOWN = 48;

/** A relay that is running. */
export class WireTap implements AsyncDisposable {
  /** What has passed so far, a line each. */
  readonly lines: string[] = [];
  /** Clients connect here. */
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #relaying: Promise<void>;

  constructor(readonly serverPort: number) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#relaying = this.#relay();
  }

  async #relay(): Promise<void> {
    const connections: Promise<void>[] = [];
    try {
      for (;;) connections.push(this.#join(await this.#listener.accept()));
    } catch (error) {
      // Closing the listener is how a tap ends.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    await Promise.all(connections);
  }

  async #join(client: Deno.TcpConn): Promise<void> {
    using _client = client;
    using server = await Deno.connect({ hostname: "127.0.0.1", port: this.serverPort });
    client.setNoDelay(true);
    server.setNoDelay(true);
    this.lines.push("client            connects: SYN, SYN+ACK, ACK");
    await Promise.all([
      this.#pass("client --> server", client, server),
      this.#pass("client <-- server", server, client),
    ]);
  }

  async #pass(arrow: string, from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    for (let count; (count = await from.read(buffer)) !== null;) {
      const bytes = buffer.subarray(0, count);
      const unit = count === 1 ? "byte " : "bytes";
      this.lines.push(`${arrow} ${String(count).padStart(6)} ${unit}  ${shown(bytes)}`);
      await writeAll(to, bytes);
    }
    this.lines.push(`${arrow}    FIN        nothing more will come from this side`);
    await to.closeWrite();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#relaying;
  }
}

function shown(bytes: Uint8Array): string {
  const text = escapeBytes(bytes.subarray(0, SHOWN));
  return `"${text}${bytes.length > SHOWN ? "…" : ""}"`;
}
