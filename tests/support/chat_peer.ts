/**
 * A client of the chat server, scripted: it sends raw lines and waits for raw lines.
 *
 * @module
 */
import { LineSplitter } from "../../lib/codec/line_splitter.ts";
import { decodeUtf8, encodeUtf8 } from "../../lib/codec/text.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { Journal, soon } from "./journal.ts";
import { connectTo } from "./peer.ts";

interface Heard {
  readonly index: number;
  readonly text: string;
}

/** A connection that reads all the time and remembers where in its lines the test is. */
export class ChatPeer implements AsyncDisposable {
  /** Resolves with how the connection ended: `null` for a FIN. */
  readonly ended: Promise<unknown>;
  readonly #conn: Deno.Conn;
  readonly #lines: Journal<Heard>;
  #at = 0;
  #syncs = 0;

  constructor(conn: Deno.Conn, readonly name = "a client") {
    this.#conn = conn;
    this.#lines = new Journal(`the lines of ${name}`, ({ text }) => text);
    this.ended = this.#read();
  }

  /** Connects to a port of 127.0.0.1 and says nothing. */
  static async connect(port: number, name?: string): Promise<ChatPeer> {
    return new ChatPeer(await connectTo(port), name);
  }

  /** Connects and registers; what the server greeted with is behind it. */
  static async register(port: number, nick: string, capabilities = ""): Promise<ChatPeer> {
    const peer = await ChatPeer.connect(port, nick);
    const [before, after] = capabilities === ""
      ? ["", ""]
      : [`CAP REQ :${capabilities}`, "CAP END"];
    await peer.send(
      ...[before, `NICK ${nick}`, `USER ${nick} 0 * :${nick}`, after].filter(Boolean),
    );
    await peer.find(/ (376|422) /);
    return peer;
  }

  /** All that has come so far. */
  get text(): string {
    return this.#lines.text;
  }

  /** Sends lines in one segment. */
  async send(...lines: string[]): Promise<void> {
    await this.sendBytes(encodeUtf8(lines.map((line) => `${line}\r\n`).join("")));
  }

  /** Sends bytes as they are. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#conn, bytes);
  }

  /** Finishes sending and reads on. */
  async finish(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** The first line that fits behind the one that was found last. */
  async find(pattern: RegExp): Promise<string> {
    const from = this.#at;
    const fits = ({ index, text }: Heard): boolean => index >= from && pattern.test(text);
    const { index, text } = await this.#lines.find(
      fits,
      `a line like ${pattern} after ${from} others`,
    );
    this.#at = index + 1;
    return text;
  }

  /** Waits until the server has done all that was sent so far; returns the lines up to then. */
  async sync(): Promise<string[]> {
    const token = `sync-${++this.#syncs}`;
    const from = this.#at;
    await this.send(`PING ${token}`);
    await this.find(new RegExp(` PONG .*:${token}$`));
    return this.#lines.entries.slice(from, this.#at - 1).map(({ text }) => text);
  }

  /** Waits for the end of the connection; returns the lines up to then. */
  async rest(): Promise<string[]> {
    const from = this.#at;
    await soon(this.ended, `the end of ${this.name}`);
    return this.#lines.entries.slice(from).map(({ text }) => text);
  }

  async #read(): Promise<unknown> {
    const splitter = new LineSplitter(10_000);
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let count; (count = await this.#conn.read(buffer)) !== null;) {
        splitter.push(buffer.subarray(0, count));
        for (let line; (line = splitter.next()) !== undefined;) {
          this.#lines.add({ index: this.#lines.entries.length, text: decodeUtf8(line) });
        }
      }
      return null;
    } catch (error) {
      return error;
    } finally {
      this.#lines.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#conn[Symbol.dispose]();
    await this.ended;
  }
}
