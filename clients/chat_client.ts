#!/usr/bin/env -S sh -c 'exec deno run --allow-net=127.0.0.0/8,[::1],localhost "$(realpath "$0")" "$@"'
/**
 * Talks on an IRC server (RFC 1459, RFC 2812, IRCv3): ours or any other in the world.
 *
 *     deno task chat-client                                     in #lobby, under some name
 *     deno task chat-client --nick ann --channel '#lobby'       type, Tab completes, /help helps
 *     echo "build green" | deno task chat-client --channel '#ci'
 *
 * On a terminal it shows one channel at a time above the line that is being typed; in a pipe, lines go in
 * and messages come out. Look for the three loops of `converse`, all at work at once on one connection:
 * one receives, one sends at a pace that no server takes for a flood, one asks for a sign of life when
 * the server has fallen silent. None of them knows the protocol: that is `IrcClient`, which takes lines
 * and returns what to do, and never touches a socket or a screen.
 *
 * @module
 */
import {
  CHAT_CLIENT_FLAGS,
  type ChatClientFlags,
  chatClientGrants,
  namesToUse,
} from "../lib/cli/chat_client_flags.ts";
import { connectOptions } from "../lib/cli/client_flags.ts";
import { CommandError, EXIT } from "../lib/cli/exit.ts";
import { type CommandLine, NO_POSITIONALS } from "../lib/cli/flags.ts";
import { inputLines } from "../lib/cli/input_lines.ts";
import { openConnection } from "../lib/cli/open_connection.ts";
import { printNote, printResult } from "../lib/cli/output.ts";
import { readPassword } from "../lib/cli/password.ts";
import { count } from "../lib/cli/plural.ts";
import { type Program, runProgram } from "../lib/cli/program.ts";
import { serverTask } from "../lib/cli/server_task.ts";
import { stopSignal } from "../lib/cli/shutdown.ts";
import { isOnTerminal, systemTerminal } from "../lib/cli/terminal_port.ts";
import { VERSION } from "../lib/cli/version.ts";
import { LineSplitter } from "../lib/codec/line_splitter.ts";
import { encodeUtf8 } from "../lib/codec/text.ts";
import { Chat, type Ending, LONGEST_NAP } from "../lib/chat_client/chat.ts";
import { pipeFront } from "../lib/chat_client/pipe_front.ts";
import { stayConnected } from "../lib/chat_client/stay_connected.ts";
import { TerminalFront } from "../lib/chat_client/terminal_front.ts";
import { unlessGone } from "../lib/chat_client/unless_gone.ts";
import { MAX_LINE_BYTES } from "../lib/irc_client/decode_line.ts";
import { displayText } from "../lib/irc_client/display_text.ts";
import { paintColours, paintNothing } from "../lib/irc_client/paint.ts";
import type { ByteStream } from "../lib/net/byte_stream.ts";
import { sleep } from "../lib/net/sleep.ts";
import { writeAll } from "../lib/net/write_all.ts";

/** What the program calls itself when it is asked (CTCP VERSION). */
const CLIENT_NAME = `chat-client ${VERSION} (Deno)`;
/** Exit codes beyond the usual ones. */
const CHAT_EXIT = { unreachable: 3, nick: 4, "kept out": 5, lost: 6 } as const;

/** Bytes that are read at once: some hundred lines. */
const READ_BUFFER = 16 * 1024;
/** Milliseconds that the server has to close the connection after QUIT. */
const FAREWELL = 2_000;
/** How often a server that is silent is looked at within its timeout. */
const LOOKS = 4;

/**
 * Talks over one connection until it ends.
 *
 * @param timeout Milliseconds of silence after which the server is given up.
 * @returns Why it ended.
 */
export async function converse(
  server: ByteStream,
  chat: Chat,
  timeout: number,
): Promise<string> {
  const { client, outbox, leaving } = chat;
  const over = new AbortController();
  let why = "the server closed the connection";
  /** Looks at the server since it was heard last, and since the beginning. */
  let [silent, looks] = [0, 0];

  async function receive(): Promise<void> {
    const splitter = new LineSplitter(MAX_LINE_BYTES, "discard");
    const buffer = new Uint8Array(READ_BUFFER);
    for (let length; (length = await server.read(buffer)) !== null;) {
      silent = 0;
      splitter.push(buffer.subarray(0, length));
      for (let line; (line = splitter.next()) !== undefined;) {
        const effects = line === "overlong"
          ? client.note(`Dropped a line of more than ${MAX_LINE_BYTES} bytes`, Date.now())
          : line.length > 0
          ? client.receive(line, Date.now())
          : [];
        for (const effect of effects) chat.perform(effect);
      }
      // One drawing for all that came at once.
      chat.front?.flush();
    }
  }

  async function send(): Promise<void> {
    while (!over.signal.aborted) {
      const { lines, wait } = outbox.take(Date.now());
      if (lines.length > 0) await writeAll(server, encodeUtf8(`${lines.join("\r\n")}\r\n`));
      else await chat.nap(wait, over.signal);
    }
  }

  async function watch(): Promise<void> {
    for (;;) {
      await sleep(timeout / LOOKS, over.signal);
      if (over.signal.aborted) return;
      looks++;
      silent++;
      const seconds = timeout / 1_000;
      if (looks >= LOOKS && !chat.isIn && !client.state.askingNick) {
        return cut(`the server did not let the client in within ${seconds} s; see --timeout`);
      }
      if (silent >= LOOKS) return cut(`no sign of life for ${seconds} s; see --timeout`);
      if (silent === LOOKS / 2 && client.state.registered) chat.act(client.ping(Date.now()));
    }
  }

  /** QUIT is on its way: the server closes, or is left. */
  async function farewell(): Promise<void> {
    await sleep(LONGEST_NAP, AbortSignal.any([leaving.signal, over.signal]));
    await sleep(FAREWELL, over.signal);
    server[Symbol.dispose]();
  }

  function cut(reason: string): void {
    why = reason;
    server[Symbol.dispose]();
  }

  // Sending may fail before the server's last words are read: only the end of reading is the end.
  const others = [send(), watch(), farewell()].map((loop) => loop.catch(unlessGone));
  await receive().catch(unlessGone);
  over.abort();
  await Promise.all(others);
  chat.lost();
  return client.state.lastError === "" ? why : `the server said: ${client.state.lastError}`;
}

/**
 * One connection from its beginning to its end, or the failure to make one; returns why it is over.
 *
 * @param connect Opens a connection.
 * @throws {CommandError} If there is no connection to begin with.
 */
async function connectAndConverse(
  chat: Chat,
  connect: () => Promise<Deno.Conn>,
  timeout: number,
): Promise<string> {
  let conn: Deno.Conn;
  try {
    conn = await connect();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // Where nothing ever was, a mistake is more likely than a pause: nobody waits for it to come back.
    if (chat.welcomes > 0 || chat.ending !== undefined) return error.message;
    throw new CommandError(error.message, { exitCode: CHAT_EXIT.unreachable, cause: error });
  }
  using server = conn;
  chat.act(chat.client.connected(Date.now()));
  return await converse(server, chat, timeout);
}

/** Hands the lines of the pipe on, no faster than they can be sent, then asks for the last answer. */
async function feed(chat: Chat, commands: boolean): Promise<void> {
  const { client } = chat;
  const lines = inputLines((note) => {
    chat.counts.leftOut++;
    printNote(note);
  });
  for await (const line of lines) {
    for (const part of commands ? [line] : client.parts(line)) {
      await chat.joined.promise;
      const now = Date.now();
      await chat.actAsSent(commands ? client.typed(part, now) : client.piped(part, now));
      if (chat.leaving.signal.aborted || chat.finishing) return;
    }
  }
  await chat.joined.promise;
  chat.finish();
}

const PROGRAM: Program<typeof CHAT_CLIENT_FLAGS> = {
  name: "chat-client",
  summary: "talks on an IRC server, on a terminal or in a pipe",
  positionals: NO_POSITIONALS,
  flags: CHAT_CLIENT_FLAGS,
  examples: [
    ["deno task chat-client", "talks in #lobby; /help lists the commands"],
    ["deno task chat-client --nick ann --channel '#ops,#dev'", "in two channels"],
    ["echo \"build green\" | deno task chat-client --channel '#ci'", "says one line and leaves"],
    ["tail -f log | deno task chat-client --json", "a line for each event"],
  ],
  exitCodes: [
    "3 could not connect",
    "4 nickname refused",
    "5 kept out: banned, kicked, wrong password, not let into the channel, or a line refused",
    "6 connection lost, or lines that may be lost with one",
  ],
};

async function main({ flags }: CommandLine<typeof CHAT_CLIENT_FLAGS>): Promise<number> {
  const launch = { script: import.meta.url, args: Deno.args, grants: chatClientGrants(flags) };
  const isScreen = isOnTerminal() && !flags.json;
  const options = connectOptions(flags, launch);
  const password = readPassword(flags, launch);
  const settings = { ...namesToUse(flags), password, interactive: isScreen, version: CLIENT_NAME };
  const chat = new Chat(settings, flags.pace * 1_000);
  const { signal } = chat.leaving;
  const start = serverTask("chat-server", flags.port, CHAT_CLIENT_FLAGS.port.default);
  const connect = (): Promise<Deno.Conn> =>
    openConnection(options, { launch, serverTask: start }, ({ host, port, timeout }) => {
      const either = AbortSignal.any([AbortSignal.timeout(timeout), signal]);
      return Deno.connect({ hostname: host, port, signal: either });
    });
  stopSignal().addEventListener("abort", () => chat.leave({ kind: "interrupted" }));
  const talk = (): Promise<string> => connectAndConverse(chat, connect, flags.timeout * 1_000);
  const ending = await runOn(chat, isScreen, talk, flags);
  return report(ending, chat);
}

/** On a terminal the keys tell what to do, in a pipe its lines; the conversation is the same. */
async function runOn(
  chat: Chat,
  isScreen: boolean,
  talk: () => Promise<string>,
  flags: ChatClientFlags,
): Promise<Ending> {
  if (!isScreen) {
    const { json, quiet } = flags;
    const lastWords = (): string | undefined =>
      chat.ending?.kind === "refused" ? displayText(chat.ending.reason) : undefined;
    const output = { result: printResult, note: printNote, lastWords };
    using _front = chat.front = pipeFront({ json, quiet, ...output });
    const talking = stayConnected(chat, talk, flags["no-reconnect"]);
    return await Promise.race([talking, feed(chat, flags.commands).then(() => talking)]);
  }
  // What Deno wants to ask, it asks now: from here on the keyboard belongs to the line editor.
  const { net = [] } = chatClientGrants(flags);
  if (flags.unix === undefined && net !== "all") {
    for (const host of net) Deno.permissions.requestSync({ name: "net", host });
  }
  const { client } = chat;
  const paint = Deno.noColor ? paintNothing : paintColours;
  using _front = chat.front = new TerminalFront(client.state, systemTerminal(), paint, {
    onLine: (line) => chat.act(client.typed(line, Date.now())),
    onDigit: (digit) => chat.act(client.look(digit, Date.now())),
    onInterrupt: () => chat.leave({ kind: "interrupted" }),
    onEnd: () => chat.leave({ kind: "done" }),
  });
  chat.tell("Connecting; /help lists the commands, Ctrl-C leaves");
  return await stayConnected(chat, talk, flags["no-reconnect"]);
}

/** What an ending means for whoever started the program. */
function report(ending: Ending, { counts, client, outbox }: Chat): number {
  const total = `${count(outbox.said, "message")} sent, ${counts.received} received`;
  switch (ending.kind) {
    case "done":
      // Who leaves a terminal does not wait, but has seen these among the others.
      if (outbox.unsaid > 0) printNote(`Left with ${count(outbox.unsaid, "message")} not sent yet`);
      // Somebody at a terminal was told; whoever reads the exit code only, must not be told otherwise.
      if (counts.doubtful === 0 || client.state.settings.interactive) {
        return counts.leftOut === 0 ? EXIT.done : EXIT.failed;
      }
      throw new CommandError(
        `Connection lost: ${count(counts.doubtful, "message")} may be lost with it`,
        { exitCode: CHAT_EXIT.lost },
      );
    case "interrupted":
      throw new CommandError(`Interrupted: ${total}`, { exitCode: EXIT.interrupted });
    case "refused":
      throw new CommandError(displayText(ending.reason), { exitCode: CHAT_EXIT[ending.why] });
    case "lost":
      throw new CommandError(displayText(ending.reason), { exitCode: CHAT_EXIT.lost });
  }
}

if (import.meta.main) Deno.exit(await runProgram(PROGRAM, Deno.args, main));
