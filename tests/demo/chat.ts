import { connectTo, readUntil } from "../support/peer.ts";
import type { Chapter } from "./stage.ts";

/** Chat: three clients in one channel, one of them a person with nc, one in a pipe. */
export const CHAT: Chapter = {
  title: "Chat: IRC, for every client in the world",
  async tell(stage): Promise<void> {
    const server = await stage.start("chat-server");
    const port = ["--port", String(server.port)];

    stage.say("Ann joins with our client and listens; Bob types the protocol by hand, as with nc:");
    const ann = stage.startClient("chat-client", ["--nick", "ann", ...port]);
    await ann.stderr.find((line) => line.includes("#lobby"), "ann in #lobby");
    using bob = await connectTo(server.port);
    await bob.write(new TextEncoder().encode("NICK bob\r\nUSER bob 0 * :Bob\r\nJOIN #lobby\r\n"));
    const joined = await readUntil(bob, / 366 /);
    for (const line of joined.trimEnd().split("\r\n").slice(-3)) stage.show(`bob hears: ${line}`);
    stage.check("Bob sees Ann in the channel", / 353 .*ann/.test(joined));

    stage.say("A third one comes from a pipe, says a line, and leaves:");
    const pipe = { stdin: "build green\n" };
    const ci = await stage.run("chat-client", ["--nick", "ci", "--quiet", ...port], pipe);
    const heard = await readUntil(bob, / QUIT /);
    const said = heard.split("\r\n").find((line) => line.includes("PRIVMSG")) ?? "";
    stage.show(`bob hears: ${said}`);
    stage.show(
      `ann hears: ${await ann.stdout.find((line) => line.startsWith("<ci>"), "ci's line")}`,
    );
    stage.check(
      "both heard it, once, before it left",
      said.endsWith("PRIVMSG #lobby :build green"),
    );
    stage.check("and it ended with exit code 0", ci.code === 0);

    stage.say("Ann answers:");
    await ann.type("thanks, ci\n");
    await ann.endInput();
    const answer = await readUntil(bob, /PRIVMSG #lobby :thanks, ci/);
    stage.show(`bob hears: ${answer.split("\r\n").find((line) => line.includes("thanks"))}`);
    stage.check("her pipe ends, and so does she", (await ann.end()).code === 0);
    bob.close();
    await stage.stop(server);
  },
};
