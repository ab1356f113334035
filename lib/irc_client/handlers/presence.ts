import { type Handler, type HandlerTable, who } from "../handler.ts";
import type { ClientState } from "../state.ts";
import type { Window } from "../windows.ts";
import { collect } from "./batches.ts";

const part: Handler = (state, message, turn) => {
  const { from, own, params: [name = "", reason = ""] } = message;
  const channel = state.windows.joined(name);
  if (channel === undefined) return;
  turn.show({
    kind: "part",
    window: channel.name,
    from,
    own,
    text: `${who(message)} left ${channel.name}${because(reason)}`,
    data: { reason },
  });
  leave(state, channel, from);
};

const kick: Handler = (state, message, turn) => {
  const { from, params: [name = "", victim = "", reason = ""] } = message;
  const channel = state.windows.joined(name);
  if (channel === undefined) return;
  const isUser = state.isOwn(victim);
  const text = `${isUser ? "You were" : `${victim} was`} kicked from ${channel.name} by ${from}` +
    because(reason);
  turn.show({
    kind: "kick",
    window: channel.name,
    from,
    text,
    own: message.own,
    mention: isUser,
    data: { nick: victim, reason },
  });
  leave(state, channel, victim);
  if (isUser && state.windows.find(state.target) === channel) {
    turn.add({ kind: "refused", why: "kept out", reason: text });
  }
};

/** Somebody is no longer in a channel; if it is the user, the channel is over until joined again. */
function leave(state: ClientState, channel: Window, nick: string): void {
  channel.members.delete(state.features.fold(nick));
  if (!state.isOwn(nick)) return;
  channel.joined = false;
  channel.wanted = false;
  channel.members.clear();
}

const quit: Handler = (state, message, turn) => {
  const { from, own, params: [reason = ""] } = message;
  const isSplit = isNetSplit(reason);
  const text = isSplit
    ? `${from} was split off (${reason.replace(" ", " from ")})`
    : `${who(message)} quit${because(reason)}`;
  for (const channel of state.channelsWith(from)) {
    channel.members.delete(state.features.fold(from));
    if (collect(state, message, channel)) continue;
    const kind = isSplit ? "split" : "quit";
    turn.show({ kind, window: channel.name, from, own, text, data: { reason } });
  }
  const query = state.windows.find(from);
  if (query?.kind === "query") turn.show({ kind: "quit", window: query.name, from, own, text });
  // The name that was wanted in the first place has become free.
  const { nick } = state.settings;
  if (state.nickTries > 0 && state.features.fold(from) === state.features.fold(nick)) {
    state.nickTries = 0;
    turn.send("NICK", nick);
  }
};

/** Servers word a split as the names of the two that lost each other. */
function isNetSplit(reason: string): boolean {
  return /^[\w*-]+(\.[\w*-]+)+ [\w*-]+(\.[\w*-]+)+$/.test(reason);
}

const nick: Handler = (state, message, turn) => {
  const { from, own, params: [to = ""] } = message;
  if (to === "") return;
  const channels = state.channelsWith(from);
  if (own) state.nick = to;
  const text = own ? `You are now known as ${to}` : `${from} is now known as ${to}`;
  for (const { name, members } of channels) {
    const member = members.get(state.features.fold(from));
    members.delete(state.features.fold(from));
    if (member !== undefined) state.windows.remember(members, { ...member, nick: to });
    turn.show({ kind: "nick", window: name, from, own, text, data: { nick: to } });
  }
  if (own) turn.show({ kind: "nick", window: "", from, own, text, data: { nick: to } });
  const query = state.windows.find(from);
  // A talk follows its partner, unless there is one with the new name already.
  if (query?.kind === "query" && state.windows.find(to) === undefined) {
    query.name = to;
    turn.show({ kind: "nick", window: to, from, own, text, data: { nick: to } });
  }
};

/** A reason in brackets, if there is one. */
function because(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}

/** Who goes, and who is called otherwise. */
export const PRESENCE: HandlerTable = {
  PART: part,
  KICK: kick,
  QUIT: quit,
  NICK: nick,
};
