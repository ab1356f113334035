import { answerCtcp, type Ctcp, formatCtcp, parseCtcp } from "../ctcp.ts";
import type { Handler, HandlerTable, Received } from "../handler.ts";
import { callsByName } from "../nickname.ts";
import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { labelOf, showRefusal } from "./refusals.ts";

/** PRIVMSG and NOTICE: what is said, to a channel or to the user. */
const said: Handler = (state, message, turn) => {
  const { verb, params: [target = "", text = ""], from, own } = message;
  const label = labelOf(state, message);
  if (label !== undefined) state.labels.delete(label);
  // An echo of a line that had no label: its words are what tells which line was read.
  else if (own) turn.add({ kind: "answered", by: message.params.join(" ") });
  const ctcp = parseCtcp(text);
  if (ctcp !== undefined && ctcp.command !== "ACTION") {
    if (!own || state.isOwn(target)) takeCtcp(state, message, ctcp, turn);
    return;
  }
  const words = ctcp?.text ?? text;
  const isForUser = state.isOwn(target);
  turn.show({
    kind: ctcp !== undefined ? "action" : verb === "NOTICE" ? "notice" : "message",
    window: windowOf(state, message),
    from,
    text: words,
    own,
    mention: !own && (isForUser && verb === "PRIVMSG" ||
      callsByName(words, state.nick, (name) => state.features.fold(name))),
    data: { target },
  });
};

/** Where a message belongs: its channel, the talk with its sender, or the server's window. */
function windowOf(state: ClientState, { verb, params, from, host, own }: Received): string {
  const target = params[0] ?? "";
  const channel = state.features.channelOf(target);
  if (channel !== undefined) return state.windows.joined(channel)?.name ?? "";
  const partner = own ? target : from;
  const known = state.windows.find(partner);
  if (known !== undefined) return known.name;
  if (own) return state.windows.current.name;
  // Servers and services send notices; a window for each would be a nuisance.
  if (verb === "NOTICE" || host === null || !state.registered) return "";
  return state.windows.open(partner, "query")?.name ?? "";
}

function takeCtcp(state: ClientState, message: Received, ctcp: Ctcp, turn: Turn): void {
  const { verb, from, params } = message;
  const { command, text } = ctcp;
  if (verb === "NOTICE") {
    turn.say("status", state.windows.current.name, `${from} answers ${command}: ${text}`);
    return;
  }
  const answer = answerCtcp(ctcp, state.settings.version);
  // Who asks too often is not answered, and not shown either: both could be used to flood.
  if (!state.ctcpAnswers.tryTake(turn.now)) return;
  const where = state.features.channelOf(params[0] ?? "") ?? "";
  turn.say("status", where, `${from} asks for ${command}`);
  if (answer !== undefined) turn.send("NOTICE", from, formatCtcp(answer));
}

/** FAIL, WARN and NOTE: `FAIL NICK NICK_RESERVED ann :Nickname is reserved` (standard replies). */
const standardReply: Handler = (state, message, turn) => {
  const { verb, params: [command = "", code = "", ...rest] } = message;
  const context = rest.slice(0, -1);
  const about = command === "*" ? "" : `${command}: `;
  const text = `${about}${rest.at(-1) ?? code}${
    context.length === 0 ? "" : ` (${context.join(" ")})`
  }`;
  const window = state.windows.current.name;
  if (verb === "FAIL") showRefusal(state, message, turn, { window, text, data: { code } });
  else turn.show({ kind: "status", window, text, data: { code } });
};

const wallops: Handler = (_state, { params, from }, turn) => {
  turn.show({ kind: "notice", window: "", from, text: params.at(-1) ?? "" });
};

/** What people and servers say. */
export const MESSAGES: HandlerTable = {
  PRIVMSG: said,
  NOTICE: said,
  WALLOPS: wallops,
  FAIL: standardReply,
  WARN: standardReply,
  NOTE: standardReply,
};
