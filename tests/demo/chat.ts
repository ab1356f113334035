import { ChatPeer } from "../support/chat_peer.ts";
import type { Chapter, Stage } from "./stage.ts";

/** Lines that each of two says at once; flood control lets so many through without a pause. */
const LINES_EACH = 5;

/** Chat: three clients in one channel of an IRC server, raw lines in, raw lines out. */
export const CHAT: Chapter = {
  title: "Chat: three clients in one channel, in the language of IRC",
  async tell(stage): Promise<void> {
    const server = await stage.start("chat-server");
    await using ann = await ChatPeer.connect(server.port, "ann");
    await using bob = await ChatPeer.connect(server.port, "bob");

    stage.say("Ann and Bob come with the lines that every IRC client sends, and join #lobby:");
    for (const peer of [ann, bob]) await enter(stage, peer);
    stage.check(
      "Ann reads that Bob has come",
      /JOIN #lobby/.test(await ann.find(/^:bob!.* JOIN /)),
    );

    stage.say("A third one comes out of a pipe, says a line, and leaves:");
    const port = ["--nick", "cy", "--quiet", "--port", String(server.port)];
    const cy = await stage.run("chat-client", port, { stdin: "The Matrix has you\n" });
    stage.check("our client said it and ended well", cy.code === 0);
    const [heard, same] = [await ann.find(/PRIVMSG/), await bob.find(/PRIVMSG/)];
    stage.show(`ann < ${heard}`);
    stage.show(`bob < ${same}`);
    stage.check(
      "both read the same line",
      heard === same && heard === ":cy!~cy@127.0.0.1 PRIVMSG #lobby :The Matrix has you",
    );
    const left = await ann.find(/QUIT/);
    stage.show(`ann < ${left}`);
    stage.check("and that Cy has left", left.startsWith(":cy!~cy@127.0.0.1 QUIT :"));

    await tellOfOrder(stage, [ann, bob]);

    stage.say("The server is asked to stop, and says so to everybody first:");
    const farewells = Promise.all([ann, bob].map(hearFarewell));
    await stage.stop(server);
    for (const last of await farewells) {
      stage.show(last);
      stage.check("everybody read why", last.endsWith("(Server is stopping)"));
    }
  },
};

/** Registers a client, lets it join, and shows both sides of it. */
async function enter(stage: Stage, peer: ChatPeer): Promise<void> {
  const lines = [`NICK ${peer.name}`, `USER ${peer.name} 0 * :${peer.name}`, "JOIN #lobby"];
  for (const line of lines) stage.show(`${peer.name} > ${line}`);
  await peer.send(...lines);
  stage.show(`${peer.name} < ${await peer.find(/ 001 /)}`);
  stage.show(`${peer.name} < ${await peer.find(/ 353 /)}`);
}

/** The last line that a client gets; then it closes, as clients do. */
async function hearFarewell(peer: ChatPeer): Promise<string> {
  const last = (await peer.rest()).at(-1);
  await peer[Symbol.asyncDispose]();
  return `${peer.name} < ${last}`;
}

/** Two speak at once; who hears them, hears them in one order, and each of them in its own. */
async function tellOfOrder(stage: Stage, peers: readonly ChatPeer[]): Promise<void> {
  stage.say("Both speak at once, and want to hear themselves, too. Is it the same talk for both?");
  for (const peer of peers) {
    await peer.send("CAP REQ :echo-message");
    await peer.find(/ ACK /);
  }
  const numbers = Array.from({ length: LINES_EACH }, (_, index) => index + 1);
  await Promise.all(peers.map((peer) => {
    return peer.send(...numbers.map((number) => `PRIVMSG #lobby :${peer.name} ${number}`));
  }));
  const talks = await Promise.all(peers.map(hearAll));
  for (const [index, { name }] of peers.entries()) stage.show(`${name} < ${talks[index]}`);
  stage.check("it is, line for line", new Set(talks).size === 1);
}

/** What two said, as one of them heard it. */
async function hearAll(peer: ChatPeer): Promise<string> {
  const heard: string[] = [];
  while (heard.length < 2 * LINES_EACH) {
    const line = await peer.find(/PRIVMSG #lobby :\w+ \d+$/);
    heard.push(line.slice(line.lastIndexOf(":") + 1));
  }
  return heard.join(", ");
}
