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

Deno.test(
  "a line that waits for its turn through a loss has no label of the old connection",
  PURE,
  async () => {
    const chat = newChat();
    chat.act(chat.client.connected(0));
    hear(chat, ":s CAP * LS :batch labeled-response", ":s CAP ann ACK :batch labeled-response");
    hear(chat, ":s 001 ann :Hi", ":s 422 ann :None", ":ann!u@h JOIN #lobby");
    chat.act(chat.client.piped("early", 0));
    assertEquals(chat.outbox.take(0).lines.at(-1), "@label=m1 PRIVMSG #lobby early");
    for (let n = 0; n <= 20; n++) chat.act(chat.client.piped("in between", 0));
    const late = chat.actAsSent(chat.client.piped("late", 0));
    chat.lost();
    greet(chat);
    chat.outbox.take(0);
    await chat.nap(0, AbortSignal.abort());
    await late;
    assertEquals(chat.outbox.take(0).lines, ["PRIVMSG #lobby late"]);
  },
);
