import { createServer, type Server } from "node:net";

/** When a {@linkcode ResettingServer} resets, and what it says before. */
export interface ResettingOptions {
  /** What is sent before the reset, if anything. */
  readonly first?: string;
  /** Resets once the client has said something; otherwise at once. */
  readonly whenSpokenTo?: boolean;
}

/** A server on a free port of 127.0.0.1 that resets each connection (RST). */
export class ResettingServer implements AsyncDisposable {
  /** Its port, once {@linkcode listening} has resolved. */
  port = "";
  readonly #server: Server;

  constructor({ first = "", whenSpokenTo = false }: ResettingOptions = {}) {
    this.#server = createServer((socket) => {
      // The client's own end is no failure of the server.
      socket.on("error", () => {});
      const reset = (): void => {
        if (first === "") socket.resetAndDestroy();
        else socket.write(first, () => socket.resetAndDestroy());
      };
      if (whenSpokenTo) socket.once("data", reset);
      else reset();
    });
  }

  /** Waits until it listens. */
  async listening(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.port = String((this.#server.address() as { port: number }).port);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
