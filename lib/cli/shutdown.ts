import { EXIT } from "./exit.ts";
import { printNote } from "./output.ts";

/** Windows has no SIGTERM; closing its console window sends SIGBREAK's like. */
const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/**
 * A signal that is aborted by the first Ctrl-C or SIGTERM. The second leaves at once with exit code 130:
 * whoever asks twice does not want to wait for anybody.
 *
 * @param onStop Called at the first one, with the signal's name.
 */
export function stopSignal(onStop?: (signal: Deno.Signal) => void): AbortSignal {
  const controller = new AbortController();
  for (const signal of STOP_SIGNALS) {
    Deno.addSignalListener(signal, () => {
      if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
      controller.abort();
      onStop?.(signal);
    });
  }
  return controller.signal;
}

/**
 * Ends a client at Ctrl-C: it says what was done so far and exits with code 130.
 *
 * @param done What was done so far, asked for at that moment.
 */
export function leaveOnInterrupt(done: () => string): void {
  Deno.addSignalListener("SIGINT", () => {
    printNote(`Interrupted: ${done()}`);
    Deno.exit(EXIT.interrupted);
  });
}
