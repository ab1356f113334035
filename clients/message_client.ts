#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * Sends messages to the message server, one line each, and prints its answers.
 *
 *     deno task message-client                          Enter message: …  until the answer is "closed"
 *     deno task message-client "Wake up, Neo" close     Received: accepted / Received: closed
 *     deno task message-client < messages.txt           a message a line
 *
 * Look for how the client knows that an answer is complete: not because a read has returned, but because
 * the line has ended. And for what it does while the user thinks: it goes on listening, so that a server
 * that goes away is noticed at once and not at the next message.
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
import { CommandError, EXIT, UsageError } from "../lib/cli/exit.ts";
import { explainTalk } from "../lib/cli/explain_talk.ts";
import type { CommandLine, FlagTable } from "../lib/cli/flags.ts";
import { inputLines } from "../lib/cli/input_lines.ts";
import { openConnection, target } from "../lib/cli/open_connection.ts";
import { printNote, printResult } from "../lib/cli/output.ts";
import { count } from "../lib/cli/plural.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { Question } from "../lib/cli/question.ts";
import { MAX_SECONDS } from "../lib/cli/seconds.ts";
import { serverTask } from "../lib/cli/server_task.ts";
import { leaveOnInterrupt } from "../lib/cli/shutdown.ts";
import { PeerClosedError, ProtocolError } from "../lib/codec/errors.ts";
import { LineSplitter } from "../lib/codec/line_splitter.ts";
import { decodeMessage, encodeMessage, MAX_ANSWER } from "../lib/codec/message.ts";
import { escapeForDisplay } from "../lib/codec/text.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";
import { withDeadline } from "../lib/net/deadline.ts";
import { LineReader } from "../lib/net/line_reader.ts";
import { writeAll } from "../lib/net/write_all.ts";

/** The answer that ends the conversation, compared without regard to case. */
const CLOSED = "closed";

/** How the client converses. */
export interface ConverseOptions {
  /** Milliseconds that an answer may take; 0: for ever. */
  timeout: number;
  /** Called before each message is waited for. */
  onReady?: () => void;
  /** Called with each answer, as it was sent: escape it before it is shown. */
  onAnswer: (answer: string) => void;
}

/**
 * Sends message after message, each once the one before is answered, until the messages end or the server
 * answers "closed".
 *
 * @returns How many messages were answered.
 * @throws {PeerClosedError} If the server goes away before that, even while no message is under way.
 * @throws {ProtocolError} If a message cannot be sent, or what comes is no answer.
 * @throws {DeadlineError} If an answer takes too long.
 */
export async function converse(
  server: ByteStream,
  messages: ReadableStream<string>,
  { timeout, onReady, onAnswer }: ConverseOptions,
): Promise<number> {
  const lines = new LineReader(server, new LineSplitter(MAX_ANSWER));
  const typed = messages.getReader();
  let answered = 0;
  // One read is always pending. It is the next answer's, because a pending read cannot be taken back.
  let reading = lines.next();
  try {
    for (;;) {
      onReady?.();
      const message = await Promise.race([typed.read(), reading.then(unasked)]);
      if (message.done) return answered;
      const exchange = Promise.all([reading, writeAll(server, encodeMessage(message.value))]);
      const [line] = await withDeadline(exchange, {
        milliseconds: timeout,
        message: `No answer within ${timeout / 1000} s; allow more with --timeout`,
        onExpire: () => server[Symbol.dispose](),
      });
      if (line === undefined) throw endedEarly(lines.rest());
      const answer = decodeMessage(line);
      answered++;
      onAnswer(answer);
      if (answer.toLowerCase() === CLOSED) return answered;
      reading = lines.next();
    }
  } finally {
    // What is still pending ends with the connection; nobody waits for it any more.
    reading.catch(() => {});
    typed.cancel().catch(() => {});
  }
}

/** The server said something between two messages: its end, as a rule. */
function unasked(line: Uint8Array | undefined): never {
  if (line === undefined) throw new PeerClosedError("The server closed the connection", 0);
  throw new ProtocolError("The server said something that it was not asked for");
}

function endedEarly({ length }: Uint8Array): PeerClosedError {
  return new PeerClosedError(
    length === 0
      ? "The server closed without an answer"
      : `The server closed in the middle of an answer, after ${length} bytes`,
    length,
  );
}

const FLAGS = {
  ...TARGET_FLAG,
  port: targetPort(8_000),
  ...CLIENT_FLAGS,
  timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: MAX_SECONDS,
    default: 5,
    help: "time that an answer may take, 0 for ever",
  },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "message-client",
  summary: 'sends messages to a message server and prints its answers, until it answers "closed"',
  positionals: { names: "[MESSAGE…]", min: 0, max: Infinity },
  flags: FLAGS,
  examples: [
    ["deno task message-client", 'asks "Enter message:" on a terminal'],
    ['deno task message-client "Wake up, Neo" close', "sends two messages"],
    ["deno task message-client < messages.txt", "sends a message a line"],
  ],
  exitCodes: ["1 also if a message was left out, or without an answer"],
};

async function main({ flags, positionals }: CommandLine<typeof FLAGS>): Promise<number> {
  requireMessages(positionals);
  const launch = { script: import.meta.url, args: Deno.args, grants: clientGrants(flags) };
  const options = connectOptions(flags, launch);
  const hints = {
    launch,
    serverTask: serverTask("message-server", flags.port, FLAGS.port.default),
  };
  using server = await openConnection(options, hints, ({ host, port, timeout }) => {
    return Deno.connect({ hostname: host, port, signal: AbortSignal.timeout(timeout) });
  });
  let [answered, leftOut] = [0, 0];
  leaveOnInterrupt(() => `${count(answered, "message")} answered`);
  const asks = positionals.length === 0;
  using question = new Question("Enter message: ");
  const onLeftOut = (note: string): void => {
    leftOut++;
    printNote(note);
  };
  try {
    const messages = asks ? inputLines(onLeftOut, question) : ReadableStream.from(positionals);
    await converse(server, messages, {
      timeout: flags.timeout * 1_000,
      onReady: () => asks && question.ask(),
      onAnswer: (answer) => {
        answered++;
        printResult(`Received: ${escapeForDisplay(answer, MAX_ANSWER)}`);
      },
    });
  } catch (error) {
    throw explainTalk(error, target(options));
  }
  const left = positionals.length - answered;
  if (left <= 0) return leftOut === 0 ? EXIT.done : EXIT.failed;
  throw new CommandError(
    `The server closed the conversation: ${
      count(left, "message")
    } of ${positionals.length} not sent`,
  );
}

/** What cannot be a message is found before anybody is called. */
function requireMessages(messages: readonly string[]): void {
  for (const message of messages) {
    try {
      encodeMessage(message);
    } catch (error) {
      if (error instanceof ProtocolError) throw new UsageError(error.message);
      throw error;
    }
  }
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
