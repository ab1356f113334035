/**
 * The flags of the chat client, and what they mean.
 *
 * @module
 */
import { escapeForDisplay } from "../codec/text.ts";
import { isNickname } from "../irc_client/nickname.ts";
import type { ClientSettings } from "../irc_client/state.ts";
import { CLIENT_FLAGS, clientGrants, TARGET_FLAG, targetPort } from "./client_flags.ts";
import { UsageError } from "./exit.ts";
import type { FlagTable, FlagValues } from "./flags.ts";
import { PASSWORD_FLAGS } from "./password.ts";
import type { Grants } from "./rerun.ts";
import { MAX_SECONDS } from "./seconds.ts";

/** The table. */
export const CHAT_CLIENT_FLAGS = {
  nick: { kind: "text", value: "NAME", help: "your nickname (guest and a number if not given)" },
  channel: {
    kind: "text",
    value: "CHANNELS",
    default: "#lobby",
    help: "channels to join, separated by commas",
  },
  ...TARGET_FLAG,
  port: targetPort(6667),
  ...CLIENT_FLAGS,
  ...PASSWORD_FLAGS,
  timeout: {
    kind: "number",
    value: "SECONDS",
    min: 1,
    max: MAX_SECONDS,
    default: 60,
    help: "time to be let in, and silence after which the connection counts as lost",
  },
  pace: {
    kind: "number",
    value: "SECONDS",
    min: 0,
    max: 60,
    default: 2,
    help: "pause between two lines that are sent, after a burst of four",
  },
  "no-reconnect": { kind: "switch", help: "end when the connection is lost" },
  commands: { kind: "switch", help: "in a pipe, lines that begin with / are commands as well" },
  json: { kind: "switch", help: "everything that happens as JSON, one object a line" },
  quiet: { kind: "switch", help: "in a pipe, only what people say, and errors" },
} as const satisfies FlagTable;

/** What the chat client's command line came out as. */
export type ChatClientFlags = FlagValues<typeof CHAT_CLIENT_FLAGS>;

/** A client's usual permissions, and the file that the password is in. */
export function chatClientGrants(flags: ChatClientFlags): Grants {
  const { read = [], ...others } = clientGrants(flags);
  const file = flags["password-file"];
  const files = file === undefined ? read : [...read, file];
  return files.length === 0 ? others : { ...others, read: files };
}

/**
 * Nickname and channels of the command line.
 *
 * @throws {UsageError} If they cannot be what they are meant for.
 */
export function namesToUse(flags: ChatClientFlags): Pick<ClientSettings, "nick" | "channels"> {
  const nick = flags.nick ?? `guest${1_000 + Math.floor(Math.random() * 9_000)}`;
  if (!isNickname(nick)) {
    throw new UsageError(
      `Option --nick got "${escapeForDisplay(nick)}": expected letters and digits`,
    );
  }
  const channels = flags.channel.split(",").filter((name) => name !== "").map((name) => {
    if (/\s|\p{Cc}/u.test(name)) {
      throw new UsageError(
        `Option --channel got "${escapeForDisplay(name)}": no spaces are allowed`,
      );
    }
    return { name: /^[#&+!]/.test(name) ? name : `#${name}`, key: "" };
  });
  if (channels.length === 0) {
    throw new UsageError(`Option --channel got "${flags.channel}": expected at least one channel`);
  }
  return { nick, channels };
}
