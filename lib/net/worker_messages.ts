import type { ListenOptions } from "./listen.ts";
import type { ServeEvent, ServeLimits, ServeTotals } from "./serve_options.ts";

/** What the server says to a worker. */
export type ToWorker =
  | { type: "start"; listen: ListenOptions; limits: ServeLimits }
  | { type: "admission"; welcome: boolean }
  | { type: "stop" };

/** What a worker says to its server. */
export type FromWorker =
  | { type: "listening"; port: number }
  | { type: "cannot listen"; name: string; message: string; code: string | undefined }
  | { type: "admit"; host: string }
  | { type: "leave"; host: string }
  | { type: "log"; event: ServeEvent }
  | { type: "stopped"; totals: ServeTotals };
