import { detached } from "../detached.ts";
import { durationText } from "../duration_text.ts";
import type { Handler, HandlerTable, Received } from "../handler.ts";
import { type Batch, type ClientState, MAX_BATCH_NICKS } from "../state.ts";
import type { Turn } from "../turn.ts";
import { MAX_NAME, type Window } from "../windows.ts";

/** `ann joined`, with who that is; the user's own name as "you". */
function who({ from, own }: Received): string {
  return own ? "You" : from;
}

const join: Handler = (state, message, turn) => {
  const { from, own, user, host } = message;
  const name = message.params[0] ?? "";
  if (own) joinSelf(state, message, turn);
  const channel = state.windows.joined(name);
  if (channel === undefined) return;
  state.windows.remember(channel.members, { nick: from, prefixes: "", away: false });
  if (collect(state, message, channel)) return;
  const identity = user === null || host === null ? "" : `${user}@${host}`;
  const where = identity === "" || own ? "" : ` (${identity})`;
  turn.show({
    kind: "join",
    window: channel.name,
    from,
    own,
    text: `${who(message)} joined ${channel.name}${where}`,
    data: identity === "" ? {} : { identity },
  });
};

function joinSelf(state: ClientState, { params, user, host }: Received, turn: Turn): void {
  const window = state.windows.open(params[0] ?? "", "channel");
  if (window === undefined || window.kind !== "channel") return;
  if (user !== null) state.user = user;
  if (host !== null) state.host = host;
  Object.assign(window, { joined: true, wanted: true, name: params[0] });
  window.members.clear();
  turn.add({ kind: "joined", channel: window.name });
  // Whoever has just come in sees the channel that was asked for, and not the server's greeting.
  const { windows } = state;
  if (windows.current.kind === "server" && !window.seen && windows.find(state.target) === window) {
    windows.switchTo(windows.list.indexOf(window));
    turn.add({ kind: "switched" });
  }
  if (window.lostAt !== undefined) tellGap(window, window.lostAt, turn);
}

/** The connection was lost in between: nobody knows what was said. */
function tellGap(window: Window, since: number, turn: Turn): void {
  window.lostAt = undefined;
  const seconds = Math.max(0, Math.round((turn.now - since) / 1_000));
  turn.show({
    kind: "gap",
    window: window.name,
    text: `Back after ${durationText(seconds)}: what was said meanwhile is missing here`,
    data: { since: new Date(since).toISOString(), seconds },
  });
}

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

/** Joins and quits of a net split are told in one line, when the batch ends. */
function collect(state: ClientState, { tags, from }: Received, channel: Window): boolean {
  const batch: Batch | undefined = state.batches.get(tags.get("batch") ?? "");
  if (batch?.type !== "netsplit" && batch?.type !== "netjoin") return false;
  const nicks = batch.nicks.get(channel.name) ?? [];
  batch.nicks.set(channel.name, nicks);
  if (batch.size < MAX_BATCH_NICKS && from.length <= MAX_NAME) {
    batch.size++;
    nicks.push(detached(from));
  }
  return true;
}

/** A reason in brackets, if there is one. */
export function because(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}

/** Who comes and goes. */
export const PRESENCE: HandlerTable = {
  JOIN: join,
  PART: part,
  KICK: kick,
  QUIT: quit,
  NICK: nick,
};
