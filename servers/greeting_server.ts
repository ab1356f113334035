#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * Greets every client with one text, and closes: the smallest server that does something.
 *
 *     deno task greeting-server                 Listening on 127.0.0.1:12345 (tcp)
 *     nc -d 127.0.0.1 12345                     Thank you for connecting
 *
 * The text has no length in front and no mark at its end: it ends where the server finishes sending.
 *
 * Look for how it closes. `write` and then `close` would greet most clients; but to close a connection that
 * has unread bytes makes the system send a reset (RFC 1122, section 4.2.2.13), and a reset destroys what
 * the client has not read yet. A client that had said anything would lose its greeting now and then. So:
 * finish sending (FIN), read on until the client has finished as well, and only then close.
 *
 * Clients that come while all places are taken wait in the backlog, where the system has accepted them
 * already: `--max-connections 1 --backlog 5` is the tutorials' `listen(5)`.
 *
 * @module
 */
import { endServer } from "../lib/cli/end_server.ts";
import { type CommandLine, type FlagTable, NO_POSITIONALS } from "../lib/cli/flags.ts";
import { createLog } from "../lib/cli/log.ts";
import { openListener } from "../lib/cli/open_listener.ts";
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
import { encodeUtf8 } from "../lib/codec/text.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";
import { serve } from "../lib/net/serve.ts";
import type { ServeOptions, ServeTotals } from "../lib/net/serve_options.ts";
import { writeAll } from "../lib/net/write_all.ts";

/** The tutorials' greeting. */
const GREETING = "Thank you for connecting";

/**
 * Greets one client and finishes sending. The accept loop does the rest: it reads what the client still
 * says, drops it, and closes at the client's FIN, or without it after two seconds.
 *
 * @throws Whatever writing throws: the client reset the connection, or is gone.
 */
export async function greet(client: ByteStream, greeting: Uint8Array): Promise<void> {
  await writeAll(client, greeting);
  await client.closeWrite();
}

/** How to serve, and what to say. */
export interface ServeGreetingOptions extends ServeOptions {
  /** The text, without its line ending. */
  greeting?: string;
}

/** Serves a greeting on a listener, to many clients at once, until the signal stops it. */
export function serveGreeting(
  listener: Deno.Listener,
  { greeting = GREETING, ...options }: ServeGreetingOptions,
): Promise<ServeTotals> {
  const bytes = encodeUtf8(`${greeting}\n`);
  return serve(listener, (client) => greet(client, bytes), options);
}

const FLAGS = {
  ...HOST_FLAG,
  port: portFlag(12_345),
  greeting: {
    kind: "text",
    value: "TEXT",
    default: GREETING,
    help: "what each client is told; a line ending is added",
  },
  ...SERVER_FLAGS,
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "greeting-server",
  summary: "sends every client one text and closes",
  positionals: NO_POSITIONALS,
  flags: FLAGS,
  examples: [
    ["deno task greeting-server", "listens on 127.0.0.1:12345"],
    ['deno task greeting-server --greeting "Welcome, ünïcode"', "greets with another text"],
    [
      "deno task greeting-server --max-connections 1 --backlog 5",
      "one client at a time, a few more wait",
    ],
  ],
};

async function main({ flags }: CommandLine<typeof FLAGS>): Promise<number> {
  const launch = { script: import.meta.url, args: Deno.args, grants: serverGrants(flags) };
  // Before the first line is out: who has read it may stop the server at once.
  const signal = stopSignal();
  const listener = openListener(listenOptions(flags, launch), launch, ({ host, port, backlog }) => {
    return Deno.listen({ hostname: host, port, tcpBacklog: backlog });
  });
  const totals = await serveGreeting(listener, {
    ...serveLimits(flags),
    greeting: flags.greeting,
    log: createLog(flags),
    signal,
  });
  return endServer(totals, flags);
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
