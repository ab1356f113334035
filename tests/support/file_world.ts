/**
 * Two directories, a server on one of them and a client on the other, and a connection in memory between
 * them: a whole file transfer without a socket. Each world is removed behind its test.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { STAGING_DIRECTORY } from "../../lib/codec/file_names.ts";
import type { Channel } from "../../lib/file/channel.ts";
import { openSession } from "../../lib/file/client_session.ts";
import { DiskDestination, type StoreOptions } from "../../lib/file/disk_destination.ts";
import type { TransferEvent } from "../../lib/file/events.ts";
import { DISK, type FileLayer } from "../../lib/file/file_layer.ts";
import { DEFAULT_LIMITS } from "../../lib/file/limits.ts";
import { manifestMemory } from "../../lib/file/manifest_share.ts";
import { Quota } from "../../lib/file/quota.ts";
import { SafeRoot } from "../../lib/file/safe_root.ts";
import { serveFiles, type ServeFilesOptions } from "../../lib/file/server_session.ts";
import { type Found, walk } from "../../lib/file/walk.ts";
import { memoryPipe, type PipeEnd, type PipeOptions } from "./memory_pipe.ts";
import { Random } from "./random.ts";
import { ScratchDirectory } from "./scratch.ts";

/** Which of the two directories. */
export type Side = "server" | "client";

/** How one session differs from an ordinary one. */
export interface SessionOptions {
  readonly server?: Partial<ServeFilesOptions>;
  readonly token?: Uint8Array;
  /** What goes wrong with bytes from the client, and with those from the server. */
  readonly there?: PipeOptions;
  readonly back?: PipeOptions;
  /** Aborted by whoever wants the connection to be cut, on both ends. */
  readonly cut?: AbortSignal;
  readonly onServerEvent?: (event: TransferEvent) => void;
}

/** What a session came to. */
export interface SessionResult<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly serverError: unknown;
  /** Bytes on the wire from the client and from the server. */
  readonly sent: number;
  readonly received: number;
}

/** Directories, and sessions between them. */
export class World implements Disposable {
  readonly #scratch = new ScratchDirectory();
  readonly #directory: string;
  readonly server: SafeRoot;
  readonly client: SafeRoot;
  readonly quota: Quota = new Quota(Infinity);
  readonly memory: Quota = manifestMemory(DEFAULT_LIMITS);

  /** Makes two empty directories, and a third, `outside`, that nobody may touch. */
  constructor(serverFiles: FileLayer = DISK, clientFiles: FileLayer = DISK) {
    this.#directory = Deno.realPathSync(this.#scratch.path);
    for (const name of ["server", "client", "outside"]) Deno.mkdirSync(this.path(name));
    this.server = new SafeRoot(this.path("server"), serverFiles);
    this.client = new SafeRoot(this.path("client"), clientFiles);
  }

  /** Removes everything. */
  [Symbol.dispose](): void {
    this.#scratch[Symbol.dispose]();
  }

  /** The path of something in this world. */
  path(name: string): string {
    return name === "" ? this.#directory : `${this.#directory}/${name}`;
  }

  /** Writes a file, and the directories above it; gives its content back. */
  write(name: string, content: string | Uint8Array): Uint8Array {
    const path = this.path(name);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.writeFileSync(path, bytes);
    return bytes;
  }

  /** Reads a file as text. */
  read(name: string): string {
    return Deno.readTextFileSync(this.path(name));
  }

  /** Everything below a directory but what is staged: digests of files, `/` for directories. */
  tree(side: string): Record<string, string> {
    const tree: Record<string, string> = {};
    const look = (below: string): void => {
      for (const entry of Deno.readDirSync(this.path(side + below))) {
        const name = `${below}/${entry.name}`;
        if (name === `/${STAGING_DIRECTORY}`) continue;
        if (entry.isFile) tree[name.slice(1)] = digest(Deno.readFileSync(this.path(side + name)));
        else tree[name.slice(1)] = entry.isDirectory ? "/" : "special";
        if (entry.isDirectory) look(name);
      }
    };
    look("");
    return Object.fromEntries(Object.entries(tree).sort());
  }

  /** Names and sizes of what is staged. */
  staged(side: Side): { name: string; size: number }[] {
    const path = this.path(`${side}/${STAGING_DIRECTORY}`);
    try {
      return [...Deno.readDirSync(path)].map(({ name }) => ({
        name,
        size: Deno.lstatSync(`${path}/${name}`).size,
      }));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** What the client would send of these files and directories. */
  async find(...names: string[]): Promise<Found[]> {
    const found = names.map((name) =>
      walk(this.client, { parts: name.split("/"), path: name, limit: 100_000 })
    );
    return (await Promise.all(found)).flat();
  }

  /** A place for files that the client gets. */
  destination(options: Partial<StoreOptions> = {}): DiskDestination {
    const defaults = { ifExists: "refuse", verify: false, sync: false } as const;
    return new DiskDestination(this.client, {
      ...defaults,
      quota: new Quota(Infinity),
      ...options,
    });
  }

  /** Runs a client's work against the server and waits for both. */
  async session<T>(
    work: (channel: Channel, stream: PipeEnd) => Promise<T>,
    options: SessionOptions = {},
  ): Promise<SessionResult<T>> {
    const [client, server] = memoryPipe(options.there, options.back);
    options.cut?.addEventListener("abort", () => client.reset());
    let serverError: unknown;
    const serving = this.serve(server, options).catch((error) => {
      serverError = error;
    }).finally(() => server[Symbol.dispose]());
    let value: T | undefined;
    let error: unknown;
    try {
      using channel = await openSession(client, { token: options.token, onEvent: () => {} });
      value = await work(channel, client);
      await client.closeWrite();
    } catch (thrown) {
      error = thrown;
      client[Symbol.dispose]();
    }
    await serving;
    return { value, error, serverError, sent: client.written, received: server.written };
  }

  /** Serves one connection. */
  serve(stream: PipeEnd, options: SessionOptions = {}): Promise<void> {
    return serveFiles(stream, {
      root: this.server,
      access: "read-write",
      limits: DEFAULT_LIMITS,
      quota: this.quota,
      memory: this.memory,
      sync: false,
      token: options.token,
      delay: () => Promise.resolve(),
      onEvent: options.onServerEvent ?? (() => {}),
      ...options.server,
    });
  }
}

/** Collects events, for looking at afterwards. */
export class EventLog {
  readonly events: TransferEvent[] = [];
  /** The listener. */
  readonly onEvent = (event: TransferEvent): void => {
    this.events.push(event);
  };

  /** Outcomes by path. */
  outcomes(): Record<string, string> {
    const outcomes: Record<string, string> = {};
    for (const event of this.events) {
      if (event.kind === "result") outcomes[event.path] = event.storedAs ?? event.outcome;
      if (event.kind === "omitted") outcomes[event.path] = `omitted: ${event.outcome}`;
    }
    return Object.fromEntries(Object.entries(outcomes).sort());
  }
}

/** The first characters of a SHA-256. */
export function digest(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

const CONTENTS = new Map<string, Uint8Array<ArrayBuffer>>();

/** Content that compresses badly and repeats nowhere, the same for the same seed. */
export function content(length: number, seed: number = 1): Uint8Array<ArrayBuffer> {
  const key = `${length} ${seed}`;
  const known = CONTENTS.get(key);
  if (known !== undefined) return known;
  const random = new Random(seed);
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => random.uint32());
  const bytes = new Uint8Array(words.buffer, 0, length);
  CONTENTS.set(key, bytes);
  return bytes;
}

/** Makes a symbolic link; the runtime's own call would need access to the whole disk. */
export function link(target: string, path: string): void {
  run('ln -s "$0" "$1"', target, path);
}

/** Makes a file whose name `printf` writes: not every name is UTF-8. */
export function nameOfBytes(directory: string, format: string): void {
  run('touch "$0/$(printf "$1")"', directory, format);
}

/** Makes a named pipe. */
export function fifo(path: string): void {
  run('mkfifo "$0"', path);
}

function run(command: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command("sh", { args: ["-c", command, ...args] })
    .outputSync();
  if (!success) throw new Error(`Cannot ${command}: ${new TextDecoder().decode(stderr)}`);
}
