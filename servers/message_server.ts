#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * Messages over TCP: prints each message that a client sends and answers "accepted". The message "close",
 * in any case, is answered "closed" and ends that client's connection; everybody else's goes on.
 *
 *     deno task message-server                  Listening on 127.0.0.1:8000 (tcp)
 *     printf 'Wake up\nclose\n' | nc 127.0.0.1 8000
 *
 * TCP carries a stream of bytes and knows no messages, so the two sides must agree on where one ends: here
 * at the end of its line (LF or CR LF). A message in two segments is one message, two messages in one
 * segment are two, and neither depends on how fast anybody types.
 *
 * - A message is UTF-8 in at most 4,096 bytes. A longer one is answered with an error that names the cap,
 *   the rest of its line is discarded as it comes, and the conversation goes on with the next line.
 * - A line that is no text (invalid UTF-8, NUL, a lone carriage return) is answered with an error as well.
 * - A client that finishes sending (half-close) has ended its last message, too, and still gets its answers.
 *
 * Standard output is for the messages, one line each with its peer; what else happens is logged.
 *
 * @module
 */
import { endServer } from "../lib/cli/end_server.ts";
import { UsageError } from "../lib/cli/exit.ts";
import { type CommandLine, type FlagTable, NO_POSITIONALS } from "../lib/cli/flags.ts";
import { createLog } from "../lib/cli/log.ts";
import { openListener } from "../lib/cli/open_listener.ts";
import { printServed } from "../lib/cli/output.ts";
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
import { ProtocolError } from "../lib/codec/errors.ts";
import { LineSplitter } from "../lib/codec/line_splitter.ts";
import {
  checkReply,
  decodeMessage,
  encodeMessage,
  fillReply,
  MAX_ANSWER,
  MAX_MESSAGE,
} from "../lib/codec/message.ts";
import { escapeForDisplay } from "../lib/codec/text.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";
import { LineReader } from "../lib/net/line_reader.ts";
import { serve } from "../lib/net/serve.ts";
import type { ServeOptions, ServeTotals } from "../lib/net/serve_options.ts";
import { writeAll } from "../lib/net/write_all.ts";

/** The message that ends a conversation, compared without regard to case. */
const CLOSE = "close";
/** The answer to it. */
const CLOSED = "closed";
/** The answer to every other message, unless `--reply` says otherwise. */
const ACCEPTED = "accepted";
/** The answer to a line over the cap. */
const TOO_LONG = `error: message longer than ${MAX_MESSAGE} bytes, discarded`;

/** How to answer, and whom to tell. */
export interface MessageOptions {
  /** The answer to a message, which it may quote as `{message}`. */
  reply: string;
  /** Called with each message, as it was sent: escape it before it is shown. */
  onMessage: (text: string) => void;
}

/**
 * Answers one client's messages, each in its turn, until it says "close" or has finished sending.
 *
 * @throws Whatever reading or writing throws: the client reset the connection, or is gone.
 */
export async function answerMessages(client: ByteStream, options: MessageOptions): Promise<void> {
  for await (const line of linesOf(client)) {
    const { answer, ends } = answerTo(line, options);
    // Until the answer is handed over, nothing more is read: who does not read is not read either.
    await writeAll(client, encodeMessage(answer, MAX_ANSWER));
    if (ends) return;
  }
}

/** The lines of a client; the end of the stream ends its last line as well. */
async function* linesOf(client: ByteStream): AsyncGenerator<Uint8Array | "overlong", void> {
  const lines = new LineReader(client, new LineSplitter(MAX_MESSAGE, "discard"));
  for (let line; (line = await lines.next()) !== undefined;) yield line;
  const last = lines.rest();
  if (last.length > 0) yield last;
}

function answerTo(
  line: Uint8Array | "overlong",
  { reply, onMessage }: MessageOptions,
): { answer: string; ends: boolean } {
  if (line === "overlong") return { answer: TOO_LONG, ends: false };
  try {
    const text = decodeMessage(line);
    onMessage(text);
    const ends = text.toLowerCase() === CLOSE;
    return { answer: ends ? CLOSED : fillReply(reply, text), ends };
  } catch (error) {
    // One client's mistake is that client's alone: it is told, and may go on.
    if (error instanceof ProtocolError) return { answer: `error: ${error.message}`, ends: false };
    throw error;
  }
}

/** How to serve messages: `onMessage` is told the sender, too. */
export interface ServeMessagesOptions extends ServeOptions {
  /** The answer to a message, `accepted` by default. */
  reply?: string;
  /** Called with each message and its sender's address. */
  onMessage: (peer: string, text: string) => void;
}

/** Serves messages on a listener, to many clients at once, until the signal stops it. */
export function serveMessages(
  listener: Deno.Listener,
  { reply = ACCEPTED, onMessage, ...options }: ServeMessagesOptions,
): Promise<ServeTotals> {
  return serve(listener, (client) => {
    return answerMessages(client, { reply, onMessage: (text) => onMessage(client.peer, text) });
  }, options);
}

const FLAGS = {
  ...HOST_FLAG,
  port: portFlag(8_000),
  reply: {
    kind: "text",
    value: "TEMPLATE",
    default: ACCEPTED,
    help: "answer to a message; {message} in it stands for the message",
  },
  ...SERVER_FLAGS,
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "message-server",
  summary: 'prints each line that a client sends and answers it; "close" ends the conversation',
  positionals: NO_POSITIONALS,
  flags: FLAGS,
  examples: [
    ["deno task message-server", "listens on 127.0.0.1:8000"],
    [
      'deno task message-server --reply "Server received your message: {message}"',
      "quotes each message in its answer",
    ],
    ["deno task message-server --quiet | tee messages.txt", "messages only, kept in a file"],
  ],
};

async function main({ flags }: CommandLine<typeof FLAGS>): Promise<number> {
  const { reply } = flags;
  requireReply(reply);
  const launch = { script: import.meta.url, args: Deno.args, grants: serverGrants(flags) };
  // Before the first line is out: who has read it may stop the server at once.
  const signal = stopSignal();
  const listener = openListener(listenOptions(flags, launch), launch, ({ host, port, backlog }) => {
    return Deno.listen({ hostname: host, port, tcpBacklog: backlog });
  });
  const totals = await serveMessages(listener, {
    ...serveLimits(flags),
    reply,
    onMessage: (peer, text) => printServed(`${peer}: ${escapeForDisplay(text, MAX_MESSAGE)}`),
    log: createLog(flags),
    signal,
  });
  return endServer(totals, flags);
}

function requireReply(template: string): void {
  try {
    checkReply(template);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new UsageError(`Option --reply got a template that cannot be used: ${error.message}`);
  }
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
