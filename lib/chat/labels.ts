/**
 * Labeled responses: everything that a client gets in answer to a labelled command carries the label,
 * as one line, as a batch of lines, or as ACK where there is nothing to say.
 *
 * ```text
 * @label=7 WHOIS ann            @label=7 :server BATCH +r1 labeled-response
 *                               @batch=r1 :server 311 …
 *                               @batch=r1 :server 318 …
 *                               :server BATCH -r1
 * ```
 *
 * Source: https://ircv3.net/specs/extensions/labeled-response
 *
 * @module
 */

import { escapeTagValue } from "../codec/irc_tags.ts";
import type { Action, SendAction } from "./actions.ts";
import type { Client } from "./client.ts";
import type { Line } from "./line.ts";

/** Bytes of a label (labeled-response, "Tag value"). */
export const MAX_LABEL_BYTES = 64;

/** Makes a line of the server. */
export type MakeLine = (verb: string, params: readonly string[]) => Line;

/**
 * Labels the answer that a list of actions holds for a client. Lines that go to others as well are
 * split into two actions; lines that were relayed to the client, such as its message to itself, are no
 * part of the answer.
 */
export function labelActions(
  actions: readonly Action[],
  client: Client,
  label: string,
  makeLine: MakeLine,
  makeId: () => string,
): readonly Action[] {
  const labelTag = `label=${escapeTagValue(label)}`;
  const answers = actions.filter((action) => isAnswer(action, client)).length;
  if (answers === 0) return [...actions, respond(client, makeLine("ACK", []), labelTag)];
  const batch = answers > 1 ? makeId() : null;
  const labelled: Action[] = [];
  let left = answers;
  for (const action of actions) {
    if (!isAnswer(action, client)) {
      labelled.push(action);
      continue;
    }
    if (batch !== null && left === answers) {
      const opening = makeLine("BATCH", [`+${batch}`, "labeled-response"]);
      labelled.push(respond(client, opening, labelTag));
    }
    const others = action.to.filter((recipient) => recipient !== client);
    if (others.length > 0) labelled.push({ ...action, to: others });
    labelled.push(respond(client, action.line, batch === null ? labelTag : `batch=${batch}`));
    left--;
    if (batch !== null && left === 0) {
      const closing = makeLine("BATCH", [`-${batch}`]);
      labelled.push({ kind: "send", to: [client], line: closing, relayed: false });
    }
  }
  return labelled;
}

function isAnswer(action: Action, client: Client): action is SendAction {
  return action.kind === "send" && !action.relayed && action.to.includes(client);
}

function respond(client: Client, line: Line, tag: string): SendAction {
  return { kind: "send", to: [client], line: line.asResponse(tag), relayed: false };
}
