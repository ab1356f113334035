import { listenSpecial } from "./listen.ts";
import { serve } from "./serve.ts";
import type { AdmissionDesk, Handler } from "./serve_options.ts";
import type { FromWorker, ToWorker } from "./worker_messages.ts";

/** The part of a worker's global scope that is used here; the window's types do not have it. */
interface WorkerScope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

/** Whether this module runs in a worker that {@linkcode serveInWorkers} started. */
export const IN_WORKER: boolean = "DedicatedWorkerGlobalScope" in globalThis;

/**
 * Asks the server, which counts for all workers. One question at a time: a worker holds at most one
 * accepted client that has no slot yet; the others stay in the backlog.
 */
class RemoteDesk implements AdmissionDesk {
  readonly #send: (message: FromWorker) => void;
  #pending: PromiseWithResolvers<boolean> | undefined;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
  }

  async slot(): Promise<void> {
    await this.#pending?.promise;
  }

  giveBack(): void {
    // The server kept the slot's account, and has it back already.
  }

  admit(host: string): Promise<boolean> {
    this.#pending = Promise.withResolvers<boolean>();
    this.#send({ type: "admit", host });
    return this.#pending.promise;
  }

  leave(host: string): void {
    this.#send({ type: "leave", host });
  }

  answer(welcome: boolean): void {
    this.#pending?.resolve(welcome);
  }
}

/**
 * The worker's half of {@linkcode serveInWorkers}: opens a listener of its own on the shared port, serves
 * it with `handle`, and reports to the server.
 */
export function serveAsWorker(handle: Handler): void {
  const scope = globalThis as unknown as WorkerScope;
  const send = (message: FromWorker): void => scope.postMessage(message);
  const desk = new RemoteDesk(send);
  const controller = new AbortController();
  scope.onmessage = async ({ data }) => {
    switch (data.type) {
      case "admission":
        return desk.answer(data.welcome);
      case "stop":
        controller.abort();
        // Who waits for a slot now will not be served any more.
        return desk.answer(false);
      case "start": {
        const listener = open(data, send);
        if (listener === undefined) return;
        const totals = await serve(listener, handle, {
          ...data.limits,
          signal: controller.signal,
          admission: desk,
          log: (event) => send({ type: "log", event }),
        });
        send({ type: "stopped", totals });
      }
    }
  };
}

function open(
  { listen }: ToWorker & { type: "start" },
  send: (message: FromWorker) => void,
): Deno.Listener | undefined {
  const { host: hostname, port, backlog: tcpBacklog } = listen;
  try {
    const listener = listenSpecial(listen) ??
      Deno.listen({ hostname, port, tcpBacklog, reusePort: true });
    send({ type: "listening", port: (listener.addr as Deno.NetAddr).port });
    return listener;
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    send({ type: "cannot listen", name, message, code });
    return undefined;
  }
}
