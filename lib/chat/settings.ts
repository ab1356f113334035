/**
 * The configuration file: which keys there are, what each may hold, and what stands in its place where it
 * is left out. Strict: an unknown key is an error, so that a misspelt limit is not a missing one.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readSettings } from "./settings.ts";
 *
 * const settings = readSettings({ name: "irc.example.org", limits: { nick: 16 } });
 * assertEquals(settings.chat.limits.nick, 16);
 * assertEquals(settings.traffic.pingInterval, 120_000);
 * ```
 *
 * @module
 */

import {
  integer,
  listOf,
  object,
  optional,
  type Schema,
  SchemaError,
  text,
} from "../codec/schema.ts";
import { looksHashed, parseScryptHash } from "../codec/scrypt_hash.ts";
import { type ChatConfig, DEFAULT_CONFIG } from "./config.ts";
import { type AllLimits, fromSeconds, LIMITS } from "./settings_limits.ts";
import type { TrafficLimits } from "./traffic.ts";

/** One place to listen on. */
export interface ListenerSettings {
  /** Address to bind. */
  readonly host: string;
  /** Port to bind; 0 for a free one. */
  readonly port: number;
  /** Path of a Unix socket, instead of host and port. */
  readonly unix: string | undefined;
  /** Files of the certificate chain and the private key, for TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** All that a configuration file decides. */
export interface Settings {
  /** What the chat itself needs. */
  readonly chat: ChatConfig;
  /** The caps of connections. */
  readonly traffic: TrafficLimits;
  /** Where to listen; empty if the file does not say. */
  readonly listeners: readonly ListenerSettings[];
}

/** Long enough for anything that stands in one line of 512 bytes. */
const MAX_TEXT = 200;
const MAX_PATH = 1024;
const MAX_OPERATORS = 100;
const MAX_LISTENERS = 16;
/** A message of the day of 400 such lines takes 100 KiB of a send queue. */
const MAX_MOTD_LINES = 400;
const MAX_MOTD_LINE = 250;

/** RFC 2812 section 2.3.1 and RFC 1035: 63 characters, a dot to tell it from a nickname. */
export const SERVER_NAME: Schema<string> = text({
  max: 63,
  shape: /^(?=.*\.)[A-Za-z0-9][A-Za-z0-9.-]*$/,
  words: "a host name with a dot",
});

/** One word, as it goes into 005 and the greeting. */
export const NETWORK_NAME: Schema<string> = text({
  max: 50,
  shape: /^[!-~]+$/,
  words: "a word without spaces",
});

/** A line of the message of the day: colours (control characters) are welcome, line ends are not. */
const MOTD_LINE = text({ min: 0, max: MAX_MOTD_LINE, shape: /^[^\0\r\n]*$/, words: "a line" });

/** The message of the day. */
export const MOTD: Schema<string[]> = listOf(MOTD_LINE, MAX_MOTD_LINES);

/** A password, plain or hashed; it is never shown. */
const PASSWORD: Schema<string> = (value, path) => {
  const words = "a password";
  const secret = text({ max: 300, shape: /^[^\0\r\n]+$/, words, secret: true })(value, path);
  if (!looksHashed(secret) || parseScryptHash(secret) !== null) return secret;
  throw new SchemaError(path, "expected a hash as made by --hash-password, got a damaged one");
};

/** One operator of the server. */
interface OperatorKeys {
  name: string;
  password: string;
  hosts: string[];
}

/** The keys of the file. */
interface FileKeys {
  name: string;
  network: string;
  description: string;
  motd: string[] | null;
  admin: { location: string; organisation: string; email: string } | null;
  password: string | null;
  operators: OperatorKeys[];
  listeners: ListenerSettings[];
  limits: AllLimits;
}

const MASK = text({ max: 128, shape: /^[!-~]+$/, words: "a mask of user@host" });

const OPERATOR = object<OperatorKeys>({
  name: text({ max: 30, shape: /^[!-9;-~][!-~]*$/, words: "a word without spaces" }),
  password: PASSWORD,
  hosts: optional(listOf(MASK, 100), ["*@*"]),
});

const FILE = text({ max: MAX_PATH, words: "the path of a file" });

const ADDRESS = object<ListenerSettings>({
  host: optional(text({ max: 255, words: "an address" }), "127.0.0.1"),
  port: optional(integer(0, 65_535), 6667),
  unix: optional(FILE, undefined),
  tls: optional(object<{ cert: string; key: string }>({ cert: FILE, key: FILE }), undefined),
});

const LISTENER: Schema<ListenerSettings> = (value, path) => {
  const listener = ADDRESS(value, path);
  if (listener.unix === undefined || listener.tls === undefined) return listener;
  throw new SchemaError(path, "expected either unix or tls, got both");
};

const ADMIN_LINE = text({ max: MAX_TEXT });

const SETTINGS = object<FileKeys>({
  name: optional(SERVER_NAME, DEFAULT_CONFIG.name),
  network: optional(NETWORK_NAME, DEFAULT_CONFIG.network),
  description: optional(text({ max: MAX_TEXT }), DEFAULT_CONFIG.description),
  motd: optional(MOTD, null),
  admin: optional(
    object<NonNullable<FileKeys["admin"]>>({
      location: ADMIN_LINE,
      organisation: ADMIN_LINE,
      email: ADMIN_LINE,
    }),
    null,
  ),
  password: optional(PASSWORD, null),
  operators: optional(listOf(OPERATOR, MAX_OPERATORS), []),
  listeners: optional(listOf(LISTENER, MAX_LISTENERS), []),
  limits: optional(LIMITS, LIMITS({}, "limits")),
});

/**
 * Reads the value of a configuration file.
 *
 * @throws {SchemaError} If it does not fit; the message begins with the path of the key.
 */
export function readSettings(json: unknown): Settings {
  const file = SETTINGS(json, "");
  const { name, network, description, motd, admin, password, operators, listeners } = file;
  const limits = fromSeconds(file.limits);
  return {
    chat: {
      ...DEFAULT_CONFIG,
      name,
      network,
      description,
      motd,
      admin: admin && [admin.location, admin.organisation, admin.email],
      secret: password,
      operators: operators.map(({ name, password, hosts }) => ({ name, secret: password, hosts })),
      limits,
    },
    traffic: limits,
    listeners,
  };
}

/** Whether somebody who reads the file learns a password. */
export function holdsPlainPassword({ chat }: Settings): boolean {
  const secrets = [chat.secret, ...chat.operators.map(({ secret }) => secret)];
  return secrets.some((secret) => secret !== null && !looksHashed(secret));
}
