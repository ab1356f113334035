/**
 * The chat client as a process, against servers that want to fill its memory.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { ircPeer, type IrcTalk } from "../support/irc_peer.ts";
import { NEEDS_LINUX } from "../support/machine.ts";
import { type Program, startClient } from "../support/process.ts";
import { usageOf } from "../support/usage.ts";

const TIMEOUT = 90_000;
const MIB = 1024 * 1024;
/** What is sent to it. */
const FLOOD = 64 * MIB;
/** What a process of Deno may take in the end: some 60 MiB of its own, and a heap that grows lazily. */
const MOST_MEMORY = 300 * MIB;

/** Sends a text again and again. */
async function pour(talk: IrcTalk, text: string): Promise<void> {
  const chunk = new TextEncoder().encode(text.repeat(Math.ceil(256 * 1024 / text.length)));
  for (let sent = 0; sent < FLOOD; sent += chunk.length) await talk.raw(chunk);
}

/** A server's flood, and what the client says to it. */
const FLOODS: readonly {
  readonly name: string;
  readonly text: string;
  readonly heard?: RegExp;
}[] = [
  {
    name: "a line without an end",
    text: "x".repeat(1_000),
    heard: /^!! Dropped a line of more than \d+ bytes$/m,
  },
  { name: "news of no known kind", text: `:bob!b@h NEWS ann :${"flood ".repeat(60)}\r\n` },
  {
    name: "tags that nobody reads",
    text: `@x=${"y".repeat(8_000)} :bob!b@h PRIVMSG #lobby :short\r\n`,
  },
  { name: "questions, all of which are answered", text: `PING :${"z".repeat(400)}\r\n` },
  { name: "empty lines", text: "\r\n" },
];

for (const { name, text, heard } of FLOODS) {
  Deno.test({
    name: `64 MiB of this fill no memory: ${name}${NEEDS_LINUX.reason}`,
    ignore: NEEDS_LINUX.ignore,
    timeout: TIMEOUT,
  }, async () => {
    await using server = ircPeer(async (talk) => {
      await talk.welcome("ann");
      await pour(talk, text);
      await talk.send("", ":bob!b@h NOTICE #lobby :the flood is over");
      await talk.farewell();
    });
    await using client = quietClient(server.port);
    await client.stdout.find((line) => line.includes("the flood is over"), "the end of the flood");
    const usage = await usageOf(client.pid);
    assert(usage !== undefined);
    assertLess(usage.memory, MOST_MEMORY);
    if (heard !== undefined) assertMatch(client.stderr.text, heard);
    await client.endInput();
    client.kill("SIGINT");
    assertEquals((await client.end()).code, 130);
  });
}

/** A client that shows only what people say, so that the test need not keep all the rest. */
function quietClient(port: string): Program {
  return startClient("chat-client", ["--nick", "ann", "--port", port, "--quiet"]);
}

Deno.test("a server that lets nobody out is left after QUIT, all the same", {
  timeout: TIMEOUT,
}, async () => {
  await using server = ircPeer(async (talk) => {
    await talk.welcome("ann");
    await talk.line(/^QUIT/);
    // It never closes.
    await talk.lines.find(() => false, "the end").catch(() => {});
  });
  await using client = startClient("chat-client", ["--nick", "ann", "--port", server.port]);
  await client.stderr.find((line) => line === "-> You joined #lobby", "the channel");
  const start = performance.now();
  client.kill("SIGINT");
  assertEquals((await client.end()).code, 130);
  assert(performance.now() - start < 10_000);
});
