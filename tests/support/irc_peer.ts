/**
 * A scripted IRC server for clients' tests: it says what a test wants it to say, however wrong that is.
 *
 * @module
 */
import { LineSplitter } from "../../lib/codec/line_splitter.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { Journal } from "./journal.ts";
import { Peer } from "./peer.ts";

/** One connection of a client. */
export class IrcTalk {
  /** Lines that the client sent. */
  readonly lines = new Journal<string>("the client's lines");
  readonly #conn: Deno.TcpConn;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Sends lines, each with its line end. */
  async send(...lines: string[]): Promise<void> {
    await this.raw(new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join("")));
  }

  /** Sends bytes. */
  async raw(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#conn, bytes);
  }

  /** Waits for a line. */
  async line(pattern: RegExp): Promise<string> {
    return await this.lines.find((line) => pattern.test(line), `a line like ${pattern}`);
  }

  /** Greets, and lets the client into the channel that it asks for. */
  async welcome(nick: string, channel = "#lobby"): Promise<void> {
    await this.line(/^USER /);
    await this.send(
      `:irc.test 001 ${nick} :Welcome ${nick}`,
      `:irc.test 005 ${nick} CHANTYPES=# PREFIX=(ov)@+ CASEMAPPING=ascii :are supported`,
      `:irc.test 422 ${nick} :No message of the day`,
    );
    await this.line(/^JOIN /);
    await this.join(nick, channel);
  }

  /** Lets the client into a channel with bob and Bobby. */
  async join(nick: string, channel: string): Promise<void> {
    await this.send(
      `:${nick}!u@host JOIN ${channel}`,
      `:irc.test 353 ${nick} = ${channel} :@bob Bobby ${nick}`,
      `:irc.test 366 ${nick} ${channel} :End`,
    );
  }

  /** Answers the last PING of a pipe. */
  async answerPing(): Promise<void> {
    const [, token = ""] = (await this.line(/^PING \S+-is-done$/)).split(" ");
    await this.send(`:irc.test PONG irc.test ${token}`);
  }

  /** Says farewell as servers do, once the client says QUIT. */
  async farewell(): Promise<void> {
    await this.line(/^QUIT/);
    await this.send("ERROR :Closing link");
  }

  /** Reads until the client has gone. */
  async read(): Promise<void> {
    const splitter = new LineSplitter(16 * 1024);
    const buffer = new Uint8Array(16 * 1024);
    const decoder = new TextDecoder();
    try {
      for (let count; (count = await this.#conn.read(buffer)) !== null;) {
        splitter.push(buffer.subarray(0, count));
        for (let line; (line = splitter.next()) !== undefined;) {
          this.lines.add(decoder.decode(line));
        }
      }
    } finally {
      this.lines.end();
    }
  }
}

/** Starts the server; `play` is one connection's script, at whose end the connection is closed. */
export function ircPeer(play: (talk: IrcTalk, index: number) => Promise<void>): Peer {
  return new Peer(async (conn, index) => {
    const talk = new IrcTalk(conn);
    const reading = talk.read().catch((error) => error);
    await play(talk, index);
    conn[Symbol.dispose]();
    await reading;
  });
}
