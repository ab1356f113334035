/**
 * The file programs as people use them: a server in a directory of its own, clients in another.
 *
 * @module
 */
import { type Ended, type Program, runClient, type RunOptions, type Server } from "./process.ts";
import { startClient, type StartOptions, startServer } from "./process.ts";
import { ScratchDirectory } from "./scratch.ts";
import { Screen } from "./screen.ts";

/** Two directories, `there` for the server and `here` for clients, removed at the end of the scope. */
export class FileDesk implements Disposable {
  readonly #scratch = new ScratchDirectory();

  constructor() {
    Deno.mkdirSync(this.path("here"));
    Deno.mkdirSync(this.path("there"));
  }

  /** A path in one of them: `here/a.txt`, `there/shared/a.txt`. */
  path(name: string): string {
    return this.#scratch.absolute(name);
  }

  /** Writes a file, and the directories above it. */
  write(name: string, content: string | Uint8Array): void {
    const path = this.path(name);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") Deno.writeTextFileSync(path, content);
    else Deno.writeFileSync(path, content);
  }

  /** What a file holds. */
  read(name: string): string {
    return Deno.readTextFileSync(this.path(name));
  }

  /** Whether two files hold the same. */
  same(one: string, other: string): boolean {
    const [left, right] = [one, other].map((name) => Deno.readFileSync(this.path(name)));
    return left!.length === right!.length && left!.every((byte, i) => byte === right![i]);
  }

  /** Names in a directory, sorted; those of directories end in a slash. */
  list(name: string): string[] {
    return [...Deno.readDirSync(this.path(name))]
      .map((entry) => `${entry.name}${entry.isDirectory ? "/" : ""}`).sort();
  }

  /** Starts the server, in `there`, which serves `shared`. */
  serve(args: readonly string[] = [], options: StartOptions = {}): Promise<Server> {
    return startServer("file-server", args, { cwd: this.path("there"), ...options });
  }

  /** Runs the client, in `here`, to its end. */
  run(port: number, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return runClient("file-client", this.#words(port, args), {
      cwd: this.path("here"),
      ...options,
    });
  }

  /** Starts the client, in `here`. */
  start(port: number, args: readonly string[], options: StartOptions = {}): Program {
    return startClient("file-client", this.#words(port, args), {
      cwd: this.path("here"),
      ...options,
    });
  }

  /** Starts the client, in `here`, on a terminal. */
  onTerminal(port: number, args: readonly string[], columns = 100): Promise<Screen> {
    const options = { cwd: this.path("here"), columns };
    return Screen.start("file-client", this.#words(port, args), options);
  }

  #words(port: number, args: readonly string[]): string[] {
    return [...args, "--port", String(port)];
  }

  [Symbol.dispose](): void {
    this.#scratch[Symbol.dispose]();
  }
}
