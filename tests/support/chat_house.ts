import { DEFAULT_CONFIG } from "../../lib/chat/config.ts";
import type { ChatConfig } from "../../lib/chat/config.ts";
import type { Settings } from "../../lib/chat/settings.ts";
import { DEFAULT_TRAFFIC, type TrafficLimits } from "../../lib/chat/traffic.ts";
import type { ServeEvent, ServeOptions, ServeTotals } from "../../lib/net/serve_options.ts";
import { serveChat } from "../../servers/chat_server.ts";
import { ChatPeer } from "./chat_peer.ts";
import { Journal, soon } from "./journal.ts";

/** What differs from the defaults. */
export interface HouseOptions extends Partial<ServeOptions> {
  readonly chat?: Partial<ChatConfig>;
  readonly traffic?: Partial<TrafficLimits>;
  readonly reload?: () => Settings;
}

/** The chat server in this process, on a free port of 127.0.0.1, stopped at the end of the scope. */
export class ChatHouse implements AsyncDisposable {
  readonly port: number;
  /** Its events so far. */
  readonly log = new Journal<ServeEvent>("the server's log", ({ message }) => message);
  /** Resolves when it has stopped. */
  readonly done: Promise<ServeTotals>;
  readonly #stop = new AbortController();

  constructor({ chat, traffic, reload, ...options }: HouseOptions = {}) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = listener.addr.port;
    const settings = settingsWith(chat, traffic);
    this.done = serveChat([{ listener, secure: false }], settings, {
      reload: reload ?? ((): Settings => settings),
      ...options,
      log: this.log.add,
      signal: this.#stop.signal,
    });
    // A test that ends early has failed already; its server's end is waited for below.
    this.done.catch(() => {});
  }

  /** A client that has said nothing. */
  connect(name?: string): Promise<ChatPeer> {
    return ChatPeer.connect(this.port, name);
  }

  /** A client that is registered. */
  register(nick: string, capabilities?: string): Promise<ChatPeer> {
    return ChatPeer.register(this.port, nick, capabilities);
  }

  /** Resolves with the first log line that fits. */
  async logged(pattern: RegExp): Promise<string> {
    const { message } = await this.log.find(
      ({ message }) => pattern.test(message),
      `a line like ${pattern}`,
    );
    return message;
  }

  /** Waits until so many clients have come: only then does their time begin to run. */
  async accepted(count: number): Promise<void> {
    await this.log.findAll(({ event }) => event === "connected", count, `${count} connections`);
  }

  /** Begins to stop, as a signal to the program does. */
  abort(): void {
    this.#stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await soon(this.done, "the end of the server");
  }
}

/** The default settings but for these. */
export function settingsWith(
  chat: Partial<ChatConfig> = {},
  traffic: Partial<TrafficLimits> = {},
): Settings {
  return {
    chat: { ...DEFAULT_CONFIG, name: "irc.test", ...chat },
    traffic: { ...DEFAULT_TRAFFIC, ...traffic },
    listeners: [],
  };
}
