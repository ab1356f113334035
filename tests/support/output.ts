/**
 * What the code under test prints, caught.
 *
 * @module
 */

/** Catches both output streams of this process until it is disposed. */
export class CaughtOutput implements Disposable {
  #stdout = "";
  #stderr = "";

  constructor() {
    const decoder = new TextDecoder();
    Deno.stdout.writeSync = (bytes) => {
      this.#stdout += decoder.decode(bytes);
      return bytes.length;
    };
    Deno.stderr.writeSync = (bytes) => {
      this.#stderr += decoder.decode(bytes);
      return bytes.length;
    };
  }

  /** All that went to standard output. */
  get stdout(): string {
    return this.#stdout;
  }

  /** All that went to standard error. */
  get stderr(): string {
    return this.#stderr;
  }

  [Symbol.dispose](): void {
    // What hides the methods of the class goes.
    Reflect.deleteProperty(Deno.stdout, "writeSync");
    Reflect.deleteProperty(Deno.stderr, "writeSync");
  }
}
