import { assertEquals } from "@std/assert";
import { Chat } from "../../../lib/chat_client/chat.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** A chat of a pipe as ann, for #lobby. */
function newChat(): Chat {
  const channels = [{ name: "#lobby", key: "" }];
  return new Chat({ nick: "ann", channels, interactive: false, version: "test" }, 0);
}

/** Lines of the server. */
function hear(chat: Chat, ...lines: readonly string[]): void {
  for (const line of lines) chat.act(chat.client.receive(new TextEncoder().encode(line), 0));
}

/** A connection begins, and the server greets. */
function greet(chat: Chat): void {
  chat.act(chat.client.connected(0));
  hear(chat, ":s 001 ann :Hi", ":s 422 ann :No message of the day");
}

Deno.test(
  "a pipe is in with its channel, and stays in without it once it has left it",
  PURE,
  () => {
    const chat = newChat();
    assertEquals(chat.isIn, false, "before anything");
    greet(chat);
    assertEquals(chat.isIn, false, "before the channel");
    hear(chat, ":ann!u@h JOIN #lobby");
    assertEquals(chat.isIn, true, "in the channel");
    hear(chat, ":ann!u@h PART #lobby");
    assertEquals(chat.isIn, true, "made to leave it");
    chat.act(chat.client.typed("/part #lobby", 0));
    assertEquals(chat.isIn, true, "left it");
    chat.lost();
    assertEquals(chat.isIn, false, "without a connection");
  },
);

Deno.test(
  "who has left all channels waits for none when the connection is back",
  PURE,
  async () => {
    const chat = newChat();
    greet(chat);
    hear(chat, ":ann!u@h JOIN #lobby");
    chat.act(chat.client.typed("/part #lobby", 0));
    chat.lost();
    const { promise } = chat.joined;
    greet(chat);
    await promise;
    assertEquals(chat.isIn, true);
  },
);

Deno.test(
  "an answer to the last question counts once it was asked, after all the rest",
  PURE,
  () => {
    const chat = newChat();
    greet(chat);
    hear(chat, ":ann!u@h JOIN #lobby");
    const answer = ":s PONG s ann-is-done";
    hear(chat, answer);
    assertEquals(chat.ending, undefined, "the pipe is open");
    chat.act(chat.client.piped("hello", 0));
    chat.finish();
    hear(chat, answer);
    assertEquals(chat.ending, undefined, "nothing was sent");
    assertEquals(chat.outbox.take(0).lines.slice(-2), ["PRIVMSG #lobby hello", "PING ann-is-done"]);
    hear(chat, answer);
    assertEquals(chat.ending, { kind: "done" });
  },
);
