import type { Handler, HandlerTable } from "../handler.ts";

/** AWAY of others (away-notify); in channels it would be noise, so that only a talk with them shows it. */
const away: Handler = (state, { params: [reason = ""], from, own }, turn) => {
  const isAway = reason !== "";
  for (const { members } of state.channelsWith(from)) {
    const key = state.features.fold(from);
    const member = members.get(key);
    if (member !== undefined) members.set(key, { ...member, away: isAway });
  }
  const query = state.windows.find(from);
  if (query?.kind !== "query") return;
  const text = isAway ? `${from} is away: ${reason}` : `${from} is back`;
  turn.show({ kind: "away", window: query.name, from, own, text, data: { reason } });
};

const setName: Handler = (state, { params: [name = ""], from, own }, turn) => {
  for (const { name: window } of state.channelsWith(from)) {
    const text = `${own ? "You are" : `${from} is`} now called "${name}"`;
    turn.show({ kind: "user", window, from, own, text, data: { name } });
  }
};

/** CHGHOST: the user's own counts for the length of lines, the others' interest nobody. */
const changeHost: Handler = (state, { params: [user = "", host = ""], own }) => {
  if (own) Object.assign(state, { user, host });
};

/** 396: the host that the server shows from now on. */
const ownHost: Handler = (state, { params: [, host = ""] }, turn) => {
  state.host = host.replace(/^.*@/s, "");
  turn.say("status", "", `The server shows your host as ${state.host}`);
};

/** What is known of people beyond where they are. */
export const PEOPLE: HandlerTable = {
  AWAY: away,
  SETNAME: setName,
  CHGHOST: changeHost,
  "396": ownHost,
};
