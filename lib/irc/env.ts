import type { Env } from "../chat/turn.ts";

/** What the chat needs of this world: the time, and ids that no other message ever has. */
export function createEnv(): Env {
  const run = Date.now().toString(36);
  let messages = 0;
  return {
    get now() {
      return Date.now();
    },
    messageId: () => `${run}-${(++messages).toString(36)}`,
  };
}
