/**
 * Numerics in words, where the server's own text is not enough. Parameters begin with the nickname.
 *
 * Source: https://modern.ircdocs.horse/#numerics
 *
 * @module
 */
import { durationText } from "../codec/duration_text.ts";

/** The words for a numeric's parameters, by numeric. */
export const NUMERIC_WORDS: Readonly<Record<string, (params: readonly string[]) => string>> = {
  "301": ([, nick = "", text = ""]) => `${nick} is away: ${text}`,
  "305": () => "You are no longer marked as away",
  "306": () => "You are marked as away",
  "307": ([, nick = ""]) => `${nick} has a registered nickname`,
  "311": ([, nick = "", user = "", host = "", , name = ""]) =>
    `${nick} is ${user}@${host} (${name})`,
  "312": ([, nick = "", server = "", info = ""]) => `${nick} is on ${server} (${info})`,
  "314": ([, nick = "", user = "", host = "", , name = ""]) =>
    `${nick} was ${user}@${host} (${name})`,
  "315": ([, mask = ""]) => `End of the list of ${mask}`,
  "317": ([, nick = "", idle = "", since = ""]) =>
    `${nick} has been idle for ${durationText(Number(idle) || 0)}${connectedSince(since)}`,
  "319": ([, nick = "", channels = ""]) => `${nick} is in ${channels.trim()}`,
  "322": ([, channel = "", members = "", topic = ""]) =>
    `${channel}: ${members === "1" ? "1 member" : `${members} members`}${topic && `, ${topic}`}`,
  "323": () => "End of the list of channels",
  "324": ([, channel = "", ...modes]) =>
    modes.join("") === "+" || modes.length === 0
      ? `${channel} has no modes`
      : `${channel} has the modes ${modes.join(" ")}`,
  "329": ([, channel = "", at = ""]) => `${channel} was created on ${date(at)}`,
  "330": ([, nick = "", account = ""]) => `${nick} is logged in as ${account}`,
  "335": ([, nick = ""]) => `${nick} is a bot`,
  "341": ([, nick = "", channel = ""]) => `You invited ${nick} to ${channel}`,
  "346": ([, channel = "", mask = "", by]) => `${channel} lets in ${mask}${setBy(by)}`,
  "347": ([, channel = ""]) => `${channel} lets in nobody without an invitation`,
  "348": ([, channel = "", mask = "", by]) => `${channel} exempts ${mask} from bans${setBy(by)}`,
  "349": ([, channel = ""]) => `${channel} exempts nobody from bans`,
  "351": ([, version = "", server = "", text = ""]) => `${server} runs ${version} ${text}`.trim(),
  "352": ([, , user = "", host = "", server = "", nick = "", flags = "", text = ""]) =>
    `${nick} is ${user}@${host} (${text.replace(/^\d+ /, "")}) on ${server}, ${presence(flags)}`,
  "367": ([, channel = "", mask = "", by]) => `${channel} bans ${mask}${setBy(by)}`,
  "368": ([, channel = ""]) => `${channel} bans nobody`,
  "372": ([, text = ""]) => text.replace(/^- ?/, ""),
  "391": ([, server = "", ...rest]) => `The time at ${server}: ${rest.at(-1) ?? ""}`,
  "401": ([, name = ""]) => `Nobody here is called ${name}`,
  "403": ([, name = ""]) => `There is no channel ${name}`,
  "404": ([, channel = "", text = ""]) => `Cannot send to ${channel}: ${text}`,
  "421": ([, verb = ""]) => `The server does not know the command ${verb}`,
  "442": ([, channel = ""]) => `You are not in ${channel}`,
  "461": ([, verb = ""]) => `The server wants more parameters for ${verb}`,
  "471": ([, channel = ""]) => `Cannot join ${channel}: it is full`,
  "473": ([, channel = ""]) => `Cannot join ${channel}: it is for invited people only`,
  "474": ([, channel = ""]) => `Cannot join ${channel}: you are banned`,
  "475": ([, channel = ""]) => `Cannot join ${channel}: it has a key; /join ${channel} KEY`,
  "482": ([, channel = ""]) => `Only operators of ${channel} may do that`,
};

/** A time in seconds since 1970 as a date of the calendar, in UTC. */
function date(seconds: string): string {
  const time = new Date(Number(seconds) * 1_000);
  return Number.isNaN(time.getTime())
    ? seconds
    : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function connectedSince(seconds: string): string {
  return /^\d+$/.test(seconds) ? `, connected since ${date(seconds)}` : "";
}

function setBy(by: string | undefined): string {
  return by === undefined ? "" : `, set by ${by.replace(/!.*$/s, "")}`;
}

/** H or G for here or gone, `*` for an operator of the server (RFC 2812, RPL_WHOREPLY). */
function presence(flags: string): string {
  const where = flags.startsWith("G") ? "away" : "here";
  return flags.includes("*") ? `${where}, operator of the server` : where;
}
