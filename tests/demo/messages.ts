import { encodeUtf8 } from "../../lib/codec/text.ts";
import { connectTo, exchange, readCount } from "../support/peer.ts";
import type { Chapter } from "./stage.ts";

/** More than one message may have: the server says so and goes on. */
const TOO_LONG = 5_000;

/** Messages: where one ends, whatever the segments, and whom "close" closes. */
export const MESSAGES: Chapter = {
  title: "Messages: a line is a message, a segment is not",
  async tell(stage): Promise<void> {
    const server = await stage.start("message-server");
    const tap = stage.tap(server);

    stage.say("A client sends a message and a half, and then the other half:");
    using client = await connectTo(tap.port);
    await client.write(encodeUtf8("Wake up\nfollow the "));
    const first = await readCount(client, "accepted\n".length);
    await client.write(encodeUtf8("white rabbit\n"));
    const second = await readCount(client, "accepted\n".length);
    for (const line of tap.lines) stage.show(line);
    stage.check("each message was answered once", first.length === 9 && second.length === 9);
    const seen = await server.stdout.findAll((line) => line.startsWith("127."), 2, "messages");
    for (const line of seen) stage.show(line);
    stage.check(
      "the server saw two messages, whole",
      seen[0]!.endsWith(": Wake up") && seen[1]!.endsWith(": follow the white rabbit"),
    );

    stage.say('Another client talks, and closes its own conversation with "close":');
    const port = ["--port", String(server.port)];
    const talk = await stage.run("message-client", [...port, "Wake up, Neo", "close"]);
    stage.check(
      "it was answered twice and ended well",
      talk.code === 0 && talk.stdout === "Received: accepted\nReceived: closed\n",
    );
    await client.write(encodeUtf8("still here\n"));
    const third = await readCount(client, "accepted\n".length);
    stage.check("the first client's conversation went on", third.length === 9);

    stage.say("A message that is too long, and the one behind it:");
    const answers = await exchange(server.port, `${"x".repeat(TOO_LONG)}\nnext\n`);
    for (const line of answers.trimEnd().split("\n")) stage.show(line);
    stage.check(
      "the first was refused, the second accepted",
      answers === "error: message longer than 4096 bytes, discarded\naccepted\n",
    );
    client.close();
    await stage.stop(server);
  },
};
