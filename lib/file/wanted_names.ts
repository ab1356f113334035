import { ProtocolError } from "../codec/errors.ts";
import { escapeForDisplay } from "../codec/text.ts";

/**
 * The names under which a `get` expects what it asked for: the last part of each path, and whatever is
 * below it. Nothing else may come, and each must be heard of.
 */
export class WantedNames {
  /** How often each is still to be heard of: two paths may end in one name. */
  readonly #awaited = new Map<string, number>();
  readonly #everything: boolean;

  /** Takes the paths as the server is asked for them; `""` is everything there is, under any names. */
  constructor(paths: readonly string[]) {
    this.#everything = paths.includes("");
    for (const path of paths) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (name !== "") this.#awaited.set(name, (this.#awaited.get(name) ?? 0) + 1);
    }
  }

  /** Hears of a path. @throws {ProtocolError} If nobody asked for it. */
  take(path: string): void {
    const awaited = this.#awaited.get(path);
    if (awaited !== undefined) this.#awaited.set(path, awaited - 1);
    if (this.#everything || this.#awaited.has(path.split("/", 1)[0] ?? "")) return;
    throw new ProtocolError(
      `Cannot accept the job: nobody asked for "${escapeForDisplay(path)}"`,
    );
  }

  /** Ends the manifest. @throws {ProtocolError} If it did not mention something. */
  finish(): void {
    for (const [name, awaited] of this.#awaited) {
      if (awaited <= 0) continue;
      throw new ProtocolError(
        `Cannot accept the job: the peer says nothing about "${escapeForDisplay(name)}"`,
      );
    }
  }
}
