/**
 * One server on several cores. Each worker has a listener of its own on the same port (SO_REUSEPORT, on
 * Linux only: the kernel deals new connections out by a hash), and its own event loop. Limits, log and
 * stop stay in one place, here: whether a client is served is decided for all workers together.
 *
 * A worker accepts before it has a slot, because a slot that waited in one worker could be the one that
 * a client at another worker's door needs. So up to one client a worker waits accepted, not in the backlog.
 *
 * @module
 */
import { Admission } from "./admission.ts";
import type { ListenOptions } from "./listen.ts";
import type { ServeEvent, ServeLimits, ServeTotals } from "./serve_options.ts";
import { sumTotals } from "./sum_totals.ts";
import type { FromWorker, ToWorker } from "./worker_messages.ts";

/** What the workers share. */
export interface WorkersOptions {
  /** How many. */
  workers: number;
  /** Where they listen; with port 0 the first one finds a free port for all. */
  listen: ListenOptions;
  /** The limits of the whole server, not of one worker. */
  limits: ServeLimits;
  /** Aborted to stop all of them, each as {@linkcode serve} does. */
  signal: AbortSignal;
  /** Called for each event of any worker. */
  log: (event: ServeEvent) => void;
  /** Called once all of them listen. */
  onListening: (port: number) => void;
}

/**
 * Serves in workers until the signal stops them.
 *
 * @param module The module that calls {@linkcode serveAsWorker} when it runs in a worker.
 * @throws `Deno.listen`'s errors, if a worker cannot listen.
 */
export async function serveInWorkers(
  module: string,
  options: WorkersOptions,
): Promise<ServeTotals> {
  const { workers: count, limits, signal } = options;
  const admission = new Admission(limits);
  const crew: Member[] = [];
  const stop = (): void => crew.forEach((member) => member.stop());
  let { listen } = options;
  try {
    while (crew.length < count) {
      const member = new Member(module, admission, options.log);
      crew.push(member);
      const port = await member.start({
        type: "start",
        listen: { ...listen, reusePort: true },
        limits,
      });
      listen = { ...listen, port };
    }
    options.onListening(listen.port);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return sumTotals(await Promise.all(crew.map((member) => member.stopped)));
  } finally {
    signal.removeEventListener("abort", stop);
    for (const member of crew) member.dismiss();
  }
}

/** One worker, seen from the server. */
class Member {
  readonly #worker: Worker;
  readonly #admission: Admission;
  readonly #log: (event: ServeEvent) => void;
  readonly #listening = Promise.withResolvers<number>();
  readonly #stopped = Promise.withResolvers<ServeTotals>();
  #stopping = false;

  constructor(module: string, admission: Admission, log: (event: ServeEvent) => void) {
    this.#admission = admission;
    this.#log = log;
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => void this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(`A worker failed: ${event.message}`);
      this.#listening.reject(error);
      this.#stopped.reject(error);
    };
    // A failure before listening is reported there; nobody waits for the end then.
    this.#stopped.promise.catch(() => {});
  }

  /** Resolves with the port once the worker listens on it. */
  start(message: ToWorker): Promise<number> {
    this.#worker.postMessage(message);
    return this.#listening.promise;
  }

  stop(): void {
    this.#stopping = true;
    this.#worker.postMessage({ type: "stop" } satisfies ToWorker);
  }

  /** Resolves once the worker's last connection is closed. */
  get stopped(): Promise<ServeTotals> {
    return this.#stopped.promise;
  }

  dismiss(): void {
    this.#worker.terminate();
  }

  async #receive(message: FromWorker): Promise<void> {
    switch (message.type) {
      case "listening":
        return this.#listening.resolve(message.port);
      case "cannot listen":
        return this.#listening.reject(revive(message));
      case "log":
        return this.#log(message.event);
      case "leave":
        return this.#admission.leave(message.host);
      case "stopped":
        return this.#stopped.resolve(message.totals);
      case "admit":
        return await this.#admit(message.host);
    }
  }

  async #admit(host: string): Promise<void> {
    await this.#admission.slot();
    const welcome = !this.#stopping && this.#admission.admit(host);
    if (!welcome) this.#admission.giveBack();
    this.#worker.postMessage({ type: "admission", welcome } satisfies ToWorker);
  }
}

/** An error's class does not survive the way between threads; its name does. */
function revive({ name, message, code }: FromWorker & { type: "cannot listen" }): Error {
  const classes = Deno.errors as unknown as Record<string, ErrorConstructor | undefined>;
  const error = new (classes[name] ?? Error)(message);
  return Object.assign(error, code === undefined ? {} : { code });
}
