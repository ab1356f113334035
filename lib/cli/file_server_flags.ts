/**
 * The flags of the file server, and what they ask for.
 *
 * @module
 */
import type { Access } from "../file/server_session.ts";
import { SERVE_LIMITS } from "../net/serve_options.ts";
import type { FlagTable, FlagValues } from "./flags.ts";
import { reachablePaths } from "./reachable.ts";
import type { Grants } from "./rerun.ts";
import { MAX_SECONDS } from "./seconds.ts";
import { HOST_FLAG, portFlag, SERVER_FLAGS, serverGrants } from "./server_flags.ts";
import { TRANSFER_FLAGS } from "./transfer_flags.ts";

/** Where files are, if nothing else is said: what the task may touch. */
export const DEFAULT_DIRECTORY = "shared";
/** Connections at once: each may have half a MiB of buffers. */
const MAX_CONNECTIONS = 256;
/** Connections of one host: nobody takes all of them. */
const MAX_PER_HOST = 64;
/** Bytes in the directory: a large disk; who has a small one says so. */
const QUOTA = 1024 ** 4;

/** The table. */
export const FILE_SERVER_FLAGS = {
  dir: {
    kind: "text",
    value: "DIR",
    default: DEFAULT_DIRECTORY,
    help: "what is served, and where received files go",
  },
  "read-only": { kind: "switch", insteadOf: ["write-only"], help: "give files, take none" },
  "write-only": { kind: "switch", help: "take files, show and give none" },
  ...HOST_FLAG,
  port: portFlag(9_090),
  ...SERVER_FLAGS,
  "max-connections": { ...SERVER_FLAGS["max-connections"], default: MAX_CONNECTIONS },
  "max-per-host": { ...SERVER_FLAGS["max-per-host"], default: MAX_PER_HOST },
  "idle-timeout": { ...SERVER_FLAGS["idle-timeout"], default: 60 },
  "handshake-timeout": {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: MAX_SECONDS,
    default: SERVE_LIMITS.handshakeTimeout / 1000,
    help: "time for TLS handshake, greeting and proof, all together",
  },
  quota: {
    kind: "size",
    value: "BYTES",
    min: 0,
    default: QUOTA,
    help: "most bytes in the directory, such as 500GB or 20GiB; unfinished transfers included",
  },
  ...TRANSFER_FLAGS,
} as const satisfies FlagTable;

/** What those flags came out as. */
export type FileServerFlags = FlagValues<typeof FILE_SERVER_FLAGS>;

/** What clients may do. */
export function accessOf(flags: FileServerFlags): Access {
  return flags["read-only"] ? "read-only" : flags["write-only"] ? "write-only" : "read-write";
}

/** The permissions that the server needs to do what its flags say. */
export function fileServerGrants(flags: FileServerFlags): Grants {
  const directory = reachablePaths(flags.dir);
  if (flags.prune) return { read: directory, write: directory };
  const { net = [], read = [], write = [] } = serverGrants(flags);
  const { "token-file": token, "read-only": readOnly } = flags;
  return {
    net,
    read: [...directory, ...read, ...(token === undefined ? [] : [token])],
    write: readOnly ? write : [...directory, ...write],
  };
}
