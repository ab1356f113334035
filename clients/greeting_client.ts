#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * Connects, reads what the server says until it finishes, and prints that.
 *
 *     deno task greeting-client                 Thank you for connecting
 *
 * Look for the end of the loop. `recv(1024)`, called once, returns what has arrived by then: all of a short
 * greeting on a quiet day, a part of it on another. Where the server closes when it has said everything,
 * the end of the stream is the only sign that everything is here, so the client reads until `null`. And
 * because it waits for somebody else, both how much and how long have a limit.
 *
 * @module
 */
import {
  CLIENT_FLAGS,
  clientGrants,
  connectOptions,
  TARGET_FLAG,
  targetPort,
} from "../lib/cli/client_flags.ts";
import { CommandError, EXIT } from "../lib/cli/exit.ts";
import { explainTalk } from "../lib/cli/explain_talk.ts";
import { type CommandLine, type FlagTable, NO_POSITIONALS } from "../lib/cli/flags.ts";
import { openConnection, target } from "../lib/cli/open_connection.ts";
import { printResult } from "../lib/cli/output.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { MAX_SECONDS } from "../lib/cli/seconds.ts";
import { serverTask } from "../lib/cli/server_task.ts";
import { leaveOnInterrupt } from "../lib/cli/shutdown.ts";
import { ByteBuffer } from "../lib/codec/byte_buffer.ts";
import { LimitError } from "../lib/codec/errors.ts";
import { LineSplitter } from "../lib/codec/line_splitter.ts";
import { escapeBytes } from "../lib/codec/text.ts";
import type { ByteReader, ByteStream } from "../lib/net/byte_stream.ts";
import { DeadlineError, withDeadline } from "../lib/net/deadline.ts";

/** Bytes of a greeting that are kept, so that no server can fill the memory. */
const MAX_GREETING = 64 * 1024;
/** Bytes of an unfinished greeting that an error message shows. */
const SHOWN = 60;

/** How the client waits. */
export interface GreetingOptions {
  /** Milliseconds that the whole greeting may take; 0: for ever. */
  timeout: number;
}

/**
 * Reads all that the server says until it finishes.
 *
 * @throws {LimitError} If that is more than {@linkcode MAX_GREETING} bytes.
 * @throws {DeadlineError} If it takes too long; what came until then is in the message.
 */
export async function readGreeting(
  server: ByteStream,
  { timeout }: GreetingOptions,
): Promise<Uint8Array> {
  const greeting = new ByteBuffer(MAX_GREETING);
  let late = false;
  try {
    await withDeadline(readUntilEnd(server, greeting), {
      milliseconds: timeout,
      message: "",
      onExpire: () => {
        late = true;
        server[Symbol.dispose]();
      },
    });
  } catch (error) {
    if (!late) throw error;
    const heard = greeting.length === 0
      ? "nothing came"
      : `so far "${escapeBytes(greeting.peek(), SHOWN)}"`;
    throw new DeadlineError(
      `The server did not finish within ${timeout / 1000} s, ${heard}; allow more with --timeout`,
      timeout,
    );
  }
  return greeting.peek();
}

async function readUntilEnd(server: ByteReader, into: ByteBuffer): Promise<void> {
  const buffer = new Uint8Array(4096);
  for (let count; (count = await server.read(buffer)) !== null;) {
    if (into.length + count > into.maxBytes) {
      throw new LimitError(
        `The server said more than ${into.maxBytes} bytes: that is no greeting`,
        into.maxBytes,
      );
    }
    into.append(buffer.subarray(0, count));
  }
}

/** A greeting as it is printed: line by line, without what a terminal would obey. */
export function linesToShow(greeting: Uint8Array): string[] {
  const splitter = new LineSplitter(MAX_GREETING);
  const lines: string[] = [];
  const add = (line: Uint8Array): number => lines.push(escapeBytes(line, MAX_GREETING));
  splitter.push(greeting);
  for (let line; (line = splitter.next()) !== undefined;) add(line);
  const last = splitter.rest();
  if (last.length > 0) add(last);
  return lines;
}

const FLAGS = {
  ...TARGET_FLAG,
  port: targetPort(12_345),
  ...CLIENT_FLAGS,
  timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: MAX_SECONDS,
    default: 5,
    help: "time that the whole greeting may take, 0 for ever",
  },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "greeting-client",
  summary: "prints what a server says until it closes",
  positionals: NO_POSITIONALS,
  flags: FLAGS,
  examples: [
    ["deno task greeting-client", "asks 127.0.0.1:12345"],
    ["deno task greeting-client --port 13", "asks a daytime server (RFC 867)"],
  ],
  exitCodes: ["1 also if the server says nothing, or does not finish"],
};

async function main({ flags }: CommandLine<typeof FLAGS>): Promise<number> {
  const launch = { script: import.meta.url, args: Deno.args, grants: clientGrants(flags) };
  const options = connectOptions(flags, launch);
  const hints = {
    launch,
    serverTask: serverTask("greeting-server", flags.port, FLAGS.port.default),
  };
  leaveOnInterrupt(() => "no whole greeting yet");
  using server = await openConnection(options, hints, ({ host, port, timeout }) => {
    return Deno.connect({ hostname: host, port, signal: AbortSignal.timeout(timeout) });
  });
  try {
    const greeting = await readGreeting(server, { timeout: flags.timeout * 1_000 });
    if (greeting.length === 0) throw new CommandError("The server closed without a greeting");
    for (const line of linesToShow(greeting)) printResult(line);
    return EXIT.done;
  } catch (error) {
    throw explainTalk(error, target(options));
  }
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
