#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * Echo over TCP (RFC 862): every byte that a client sends comes back, in order, until the *client*
 * finishes sending. Then the server, which has written everything by then, closes as well.
 *
 *     deno task echo-server                     Listening on 127.0.0.1:65432 (tcp)
 *     printf 'Hello, world' | nc -N 127.0.0.1 65432
 *
 * Look for three things that tutorials leave out:
 * - one read is not one message: TCP carries a stream of bytes, and a read returns what has arrived;
 * - one write may take only a part: `writeAll` goes on until all is handed over, and until then nothing
 *   more is read, so a client that does not read is not read either (backpressure);
 * - the end of one direction is not the end of the other: `null` means that the client has finished
 *   sending, and it may still be reading (half-close).
 *
 * @module
 */
import { type CommandLine, type FlagTable, NO_POSITIONALS } from "../lib/cli/flags.ts";
import { createLog } from "../lib/cli/log.ts";
import { openListener } from "../lib/cli/open_listener.ts";
import { endServer } from "../lib/cli/end_server.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import {
  HOST_FLAG,
  listenOptions,
  portFlag,
  serveLimits,
  SERVER_FLAGS,
  serverGrants,
} from "../lib/cli/server_flags.ts";
import { stopSignal } from "../lib/cli/shutdown.ts";
import { runWorkers } from "../lib/cli/workers.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";
import { serve } from "../lib/net/serve.ts";
import type { ServeOptions, ServeTotals } from "../lib/net/serve_options.ts";
import { IN_WORKER, serveAsWorker } from "../lib/net/worker.ts";
import { writeAll } from "../lib/net/write_all.ts";

/** Bytes of a connection's first buffer: ten thousand idle clients take 10 MB of them, not 2.5 GB. */
const FIRST_BUFFER = 1024;
/** Bytes that a buffer grows to for a client that keeps filling it. */
const LARGEST_BUFFER = 256 * 1024;

/**
 * Echoes one connection until the client has finished sending.
 *
 * @throws Whatever reading or writing throws: the client reset the connection, or is gone.
 */
export async function echo(client: ByteStream): Promise<void> {
  let buffer = new Uint8Array(FIRST_BUFFER);
  for (;;) {
    const count = await client.read(buffer);
    if (count === null) return;
    await writeAll(client, buffer.subarray(0, count));
    // A full buffer says that more was waiting: bulk transfer wants fewer, larger reads.
    if (count === buffer.length && count < LARGEST_BUFFER) buffer = new Uint8Array(count * 4);
  }
}

/** Serves echo on a listener, to many clients at once, until the signal stops it. */
export function serveEcho(listener: Deno.Listener, options: ServeOptions): Promise<ServeTotals> {
  return serve(listener, echo, options);
}

const FLAGS = {
  ...HOST_FLAG,
  port: portFlag(65_432),
  ...SERVER_FLAGS,
  workers: {
    kind: "integer",
    value: "THREADS",
    min: 1,
    max: 64,
    default: 1,
    help: "event loops that share the port (Linux); more than 1 needs --allow-read",
  },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "echo-server",
  summary: "returns every byte that a client sends (RFC 862 over TCP)",
  positionals: NO_POSITIONALS,
  flags: FLAGS,
  examples: [
    ["deno task echo-server", "listens on 127.0.0.1:65432"],
    ["deno task echo-server --max-connections 1", "one client at a time, the others wait"],
    ["deno task echo-server --port 0 --log json", "a free port, log lines for programs"],
  ],
};

async function main({ flags }: CommandLine<typeof FLAGS>): Promise<number> {
  const launch = { script: import.meta.url, args: Deno.args, grants: serverGrants(flags) };
  const options = listenOptions(flags, launch);
  const limits = serveLimits(flags);
  const log = createLog(flags);
  const signal = stopSignal();
  if (flags.workers > 1) {
    return endServer(
      await runWorkers({ ...flags, limits, listen: options, log, signal }, launch),
      flags,
    );
  }
  const listener = openListener(options, launch, ({ host, port, backlog }) => {
    return Deno.listen({ hostname: host, port, tcpBacklog: backlog });
  });
  return endServer(await serveEcho(listener, { ...limits, log, signal }), flags);
}

if (import.meta.main) {
  // With --workers, this module is also what each worker runs.
  if (IN_WORKER) serveAsWorker(echo);
  else Deno.exit(await runProgram(PROGRAM, Deno.args, main));
}
