/** A directory of a test's own below `.test/` in the current directory, removed at the end of the scope. */
export class ScratchDirectory implements Disposable {
  /** Relative and short: the path of a Unix socket must fit into 107 bytes. */
  readonly path: string;

  constructor() {
    Deno.mkdirSync(".test", { recursive: true });
    this.path = `.test/${crypto.randomUUID().slice(0, 8)}`;
    Deno.mkdirSync(this.path);
  }

  /** A path in it. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** The same path from the root of the file system, as permission flags need it for sockets. */
  absolute(name: string): string {
    return `${Deno.cwd()}/${this.file(name)}`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
