import type { Handler, HandlerTable } from "../handler.ts";
import { type Batch, type ClientState, MAX_BATCHES } from "../state.ts";
import type { Turn } from "../turn.ts";
import { MAX_NAMES_SHOWN } from "../names_text.ts";

/** `BATCH +a1 netsplit irc.hub irc.leaf` … `BATCH -a1` (https://ircv3.net/specs/extensions/batch). */
const batch: Handler = (state, { params: [reference = "", type = "", ...params] }, turn) => {
  const id = reference.slice(1);
  if (reference.startsWith("+")) {
    if (state.batches.size < MAX_BATCHES) {
      state.batches.set(id, { type: type.toLowerCase(), params, nicks: new Map(), size: 0 });
    }
    return;
  }
  const ended = state.batches.get(id);
  state.batches.delete(id);
  if (ended !== undefined) tellSplit(state, ended, turn);
};

function tellSplit(state: ClientState, { type, params, nicks }: Batch, turn: Turn): void {
  const servers = params.slice(0, 2).join(" and ");
  for (const [channel, names] of nicks) {
    const shown = names.slice(0, MAX_NAMES_SHOWN).join(", ");
    const more = names.length - MAX_NAMES_SHOWN;
    const who = `${shown}${more > 0 ? ` and ${more} more` : ""}`;
    turn.show({
      kind: type === "netsplit" ? "split" : "join",
      window: state.windows.find(channel)?.name ?? "",
      text: type === "netsplit"
        ? `Net split between ${servers}: ${who} left`
        : `The net split between ${servers} is over: ${who} came back`,
      data: { nicks: names },
    });
  }
}

/** Messages that belong together. */
export const BATCHES: HandlerTable = { BATCH: batch };
