/**
 * What the chapters of the demo are told with: real processes, a voice, and checks.
 *
 * @module
 */
import {
  type Ended,
  runClient,
  type RunOptions,
  type Server,
  type StartOptions,
  startServer,
} from "../support/process.ts";
import { Relay, type RelayPlan } from "../support/relay.ts";
import { WireTap } from "./wire_tap.ts";

/** One chapter: a title and what happens in it. */
export interface Chapter {
  readonly title: string;
  tell(stage: Stage): Promise<void>;
}

/** Prints what happens, checks it, and ends what it started. */
export class Stage implements AsyncDisposable {
  /** What was expected and did not happen. */
  readonly failures: string[] = [];
  /** Checks made, the failed ones included. */
  checks = 0;
  readonly #scope = new AsyncDisposableStack();

  /** A sentence of the narrator. */
  say(text: string): void {
    console.log(`\n%c${text}`, "color: cyan");
  }

  /** A line of output, of a program or of the wire. */
  show(line: string): void {
    console.log(`    ${line}`);
  }

  /** Starts a server on a free port and shows its first line. */
  async start(
    task: string,
    args: readonly string[] = [],
    options: StartOptions = {},
  ): Promise<Server> {
    this.#command([task, "--port", "0", ...args]);
    const server = this.#scope.use(await startServer(task, args, options));
    this.show(`Listening on ${server.address} (${server.kind})`);
    return server;
  }

  /** Runs a client to its end and shows what it prints. */
  async run(task: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const { stdin } = options;
    const input = typeof stdin === "string" ? `printf ${quote(stdin)} | ` : "";
    this.#command([task, ...args], input);
    const ended = await runClient(task, args, options);
    // What goes in as bytes comes out as bytes: nothing for a terminal.
    const output = stdin instanceof Uint8Array ? ended.stderr : `${ended.stdout}${ended.stderr}`;
    for (const line of output.split("\n").slice(0, -1)) this.show(line);
    return ended;
  }

  /** Puts a relay before a server, which lets no more through than its plan says. */
  relay(server: Server, plan: RelayPlan = {}): Relay {
    return this.#scope.use(new Relay(server.port, plan));
  }

  /** Puts a tap before a server: clients that use its port are overheard. */
  tap(server: Server): WireTap {
    return this.#scope.use(new WireTap(server.port));
  }

  /** Stops a server as Ctrl-C does, shows its last line, and checks that it ended well. */
  async stop(server: Server): Promise<void> {
    const code = await server.stop();
    this.show(server.stdout.text.trimEnd().split("\n").at(-1) ?? "");
    this.check(`${server.name} stopped with exit code 0`, code === 0);
  }

  /** Says what must be true, and remembers it if it is not. */
  check(what: string, ok: boolean): void {
    this.checks++;
    if (!ok) this.failures.push(what);
    console.log(`  %c${ok ? "ok" : "FAILED"}%c ${what}`, `color: ${ok ? "green" : "red"}`, "");
  }

  #command(words: readonly string[], before = ""): void {
    console.log(`  %c${before}$ deno task ${words.map(quote).join(" ")}`, "font-weight: bold");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.disposeAsync();
  }
}

function quote(word: string): string {
  const plain = word.replaceAll("\n", "\\n");
  return /^[\w./:=-]+$/.test(plain) ? plain : `'${plain}'`;
}
