import { nextBackOff } from "./back_off.ts";
import { type DatagramSocket, RECEIVE_BUFFER } from "./datagram.ts";
import { sleep } from "./sleep.ts";

/** When to stop, and whom to tell what went wrong. */
export interface ReceiveOptions {
  /** Aborted to stop; closes the socket. */
  signal: AbortSignal;
  /** Called for each failed receive. */
  onError?: (error: unknown) => void;
}

/**
 * The receive loop of a UDP program: one buffer for all datagrams and one receive in flight, since several
 * would not keep the order. Only the signal ends it: a failed receive (Windows reports one when a peer's
 * port is closed) is told and followed by a short wait. The socket is closed in the end.
 *
 * @param handle Gets each datagram, a view that is valid until it returns (or its promise resolves).
 * @throws Whatever `handle` throws.
 */
export async function receiveDatagrams(
  socket: DatagramSocket,
  handle: (datagram: Uint8Array, from: Deno.NetAddr) => Promise<void> | void,
  { signal, onError }: ReceiveOptions,
): Promise<void> {
  const buffer = new Uint8Array(RECEIVE_BUFFER);
  let backOff = 0;
  const close = (): void => socket.close();
  if (signal.aborted) close();
  else signal.addEventListener("abort", close, { once: true });
  try {
    while (!signal.aborted) {
      let received: [Uint8Array, Deno.Addr];
      try {
        received = await socket.receive(buffer);
        backOff = 0;
      } catch (error) {
        if (signal.aborted) return;
        onError?.(error);
        backOff = nextBackOff(backOff);
        await sleep(backOff, signal);
        continue;
      }
      const handled = handle(received[0], received[1] as Deno.NetAddr);
      if (handled !== undefined) await handled;
    }
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) close();
  }
}
