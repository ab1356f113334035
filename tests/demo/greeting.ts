import { encodeUtf8 } from "../../lib/codec/text.ts";
import { connectTo, readAll } from "../support/peer.ts";
import type { Chapter } from "./stage.ts";

/** A greeting: who ends the conversation, and how, so that nothing is lost. */
export const GREETING: Chapter = {
  title: "Greeting: how to hang up so that nothing is lost",
  async tell(stage): Promise<void> {
    const server = await stage.start("greeting-server", ["--backlog", "5"]);
    const tap = stage.tap(server);
    const greeting = await stage.run("greeting-client", ["--port", String(tap.port)]);
    for (const line of tap.lines) stage.show(line);
    stage.check("the client printed it", greeting.stdout === "Thank you for connecting\n");
    stage.check(
      "this time the server finished first",
      tap.lines.findIndex((line) => line.includes("<-- server    FIN")) <
        tap.lines.findIndex((line) => line.includes("--> server    FIN")),
    );

    stage.say("A client that talks first, and a lot. To close with that unread would be a reset.");
    using client = await connectTo(server.port);
    const flood = new Uint8Array(100_000);
    for (let sent = 0; sent < flood.length;) sent += await client.write(flood.subarray(sent));
    await client.closeWrite();
    const answer = await readAll(client);
    stage.show(`${flood.length} bytes sent, and then: ${new TextDecoder().decode(answer).trim()}`);
    stage.check(
      "it got its greeting all the same",
      answer.length === encodeUtf8("Thank you for connecting\n").length,
    );
    client.close();
    await stage.stop(server);
  },
};
