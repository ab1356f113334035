import { isNickname, MAX_NICK_TRIES, nextNick } from "../nickname.ts";
import type { Handler, HandlerTable } from "../handler.ts";
import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { showNumeric } from "./numerics.ts";

/** The first lines of a connection (RFC 2812 section 3.1, capability negotiation before it ends). */
export function register(state: ClientState, turn: Turn): void {
  const { settings, nick } = state;
  // Whatever the server thinks of CAP, it may have the rest at once: it waits for CAP END, or ignores it.
  turn.sendNow("CAP", "LS", "302");
  if (settings.password !== undefined) turn.sendNow("PASS", settings.password);
  turn.sendNow("NICK", nick);
  turn.sendNow("USER", userName(settings.nick), "0", "*", settings.nick);
}

/** User names are letters and digits, ten of them at most. */
function userName(nick: string): string {
  return nick.toLowerCase().replace(/[^a-z0-9]/g, "").slice(0, 10) || "user";
}

const cap: Handler = (state, { params }, turn) => {
  for (const answer of state.negotiation.receive(params.slice(1))) turn.sendNow("CAP", ...answer);
};

const welcome: Handler = (state, { params }, turn) => {
  state.registered = true;
  state.askingNick = false;
  // The server's word counts: it may have cut the nickname.
  const [nick = ""] = params;
  if (nick !== "" && nick !== "*") state.nick = nick;
  turn.say("status", "", params.at(-1) ?? "");
};

/** The greeting is over, with or without a message of the day: the channels are next. */
const ready: Handler = (state, { verb, params }, turn) => {
  if (verb === "422") turn.say("status", "", params.at(-1) ?? "");
  for (const { name, wanted, joined, key } of state.windows.channels) {
    if (wanted && !joined) turn.sendNow("JOIN", name, ...key === "" ? [] : [key]);
  }
  turn.add({ kind: "ready" });
};

const isupport: Handler = (state, { params }) => {
  state.features.add(params.slice(1, -1));
};

/** The nickname is taken, or none in the eyes of this server. */
const nickRefused: Handler = (state, { verb, params }, turn) => {
  const refused = params.length > 2 ? params[1] ?? "" : state.nick;
  const reason = `Nickname "${refused}" was refused: ${params.at(-1) ?? verb}`;
  const window = state.windows.current.name;
  turn.say("error", window, reason);
  if (state.registered) return;
  const { interactive } = state.settings;
  const isTaken = verb === "433" || verb === "436";
  if (isTaken && state.nickTries < (interactive ? 1 : MAX_NICK_TRIES)) {
    state.nickTries++;
    state.nick = nextNick(state.nick);
    turn.say("status", window, `Trying "${state.nick}" instead`);
    turn.sendNow("NICK", state.nick);
  } else if (interactive) {
    state.askingNick = true;
    turn.say("status", window, "Type the nickname to use instead");
  } else {
    turn.add({ kind: "refused", why: "nick", reason });
  }
};

/** The answer that was asked for: the next nickname to try. */
export function answerNick(state: ClientState, text: string, turn: Turn): void {
  const nick = text.trim();
  if (!isNickname(nick)) {
    turn.say("error", state.windows.current.name, `"${nick}" is no nickname: letters and digits`);
    return;
  }
  state.askingNick = false;
  state.nickTries = 0;
  state.nick = nick;
  turn.sendNow("NICK", nick);
}

/** 437 means a nickname or a channel, whichever it names. */
const unavailable: Handler = (state, message, turn) => {
  const isChannel = state.features.isChannel(message.params[1] ?? "");
  return isChannel ? showNumeric(state, message, turn) : nickRefused(state, message, turn);
};

/** Wrong password, banned from the server; later on, the answer to OPER and the like. */
const notLetIn: Handler = (state, message, turn) => {
  if (state.registered) return showNumeric(state, message, turn);
  const { params } = message;
  const reason = `The server does not let "${state.nick}" in: ${
    params.at(-1) ?? "no reason given"
  }`;
  turn.say("error", "", reason);
  turn.add({ kind: "refused", why: "kept out", reason });
};

const ping: Handler = (_state, { params }, turn) => {
  turn.sendNow("PONG", ...params.slice(-1));
};

const pong: Handler = (state, { params }, turn) => {
  const token = params.at(-1) ?? "";
  turn.add({ kind: "answered", by: token });
  if (token === finishToken(state)) turn.add({ kind: "finished" });
};

/** What the last PING of a pipe says: its answer comes after everything before it was processed. */
export function finishToken({ settings }: ClientState): string {
  return `${settings.nick}-is-done`;
}

const error: Handler = (state, { params }, turn) => {
  state.lastError = params.at(-1) ?? "";
  // The answer to QUIT is no news.
  if (!state.isLeaving) turn.say("error", "", `The server ends the connection: ${state.lastError}`);
};

/** Everything up to the point where a client is known, and what keeps the connection alive. */
export const REGISTRATION: HandlerTable = {
  CAP: cap,
  PING: ping,
  PONG: pong,
  ERROR: error,
  "001": welcome,
  "005": isupport,
  "376": ready,
  "422": ready,
  "432": nickRefused,
  "433": nickRefused,
  "436": nickRefused,
  "437": unavailable,
  "464": notLetIn,
  "465": notLetIn,
};
