/**
 * The chat server with clients that nobody here wrote, and with our own one among them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { ChatPeer } from "../support/chat_peer.ts";
import { needsCommand, startProgram } from "../support/commands.ts";
import { IRC_CLIENTS } from "../support/irc_clients.ts";
import { startServer } from "../support/process.ts";

for (const { name, needs, start } of IRC_CLIENTS) {
  Deno.test({
    name: `${name} joins, talks and listens${needs.reason}`,
    ignore: needs.ignore,
    timeout: 90_000,
  }, async () => {
    await using server = await startServer("chat-server");
    await using ours = await ChatPeer.register(server.port, "ours");
    await ours.send("JOIN #lobby");
    await ours.find(/ 366 /);
    await using scope = new AsyncDisposableStack();
    const theirs = await start(server, scope);
    await theirs.join("#lobby");
    await ours.find(new RegExp(`^:${name}!~\\S+@127\\.0\\.0\\.1 JOIN :?#lobby$`));
    await theirs.say("#lobby", "hello from there");
    await ours.find(new RegExp(`^:${name}!\\S+ PRIVMSG #lobby :hello from there$`));
    await ours.send("PRIVMSG #lobby :hello-from-here");
    await theirs.shows("hello-from-here");
    await scope.disposeAsync();
    await ours.find(new RegExp(`^:${name}!\\S+ QUIT :`));
  });
}

const OPENSSL = needsCommand("openssl", ["version"]);

Deno.test({
  name: `openssl s_client talks over TLS, and is gone when it is killed${OPENSSL.reason}`,
  ignore: OPENSSL.ignore,
  timeout: 90_000,
}, async () => {
  const tls = [
    "--tls-cert",
    "tests/vectors/tls/leaf.pem",
    "--tls-key",
    "tests/vectors/tls/leaf_key.pem",
  ];
  const grants = ["--allow-read=tests/vectors/tls"];
  await using server = await startServer("chat-server", tls, { grants });
  const args = ["s_client", "-quiet", "-verify_quiet", "-connect", `127.0.0.1:${server.port}`];
  await using client = startProgram("openssl", args);
  await client.type("NICK ssl\nUSER ssl 0 * :ssl\nJOIN #a\nWHOIS ssl\n");
  await client.stdout.find((line) => / 671 ssl ssl /.test(line), "that it is encrypted");
  client.kill("SIGKILL");
  await server.logged(/^ssl left \(127\.0\.0\.1:\d+\): Connection lost$/);
  await server.logged(/^Closed .* \(the peer left without closing TLS\)$/);
});

const PRESENT = IRC_CLIENTS.filter(({ needs }) => !needs.ignore);

Deno.test({
  name: `in one channel with ours: ${PRESENT.map(({ name }) => name).join(", ") || "nobody"}`,
  ignore: PRESENT.length < 2,
  timeout: 90_000,
}, async () => {
  await using server = await startServer("chat-server");
  await using ours = await ChatPeer.register(server.port, "ours");
  await ours.send("JOIN #lobby");
  await ours.find(/ 366 /);
  await using scope = new AsyncDisposableStack();
  const clients = await Promise.all(PRESENT.map((kind) => kind.start(server, scope)));
  for (const client of clients) {
    await client.join("#lobby");
    await ours.find(/ JOIN :?#lobby$/);
  }
  for (const [index, speaker] of clients.entries()) {
    await speaker.say("#lobby", `said-by-${index}`);
    assertEquals(/said-by-\d+$/.exec(await ours.find(/PRIVMSG/))?.[0], `said-by-${index}`);
    const listeners = clients.filter((client) => client !== speaker);
    await Promise.all(listeners.map((client) => client.shows(`said-by-${index}`)));
  }
});
