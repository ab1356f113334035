/**
 * The settings of the chat server from its command line and its configuration file: what a flag says
 * wins, the file fills in the rest.
 *
 * @module
 */
import { DEFAULT_CONFIG } from "../chat/config.ts";
import {
  holdsPlainPassword,
  MOTD,
  NETWORK_NAME,
  readSettings,
  SERVER_NAME,
  type Settings,
} from "../chat/settings.ts";
import { type Schema, SchemaError } from "../codec/schema.ts";
import type { ListenOptions } from "../net/listen.ts";
import { type ChatFlags, DEFAULT_HOST, DEFAULT_PORT } from "./chat_flags.ts";
import { cannotUse, readConfigFile } from "./config_file.ts";
import { UsageError } from "./exit.ts";
import { readText } from "./read_text.ts";
import type { Grants, Launch } from "./rerun.ts";
import { listenOptions, type ServerFlags, serverGrants } from "./server_flags.ts";
import { VERSION } from "./version.ts";

/**
 * The settings that the flags and the file come to. Called again, it reads the files again.
 *
 * @throws {CommandError} If a file cannot be read, or says what cannot be.
 */
export function chatSettings(flags: ChatFlags, launch: Launch): Settings {
  const file = flags.config === undefined ? readSettings({}) : readFile(flags.config, launch);
  const { name = file.chat.name, network = file.chat.network, motd } = flags;
  return {
    ...file,
    chat: {
      ...file.chat,
      name: flagValue("name", SERVER_NAME, name),
      network: flagValue("network", NETWORK_NAME, network),
      motd: motd === undefined ? file.chat.motd : readMotd(motd, launch),
      version: `chat-server-${VERSION}`,
      configFile: flags.config?.replace(/^.*[/\\]/, "") ?? DEFAULT_CONFIG.configFile,
    },
    traffic: {
      ...file.traffic,
      connectionsPerHost: flags["max-per-host"] ?? file.traffic.connectionsPerHost,
    },
  };
}

/** All that is known before the first listener opens. */
export interface ChatPlan {
  /** What the server obeys. */
  readonly settings: Settings;
  /** Where it listens. */
  readonly places: readonly ListenOptions[];
  /** How it was started, with the permissions that all this needs. */
  readonly launch: Launch;
}

/**
 * Reads flags and files.
 *
 * @param script The script's `import.meta.url`.
 * @throws {CommandError} If a file cannot be read, or says what cannot be.
 */
export function planChat(flags: ChatFlags, script: string): ChatPlan {
  const start = { script, args: Deno.args };
  const before = { ...start, grants: grantsFor(flags, listenersFor(flags, [])) };
  const settings = chatSettings(flags, before);
  const listeners = listenersFor(flags, settings.listeners);
  const launch = { ...start, grants: grantsFor(flags, listeners) };
  const places = listeners.map((listener) => listenOptions(listener, launch));
  return { settings, places, launch };
}

/** Where to listen: as the flags say or, if they say nothing, as the file does. */
function listenersFor(flags: ChatFlags, listeners: Settings["listeners"]): ServerFlags[] {
  const { host, port, unix, "tls-cert": cert, "tls-key": key } = flags;
  const common = { ...flags, "max-per-host": 0 };
  const told = [host, port, unix, cert, key].some((value) => value !== undefined);
  if (told || listeners.length === 0) {
    return [{ ...common, host: host ?? DEFAULT_HOST, port: port ?? DEFAULT_PORT }];
  }
  return listeners.map(({ host, port, unix, tls }) => {
    return { ...common, host, port, unix, "tls-cert": tls?.cert, "tls-key": tls?.key };
  });
}

function grantsFor(flags: ChatFlags, listeners: readonly ServerFlags[]): Grants {
  const files = [flags.config, flags.motd].filter((path) => path !== undefined);
  const all = listeners.map(serverGrants);
  const net = all.flatMap(({ net = [] }) => net);
  const read = [...files, ...all.flatMap(({ read = [] }) => read)];
  const write = all.flatMap(({ write = [] }) => write);
  return { net, ...(read.length > 0 && { read }), ...(write.length > 0 && { write }) };
}

function readFile(path: string, launch: Launch): Settings {
  const { value, exposed } = readConfigFile(path, readSettings, launch);
  if (exposed && holdsPlainPassword(value)) {
    throw cannotUse(
      path,
      "it holds a plain password and others can read it; " +
        `run: chmod 600 ${path}, or hash the password with --hash-password`,
    );
  }
  return value;
}

function readMotd(path: string, launch: Launch): string[] {
  const lines = readText(path, "message of the day", launch).replace(/\r?\n$/, "").split(/\r?\n/);
  return flagValue("motd", MOTD, lines);
}

function flagValue<T>(name: string, schema: Schema<T>, value: unknown): T {
  try {
    return schema(value, "");
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new UsageError(`Option --${name}: ${error.message}`);
  }
}
