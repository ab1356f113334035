/** What one accept does: fails with an error, or hands over a connection. */
export type AcceptOutcome = Error | Deno.Conn;

/**
 * A listener that does what a test says, and then waits as a real one does. The system's own failures
 * (no descriptors left, above all) can be had in any number and order.
 */
export class FakeListener {
  readonly addr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 7 };
  /** When accept was called, by `performance.now()`. */
  readonly calls: number[] = [];
  readonly #outcomes: Iterator<AcceptOutcome>;
  readonly #closed = Promise.withResolvers<never>();

  /** @param outcomes One for each accept, in order. */
  constructor(outcomes: Iterable<AcceptOutcome>) {
    this.#outcomes = outcomes[Symbol.iterator]();
    this.#closed.promise.catch(() => {});
  }

  /** As a listener for the code under test. */
  get listener(): Deno.Listener {
    return this as unknown as Deno.Listener;
  }

  async accept(): Promise<Deno.Conn> {
    this.calls.push(performance.now());
    const { value, done } = this.#outcomes.next();
    if (done) return await this.#closed.promise;
    if (value instanceof Error) throw value;
    return value;
  }

  /** As the real one: a pending accept fails, and so does a second close. */
  close(): void {
    this.#closed.reject(new Deno.errors.BadResource("Listener has been closed"));
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A connection whose client has finished sending before it was accepted. */
export function finishedConn(): Deno.Conn {
  return {
    remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 53122 },
    read: () => Promise.resolve(null),
    closeWrite: () => Promise.resolve(),
    [Symbol.dispose]: () => {},
  } as unknown as Deno.Conn;
}

/** What the runtime throws when the process has no file descriptors left: a plain error with a code. */
export function noDescriptors(): Error {
  return Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });
}
