import type { ServeTotals } from "../net/serve_options.ts";
import { EXIT } from "./exit.ts";
import { createLog, type LogOptions } from "./log.ts";
import { count } from "./plural.ts";
import { printServed } from "./output.ts";

/**
 * Prints the last line of a stream server, its summary, and returns the exit code. The line is a result:
 * it goes to standard output even with `--quiet`; for programs, the figures go into the log as well.
 */
export function endServer(totals: ServeTotals, options: LogOptions): number {
  const { connections, bytesIn, bytesOut, refused, failed } = totals;
  const troubles = [
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  const trouble = troubles.length > 0 ? ` (${troubles.join(", ")})` : "";
  const message = `Stopped: ${
    count(connections, "connection")
  }${trouble}, ${bytesIn} bytes in, ${bytesOut} bytes out`;
  printServed(message);
  if (options.log === "json") createLog(options)({ event: "stopped", message, ...totals });
  return EXIT.done;
}
