import type { BusyPhase } from "../codec/file_messages.ts";
import type { Channel } from "./channel.ts";

/** How often a busy side says so, in milliseconds; idle deadlines are a multiple of it. */
const INTERVAL_MS = 1000;

/** Tells the peer how far a long piece of work is, once in a while. */
export class Progress {
  #done = 0;
  #last = performance.now();

  /** Starts counting, of `total` bytes. */
  constructor(
    readonly channel: Channel,
    readonly phase: BusyPhase,
    readonly total: number,
  ) {}

  /** So many more bytes are done. */
  async advance(bytes: number): Promise<void> {
    await this.reach(this.#done + bytes);
  }

  /** So many bytes in all are done; to be called from time to time even if there are no more. */
  async reach(done: number): Promise<void> {
    this.#done = Math.min(done, this.total);
    if (performance.now() - this.#last < INTERVAL_MS) return;
    this.#last = performance.now();
    await sendBusy(this.channel, this.phase, this.#done, this.total);
  }
}

/**
 * Waits for work whose progress cannot be seen, and meanwhile tells the peer that it goes on.
 *
 * @param patient Whether work is waited for even if the peer is gone: what it uses must not be closed
 * under its hands. What may never end cannot be waited for.
 */
export async function whileBusy<T>(
  channel: Channel,
  phase: BusyPhase,
  work: Promise<T>,
  patient: boolean = true,
): Promise<T> {
  const finished = work.then(() => true, () => true);
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<false>();
    const timer = setTimeout(() => resolve(false), INTERVAL_MS);
    const over = await Promise.race([finished, promise]);
    clearTimeout(timer);
    if (over) return await work;
    try {
      await sendBusy(channel, phase, 0, 0);
    } catch (error) {
      if (patient) await finished;
      throw error;
    }
  }
}

async function sendBusy(
  channel: Channel,
  phase: BusyPhase,
  done: number,
  total: number,
): Promise<void> {
  channel.onEvent({ kind: "busy" });
  await channel.send({ kind: "busy", phase, done, total });
  await channel.flush();
}
