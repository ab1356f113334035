import { parseModes } from "../../codec/irc_modes.ts";
import { type Handler, type HandlerTable, who } from "../handler.ts";
import { modeText } from "../mode_text.ts";
import { namesText } from "../names_text.ts";
import type { ClientState } from "../state.ts";
import type { Member, Window } from "../windows.ts";

const topic: Handler = (state, { params: [name = "", text = ""], from, own }, turn) => {
  const channel = state.windows.joined(name);
  if (channel !== undefined) channel.topic = text;
  turn.show({
    kind: "topic",
    window: channel?.name ?? "",
    from,
    own,
    text: text === ""
      ? `${who({ from, own })} removed the topic`
      : `${who({ from, own })} set the topic: ${text}`,
    data: { topic: text },
  });
};

const topicReply: Handler = (state, { verb, params: [, name = "", text = ""] }, turn) => {
  const channel = state.windows.joined(name);
  const topic = verb === "331" ? "" : text;
  if (channel !== undefined) channel.topic = topic;
  turn.show({
    kind: "topic",
    window: channel?.name ?? state.windows.current.name,
    text: topic === "" ? `${name} has no topic` : `Topic of ${name}: ${topic}`,
    data: { topic },
  });
};

/** 353: names with ranks before and, with userhost-in-names, hosts behind them. */
const names: Handler = (state, { params }) => {
  const channel = state.windows.joined(params.at(-2) ?? "");
  if (channel === undefined) return;
  channel.names ??= new Map();
  for (const word of (params.at(-1) ?? "").split(" ")) {
    const { nick, prefixes } = readMember(state, word);
    const away = channel.members.get(state.features.fold(nick))?.away ?? false;
    state.windows.remember(channel.names, { nick, prefixes, away });
  }
};

function readMember(state: ClientState, word: string): Pick<Member, "nick" | "prefixes"> {
  let at = 0;
  while (at < word.length && state.features.prefixSymbols.includes(word.charAt(at))) at++;
  return { prefixes: word.slice(0, at), nick: word.slice(at).replace(/!.*$/s, "") };
}

/** 366: the list is whole and replaces what was known. */
const endOfNames: Handler = (state, { params: [, name = ""] }, turn) => {
  const channel = state.windows.joined(name);
  if (channel?.names === undefined) return;
  channel.members.clear();
  for (const [key, member] of channel.names) channel.members.set(key, member);
  channel.names = undefined;
  const members = [...channel.members.values()];
  turn.show({
    kind: "names",
    window: channel.name,
    text: namesText(members, state.features.prefixSymbols),
    data: { names: members.map(({ nick, prefixes }) => prefixes + nick) },
  });
};

const mode: Handler = (state, { params: [target = "", ...modes], from, own }, turn) => {
  const channel = state.windows.joined(target);
  const by = who({ from, own });
  if (channel === undefined) {
    turn.show({
      kind: "mode",
      window: "",
      from,
      own,
      text: `${by} set the mode of ${target}: ${modes.join(" ")}`,
      data: { modes: modes.join(" ") },
    });
    return;
  }
  const changes = parseModes(modes, state.features.modeKinds);
  for (const { add, letter, param } of changes) {
    const isRank = state.features.modeKinds.get(letter) === "member";
    if (isRank && param !== null) setRank(state, channel, param, letter, add);
  }
  const text = changes.map((change) => modeText(change, state.features.modeKinds)).join(", ");
  const data = { modes: modes.join(" ") };
  turn.show({ kind: "mode", window: channel.name, from, own, text: `${by} ${text}`, data });
};

function setRank(
  { features }: ClientState,
  { members }: Window,
  nick: string,
  letter: string,
  add: boolean,
): void {
  const member = members.get(features.fold(nick));
  const symbol = features.prefixSymbols.charAt(features.prefixLetters.indexOf(letter));
  if (member === undefined || symbol === "") return;
  const had = new Set(member.prefixes);
  if (add) had.add(symbol);
  else had.delete(symbol);
  const prefixes = [...features.prefixSymbols].filter((each) => had.has(each)).join("");
  members.set(features.fold(nick), { ...member, prefixes });
}

const invite: Handler = (state, { params: [nick = "", channel = ""], from }, turn) => {
  const isUser = state.isOwn(nick);
  turn.show({
    kind: "invite",
    window: isUser ? state.windows.current.name : state.windows.joined(channel)?.name ?? "",
    from,
    text: isUser
      ? `${from} invites you to ${channel}: /join ${channel}`
      : `${from} invited ${nick} to ${channel}`,
    mention: isUser,
    data: { nick, channel },
  });
};

/** Topics, names, modes, invitations. */
export const CHANNELS: HandlerTable = {
  TOPIC: topic,
  MODE: mode,
  INVITE: invite,
  "331": topicReply,
  "332": topicReply,
  "353": names,
  "366": endOfNames,
};
