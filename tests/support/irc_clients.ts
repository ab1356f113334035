/**
 * IRC clients, our own and those that nobody here wrote, each driven the way its users drive it.
 *
 * @module
 */
import { needsCommand, startProgram } from "./commands.ts";
import type { Journal } from "./journal.ts";
import type { Requirement } from "./machine.ts";
import { type Program, type Server, startClient } from "./process.ts";
import { ScratchDirectory } from "./scratch.ts";
import { NEEDS_TMUX, Screen } from "./screen.ts";

/** A client that is registered. */
export interface IrcClient {
  /** Joins a channel. */
  join(channel: string): Promise<void>;
  /** Says something on it. */
  say(channel: string, text: string): Promise<void>;
  /** Resolves when it has shown the text to its user. */
  shows(text: string): Promise<void>;
}

/** How to start one; it is ended with the scope. */
export interface IrcClientKind {
  /** The program, and the nickname. */
  readonly name: string;
  /** What must be installed. */
  readonly needs: Requirement;
  /** Starts it and waits until it is registered. */
  start(server: Server, scope: AsyncDisposableStack): Promise<IrcClient>;
}

/** All of them. */
export const IRC_CLIENTS: readonly IrcClientKind[] = [
  { name: "deno", needs: { ignore: false, reason: "" }, start: startOurs },
  { name: "nc", needs: needsCommand("nc", ["-h"]), start: startNetcat },
  { name: "sic", needs: needsCommand("sic", ["-v"]), start: startSic },
  { name: "ii", needs: needsCommand("ii", ["-v"]), start: startIi },
  {
    name: "irssi",
    needs: both(needsCommand("irssi"), NEEDS_TMUX),
    start: startIrssi,
  },
];

function both(one: Requirement, other: Requirement): Requirement {
  return one.ignore ? one : other;
}

/** Our own one in a pipe, which joins as it starts. */
async function startOurs(server: Server, scope: AsyncDisposableStack): Promise<IrcClient> {
  const args = ["--port", String(server.port), "--nick", "deno", "--channel", "#lobby", "--quiet"];
  const client = scope.use(startClient("chat-client", args));
  await registered(server, "deno");
  return {
    join: () => Promise.resolve(),
    say: (_channel, text) => client.type(`${text}\n`),
    shows: (text) => shown(client.stdout, text),
  };
}

/** A person who types the protocol. */
async function startNetcat(server: Server, scope: AsyncDisposableStack): Promise<IrcClient> {
  const nc = scope.use(startProgram("nc", ["127.0.0.1", String(server.port)]));
  await nc.type("NICK nc\nUSER nc 0 * :nc\n");
  await registered(server, "nc");
  return {
    join: (channel) => nc.type(`JOIN ${channel}\n`),
    say: (channel, text) => nc.type(`PRIVMSG ${channel} :${text}\n`),
    shows: (text) => shown(nc.stdout, text),
  };
}

/** One line in, one line out: https://tools.suckless.org/sic */
async function startSic(server: Server, scope: AsyncDisposableStack): Promise<IrcClient> {
  const args = ["-h", "127.0.0.1", "-p", String(server.port), "-n", "sic"];
  const sic = scope.use(startProgram("sic", args));
  await registered(server, "sic");
  return {
    join: (channel) => sic.type(`:j ${channel}\n`),
    say: (channel, text) => sic.type(`:m ${channel} ${text}\n`),
    shows: (text) => shown(sic.stdout, text),
  };
}

/** Files instead of a screen: https://tools.suckless.org/ii */
async function startIi(server: Server, scope: AsyncDisposableStack): Promise<IrcClient> {
  const directory = scope.use(new ScratchDirectory());
  const args = ["-s", "127.0.0.1", "-p", String(server.port), "-n", "ii", "-i", directory.path];
  scope.use(startProgram("ii", args));
  await registered(server, "ii");
  const type = (line: string): Promise<void> => {
    // A pipe by name: what is written there, ii reads.
    return Deno.writeTextFile(`${directory.path}/127.0.0.1/in`, `${line}\n`, { create: false });
  };
  const channels = new Map<string, Program>();
  return {
    async join(channel): Promise<void> {
      channels.set(channel, scope.use(follow(`${directory.path}/127.0.0.1/${channel}/out`)));
      await type(`/j ${channel}`);
    },
    say: (channel, text) => type(`/PRIVMSG ${channel} :${text}`),
    async shows(text): Promise<void> {
      await Promise.any([...channels.values()].map(({ stdout }) => shown(stdout, text)));
    },
  };
}

/** A full screen, which tmux provides: https://irssi.org */
async function startIrssi(server: Server, scope: AsyncDisposableStack): Promise<IrcClient> {
  const directory = scope.use(new ScratchDirectory());
  // Its own log of the channel: on the screen, the text stands between control sequences.
  const log = directory.file("log");
  const args = ["--home", directory.path, "-c", "127.0.0.1", "-p", String(server.port)];
  const words = ["irssi", ...args, "-n", "irssi"];
  const screen = scope.use(await Screen.run(words, { columns: 160, rows: 50 }));
  const output = scope.use(follow(log));
  await registered(server, "irssi");
  return {
    async join(channel): Promise<void> {
      await screen.enter(`/log open -targets ${channel} ${log}`);
      await screen.enter(`/join ${channel}`);
    },
    say: (channel, text) => screen.enter(`/msg ${channel} ${text}`),
    shows: (text) => shown(output.stdout, text),
  };
}

/** The lines of a file, those to come included. */
function follow(path: string): Program {
  return startProgram("sh", ["-c", 'exec tail -n +1 -F "$0" 2>/dev/null', path]);
}

async function registered(server: Server, nick: string): Promise<void> {
  await server.logged(new RegExp(`^Registered ${nick}!`));
}

async function shown(lines: Journal<string>, text: string): Promise<void> {
  await lines.find((line) => line.includes(text), `a line with "${text}"`);
}
