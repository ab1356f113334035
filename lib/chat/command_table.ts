/**
 * Every command of the server, one row each. A new command is a new row and a function.
 *
 * @module
 */

import type { IrcMessage } from "../codec/irc_message.ts";
import { cap } from "./commands/capability.ts";
import { invite, kick, part, topic } from "./commands/channel.ts";
import type { Command } from "./commands/command.ts";
import { help } from "./commands/help.ts";
import { join } from "./commands/join.ts";
import { notice, privmsg, tagmsg } from "./commands/messages.ts";
import { mode } from "./commands/mode.ts";
import { list, names } from "./commands/names.ts";
import { kill, oper, rehash, wallops } from "./commands/oper.ts";
import { away, setname } from "./commands/presence.ts";
import { nick, pass, quit, user } from "./commands/registration.ts";
import * as server from "./commands/server_info.ts";
import { who } from "./commands/who.ts";
import { ison, userhost, whois, whowas } from "./commands/whois.ts";
import type { Turn } from "./turn.ts";

const AFTER = { stage: "after" } as const;
const ALWAYS = { stage: "always" } as const;
const BEFORE = { stage: "before" } as const;

// deno-fmt-ignore -- a table: one command a block, conditions first
const ROWS: readonly Command[] = [
  { verb: "CAP", ...ALWAYS, params: 1, run: cap,
    syntax: "LS [302] | LIST | REQ :names | END", help: "Negotiates capabilities." },
  { verb: "PASS", ...BEFORE, params: 1, run: pass,
    syntax: "password", help: "Gives the password of the server, before NICK and USER." },
  { verb: "NICK", ...ALWAYS, params: 0, run: nick,
    syntax: "nickname", help: "Takes or changes the nickname." },
  { verb: "USER", ...BEFORE, params: 4, run: user,
    syntax: "name 0 * :real name", help: "Gives the user name and the real name." },
  { verb: "QUIT", ...ALWAYS, params: 0, run: quit,
    syntax: "[:reason]", help: "Leaves the server." },
  { verb: "PING", ...ALWAYS, params: 0, run: server.ping,
    syntax: "token", help: "Asks for a PONG with the same token." },
  { verb: "PONG", ...ALWAYS, params: 0, run: server.pong,
    syntax: "token", help: "Answers a PING." },

  { verb: "JOIN", ...AFTER, params: 1, run: join,
    syntax: "channel{,channel} [key{,key}] | 0", help: "Enters channels, or leaves all of them." },
  { verb: "PART", ...AFTER, params: 1, run: part,
    syntax: "channel{,channel} [:reason]", help: "Leaves channels." },
  { verb: "TOPIC", ...AFTER, params: 1, member: 0, run: topic,
    syntax: "channel [:topic]", help: "Shows or changes the topic of a channel." },
  { verb: "NAMES", ...AFTER, params: 0, run: names,
    syntax: "channel{,channel}", help: "Lists who is on a channel." },
  { verb: "LIST", ...AFTER, params: 0, run: list,
    syntax: "[channel{,channel}] [condition{,condition}]",
    help: "Lists channels: names and masks, !mask, <n and >n members, C and T with minutes." },
  { verb: "INVITE", ...AFTER, params: 0, member: 1, run: invite,
    syntax: "[nickname channel]", help: "Invites a user to a channel, or lists your invitations." },
  { verb: "KICK", ...AFTER, params: 2, run: kick,
    syntax: "channel nickname{,nickname} [:comment]", help: "Throws users out of a channel." },
  { verb: "MODE", ...AFTER, params: 1, run: mode,
    syntax: "target [modes {parameter}]", help: "Shows or changes modes of a channel or of yourself." },

  { verb: "PRIVMSG", ...AFTER, params: 0, run: privmsg,
    syntax: "target{,target} :text", help: "Sends a message to users and channels." },
  { verb: "NOTICE", ...AFTER, params: 0, silent: true, run: notice,
    syntax: "target{,target} :text", help: "Sends a message that is never answered automatically." },
  { verb: "TAGMSG", ...AFTER, params: 1, run: tagmsg,
    syntax: "target{,target}", help: "Sends tags without a text." },
  { verb: "AWAY", ...AFTER, params: 0, run: away,
    syntax: "[:text]", help: "Says that you are away, or back." },
  { verb: "SETNAME", ...AFTER, params: 0, run: setname,
    syntax: ":real name", help: "Changes the real name." },

  { verb: "WHO", ...AFTER, params: 0, run: who,
    syntax: "[mask] [o][%fields[,token]]", help: "Lists the users of a channel or those that a mask fits." },
  { verb: "WHOIS", ...AFTER, params: 0, run: whois,
    syntax: "[server] nickname", help: "Tells about a user." },
  { verb: "WHOWAS", ...AFTER, params: 0, run: whowas,
    syntax: "nickname [count]", help: "Tells about users who left." },
  { verb: "USERHOST", ...AFTER, params: 1, run: userhost,
    syntax: "nickname {nickname}", help: "Tells user and host of up to five users." },
  { verb: "ISON", ...AFTER, params: 1, run: ison,
    syntax: "nickname {nickname}", help: "Tells which of the users are here." },

  { verb: "LUSERS", ...AFTER, params: 0, run: server.lusers,
    syntax: "", help: "Counts users, operators and channels." },
  { verb: "MOTD", ...AFTER, params: 0, run: server.motd,
    syntax: "[server]", help: "Shows the message of the day." },
  { verb: "VERSION", ...AFTER, params: 0, run: server.version,
    syntax: "[server]", help: "Shows the version and what the server supports." },
  { verb: "TIME", ...AFTER, params: 0, run: server.time,
    syntax: "[server]", help: "Shows the time of the server." },
  { verb: "INFO", ...AFTER, params: 0, run: server.info,
    syntax: "[server]", help: "Tells about the server." },
  { verb: "ADMIN", ...AFTER, params: 0, run: server.admin,
    syntax: "[server]", help: "Tells who runs the server." },
  { verb: "LINKS", ...AFTER, params: 0, run: server.links,
    syntax: "", help: "Lists the servers of the network." },

  { verb: "OPER", ...AFTER, params: 2, run: oper,
    syntax: "name password", help: "Makes you an operator of the server." },
  { verb: "KILL", ...AFTER, params: 1, operator: true, run: kill,
    syntax: "nickname [:comment]", help: "Closes the connection of a user." },
  { verb: "WALLOPS", ...AFTER, params: 1, operator: true, run: wallops,
    syntax: ":text", help: "Writes to everyone who set +w." },
  { verb: "REHASH", ...AFTER, params: 0, operator: true, run: rehash,
    syntax: "", help: "Reads the configuration anew." },
  { verb: "HELP", ...AFTER, params: 0, run: explain,
    syntax: "[command]", help: "Lists the commands, or explains one." },
];

/** HELP reads the table that it stands in. */
function explain(turn: Turn, message: IrcMessage): void {
  help(COMMANDS, turn, message);
}

/** The commands by verb. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  ROWS.map((command) => [command.verb, command]),
);
