/**
 * A file layer that counts its calls and fails at one of them.
 *
 * @module
 */

import { DISK, type FileLayer, type OpenFile } from "../../lib/file/file_layer.ts";

/** An error as the system reports it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code} (made for a test)`), { code });
}

/** Counts calls; one of them fails, or is the last. */
export class FaultyFiles {
  /** Names of the calls since the last {@linkcode arm}. */
  calls: string[] = [];
  /** Runs in front of a call, to do something between two of them. */
  before: ((name: string, path: string) => void) | undefined;

  #failAt = -1;
  #code = "";
  #dieAt = -1;
  #dead = false;
  readonly #open = new Set<OpenFile>();

  /** The layer to hand in. */
  readonly layer: FileLayer = this.#wrap(DISK) as FileLayer;

  /** Counts from here on; the call with this number fails, none if it is -1. */
  arm(failAt: number, code: string = "EIO"): void {
    this.calls = [];
    this.#failAt = failAt;
    this.#code = code;
  }

  /**
   * Counts from here on; at the call with this number the process dies: the call is not made, open files
   * are closed and unlocked as the system does it, and nothing that tidies up reaches the disk any more.
   */
  dieAt(call: number): void {
    this.calls = [];
    this.#dieAt = call;
  }

  /** Whether the process has died. */
  get dead(): boolean {
    return this.#dead;
  }

  #die(): void {
    this.#dead = true;
    for (const file of this.#open) file.close();
    this.#open.clear();
  }

  #count(name: string, path: unknown): void {
    if (typeof path === "string") this.before?.(name, path);
    if (this.#dead) throw systemError("EIO");
    const number = this.calls.push(name) - 1;
    if (number === this.#dieAt) {
      this.#die();
      throw systemError("EIO");
    }
    if (number === this.#failAt) throw systemError(this.#code);
  }

  #wrap(target: object): object {
    return new Proxy(target, {
      get: (_, name): unknown => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...args: unknown[]): unknown => {
          // Closing is no call that a disk fails at, and without it a test would leak.
          if (name === "close") {
            if (this.#open.delete(target as OpenFile)) method.apply(target);
            return;
          }
          this.#count(String(name), args[0]);
          // No test waits for a real disk.
          if (name === "sync") return Promise.resolve();
          const result: unknown = method.apply(target, args);
          if (name !== "openSync") return result;
          this.#open.add(result as OpenFile);
          return this.#wrap(result as OpenFile);
        };
      },
    });
  }
}
