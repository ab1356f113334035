import { reconnectPause } from "../irc_client/reconnect.ts";
import { sleep } from "../net/sleep.ts";
import type { Chat, Ending } from "./chat.ts";

/**
 * Talks, and connects again when the connection is lost.
 *
 * @param talk One connection from its beginning to its end; resolves with why it is over.
 * @param once Whether the first loss is the end.
 * @throws Whatever `talk` throws.
 */
export async function stayConnected(
  chat: Chat,
  talk: () => Promise<string>,
  once: boolean,
): Promise<Ending> {
  for (let failures = 0;; failures++) {
    const { welcomes } = chat;
    const why = await talk();
    if (chat.ending !== undefined) return chat.ending;
    if (chat.welcomes === 0) return notLetIn(chat, why);
    if (chat.welcomes > welcomes) failures = 0;
    const reason = `Connection lost: ${why}`;
    const pause = reconnectPause(failures, Math.random());
    if (once || chat.awaitsLastAnswer || pause === undefined) return { kind: "lost", reason };
    chat.tell(`${reason}; trying again in ${Math.ceil(pause / 1_000)} s`);
    await sleep(pause, chat.leaving.signal);
    if (chat.ending !== undefined) return chat.ending;
  }
}

/** A server that says why it ends the connection does not want the user; another may come back. */
function notLetIn({ client }: Chat, why: string): Ending {
  const reason = `Could not register: ${why}`;
  return client.state.lastError === ""
    ? { kind: "lost", reason }
    : { kind: "refused", why: "kept out", reason };
}
