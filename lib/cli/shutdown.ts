import { EXIT } from "./exit.ts";
import { printNote } from "./output.ts";

/** Windows has no SIGTERM; there Ctrl-Break asks for an end as Ctrl-C does. */
const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/**
 * Ctrl-C reaches every process of the terminal's foreground group, as SIGTERM does when a service manager
 * ends a group, and `deno task` hands its own copy on to the program as well. The same signal again within
 * this time, in milliseconds, is the same wish.
 */
const SAME_WISH_MS = 200;

/**
 * A signal that is aborted by the first Ctrl-C or SIGTERM. The second leaves at once with exit code 130:
 * whoever asks twice does not want to wait for anybody.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let first = { name: "", at: 0 };
  for (const name of STOP_SIGNALS) {
    Deno.addSignalListener(name, () => {
      const now = performance.now();
      if (!controller.signal.aborted) {
        first = { name, at: now };
        endEchoedLine();
        controller.abort();
      } else if (name !== first.name || now - first.at > SAME_WISH_MS) {
        endEchoedLine();
        Deno.exit(EXIT.interrupted);
      }
    });
  }
  return controller.signal;
}

/** A terminal shows Ctrl-C as `^C`, and what is printed next should not stand behind that. */
function endEchoedLine(): void {
  if (Deno.stderr.isTerminal()) printNote("");
}

/**
 * Ends a client at Ctrl-C: it says what was done so far and exits with code 130.
 *
 * @param done What was done so far, asked for at that moment.
 */
export function leaveOnInterrupt(done: () => string): void {
  leave = (): void => {
    endEchoedLine();
    printNote(`Interrupted: ${done()}`);
    Deno.exit(EXIT.interrupted);
  };
  Deno.addSignalListener("SIGINT", leave);
}

/** The listener of {@linkcode leaveOnInterrupt}. */
let leave: (() => void) | undefined;

/**
 * Does work that blocks, such as a question for a password. No listener could run before its end, so
 * Ctrl-C ends the program as the system does it, without a last word.
 */
export function whileBlocking<Result>(work: () => Result): Result {
  if (leave === undefined) return work();
  Deno.removeSignalListener("SIGINT", leave);
  try {
    return work();
  } finally {
    Deno.addSignalListener("SIGINT", leave);
  }
}
