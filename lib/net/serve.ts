import { Admission } from "./admission.ts";
import { nextBackOff } from "./back_off.ts";
import { Crew } from "./crew.ts";
import { FairTurns } from "./fair_turns.ts";
import { watchIdle } from "./idle.ts";
import { type House, serveOne } from "./serve_one.ts";
import { sleep } from "./sleep.ts";
import {
  type Handler,
  SERVE_LIMITS,
  type ServeOptions,
  type ServeTotals,
} from "./serve_options.ts";

/**
 * The accept loop of every stream server here. It takes a slot, accepts, and hands the connection to
 * `handle` without waiting for it; surplus clients stay in the listener's backlog. Only `options.signal`
 * ends it; it resolves when the last connection is closed. The listener is closed by then, too.
 *
 * @throws {Deno.errors.BadResource} If somebody else closes the listener.
 */
export async function serve(
  listener: Deno.Listener,
  handle: Handler,
  options: ServeOptions,
): Promise<ServeTotals> {
  const limits = { ...SERVE_LIMITS, ...options };
  const house: House = {
    handle,
    limits,
    stop: options.signal,
    log: options.log ?? (() => {}),
    admission: options.admission ?? new Admission(limits),
    refusal: options.refusal,
    clock: { tick: 0 },
    turns: new FairTurns(),
    open: new Set(),
    crew: new Crew(),
    totals: { connections: 0, refused: 0, failed: 0, bytesIn: 0, bytesOut: 0 },
  };
  const endIdleWatch = watchIdle(house.open, house.clock, limits.idleTimeout);
  const stopped = Promise.withResolvers<void>();
  const onStop = (): void => {
    // Unlike `close`, disposing allows for a listener that somebody else has closed.
    listener[Symbol.dispose]();
    stopped.resolve();
  };
  if (options.signal.aborted) onStop();
  else options.signal.addEventListener("abort", onStop, { once: true });
  try {
    const accepting = acceptUntilStopped(listener, house);
    // Whatever ended the accepting, who was accepted is served to the end.
    await Promise.race([stopped.promise, accepting]).finally(() => drain(house));
    await accepting;
    return house.totals;
  } finally {
    options.signal.removeEventListener("abort", onStop);
    endIdleWatch();
  }
}

async function acceptUntilStopped(listener: Deno.Listener, house: House): Promise<void> {
  let backOff = 0;
  while (!house.stop.aborted) {
    await house.admission.slot();
    try {
      if (house.stop.aborted) throw house.stop.reason;
      const conn = await listener.accept();
      backOff = 0;
      // Not awaited: it never throws, and the crew knows when it is done.
      serveOne(house, conn);
    } catch (error) {
      house.admission.giveBack();
      if (house.stop.aborted) return;
      if (error instanceof Deno.errors.BadResource) throw error;
      backOff = nextBackOff(isClientGone(error) ? 0 : backOff);
      logAcceptFailure(house, error, backOff);
      await sleep(backOff, house.stop);
    }
  }
}

/**
 * A client that resets before it is accepted costs one short wait: its connection is off the queue. Any
 * other failure (no file descriptors left, as a rule) comes again at once, so the wait doubles.
 */
function isClientGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted;
}

function logAcceptFailure(house: House, error: unknown, backOff: number): void {
  const reason = error instanceof Error ? error.message : String(error);
  house.log({
    event: "accept failed",
    message: `Cannot accept a connection: ${reason}; trying again in ${backOff} ms`,
    reason,
    backOff,
  });
}

/** Gives the connections their grace time, then finishes them, then cuts those that still hang on. */
async function drain({ open, crew, limits, log }: House): Promise<void> {
  const reason = "the server stopped";
  if (open.size > 0) {
    const who = open.size === 1 ? "1 connection has" : `${open.size} connections have`;
    const message = `Stopping: ${who} ${limits.grace / 1000} s to finish; again to leave at once`;
    log({ event: "stopping", message, connections: open.size, grace: limits.grace / 1000 });
  }
  if (await crew.gone(limits.grace)) return;
  for (const connection of open) connection.finish(reason);
  if (await crew.gone(limits.linger)) return;
  for (const connection of open) connection.cut(reason);
  await crew.gone();
}
