import { serve } from "../../lib/net/serve.ts";
import type {
  Handler,
  ServeEvent,
  ServeOptions,
  ServeTotals,
} from "../../lib/net/serve_options.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { Journal, soon } from "./journal.ts";

/** A handler that returns every byte, plainly. */
export const echoPlainly: Handler = async (connection) => {
  const buffer = new Uint8Array(16 * 1024);
  for (let count; (count = await connection.read(buffer)) !== null;) {
    await writeAll(connection, buffer.subarray(0, count));
  }
};

/** The accept loop in this process, stopped at the end of the scope. */
export class Serving implements AsyncDisposable {
  /** Its events so far. */
  readonly events = new Journal<ServeEvent>("the server's events", ({ message }) => message);
  /** Resolves when it has stopped. */
  readonly done: Promise<ServeTotals>;
  readonly #controller = new AbortController();

  constructor(
    readonly listener: Deno.Listener,
    handle: Handler,
    options: Omit<ServeOptions, "signal" | "log"> = {},
  ) {
    const { signal } = this.#controller;
    this.done = serve(listener, handle, {
      grace: 0,
      linger: 15_000,
      ...options,
      signal,
      log: this.events.add,
    });
    // A test that ends early has failed already; its server's end is waited for below.
    this.done.catch(() => {});
  }

  /** Where it listens. */
  get port(): number {
    return (this.listener.addr as Deno.NetAddr).port;
  }

  /** Begins to stop, as a signal to the program does. */
  abort(): void {
    this.#controller.abort();
  }

  /** Stops it and returns what it did. */
  async stop(): Promise<ServeTotals> {
    this.abort();
    return await soon(this.done, "the end of the server");
  }

  /** Resolves with the first event of that name, or with event number `index` of them. */
  async event(name: string, index = 0): Promise<ServeEvent> {
    const events = await this.events.findAll(
      ({ event }) => event === name,
      index + 1,
      `event "${name}"`,
    );
    return events[index]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.done.catch(() => {});
  }
}

/** Serves on a free port of 127.0.0.1. */
export function serveHere(
  handle: Handler,
  options: Omit<ServeOptions, "signal" | "log"> = {},
): Serving {
  return new Serving(Deno.listen({ hostname: "127.0.0.1", port: 0 }), handle, options);
}
