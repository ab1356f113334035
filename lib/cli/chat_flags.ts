/**
 * The flags of the chat server. Those that its configuration file can say as well have no default of
 * their own, so that the file's value counts where the flag is not given.
 *
 * @module
 */
import type { FlagTable, FlagValues } from "./flags.ts";
import { HOST_FLAG, portFlag, SERVER_FLAGS } from "./server_flags.ts";

/** Where the server listens if neither flags nor file say it. */
export const DEFAULT_HOST: string = HOST_FLAG.host.default;
/** The port that goes with it; the usual one of IRC (RFC 7194 has that of TLS, 6697). */
export const DEFAULT_PORT: number = 6667;

/** The table. */
export const CHAT_FLAGS = {
  host: {
    ...withoutDefault(HOST_FLAG.host),
    help: `address to listen on (default ${DEFAULT_HOST}); beyond loopback needs --allow-net`,
  },
  port: {
    ...withoutDefault(portFlag(DEFAULT_PORT)),
    help: `port to listen on, 0 for a free one (default ${DEFAULT_PORT})`,
  },
  ...SERVER_FLAGS,
  "max-per-host": {
    ...withoutDefault(SERVER_FLAGS["max-per-host"]),
    help: "connections served at once from one host, 0 for as many as fit (default 32)",
  },
  "idle-timeout": {
    ...SERVER_FLAGS["idle-timeout"],
    default: 0,
    help: "close a connection that moves no byte for so long, 0 for never: PING does it",
  },
  name: {
    kind: "text",
    value: "NAME",
    help: "the server's name, with a dot (default irc.localhost)",
  },
  network: { kind: "text", value: "WORD", help: "the network's name (default Localhost)" },
  motd: { kind: "text", value: "FILE", help: "message of the day" },
  config: { kind: "text", value: "FILE", help: "configuration in JSON: the README has its keys" },
  "hash-password": { kind: "switch", help: "ask for a password, print its hash for FILE, and end" },
} as const satisfies FlagTable;

/** What the chat server's command line came out as. */
export type ChatFlags = FlagValues<typeof CHAT_FLAGS>;

function withoutDefault<F extends { default?: unknown }>(
  { default: _, ...rest }: F,
): Omit<F, "default"> {
  return rest;
}
