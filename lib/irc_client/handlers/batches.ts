import { detached } from "../detached.ts";
import type { Handler, HandlerTable, Received } from "../handler.ts";
import { type Batch, type ClientState, MAX_BATCH_NICKS, MAX_BATCHES } from "../state.ts";
import type { Turn } from "../turn.ts";
import { MAX_NAME, type Window } from "../windows.ts";
import { listText } from "../names_text.ts";

/** `BATCH +a1 netsplit irc.hub irc.leaf` … `BATCH -a1` (https://ircv3.net/specs/extensions/batch). */
const batch: Handler = (state, { params: [reference = "", type = "", ...params], tags }, turn) => {
  const id = reference.slice(1);
  if (reference.startsWith("+")) {
    if (state.batches.size < MAX_BATCHES) {
      const label = tags.get("label");
      state.batches.set(id, { type: type.toLowerCase(), params, nicks: new Map(), size: 0, label });
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
    const who = listText(names, ", ");
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

/** Joins and quits of a net split are told in one line, when the batch ends. */
export function collect(state: ClientState, { tags, from }: Received, channel: Window): boolean {
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

/** Messages that belong together. */
export const BATCHES: HandlerTable = { BATCH: batch };
