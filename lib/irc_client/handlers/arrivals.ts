import { durationText } from "../../codec/duration_text.ts";
import { type Handler, type HandlerTable, type Received, who } from "../handler.ts";
import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";
import type { Window } from "../windows.ts";
import { collect } from "./batches.ts";

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

/** Who comes, the user included. */
export const ARRIVALS: HandlerTable = { JOIN: join };
