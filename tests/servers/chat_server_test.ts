/**
 * The chat server over sockets, in this process: how people come, talk and go. What each command answers
 * is tested against the pure half, in `tests/lib/chat`.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import { ChatHouse } from "../support/chat_house.ts";
import { Random, testSeed } from "../support/random.ts";
import { splits } from "../support/splits.ts";

const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 60_000 };

/** The numerics of a complete greeting. */
const GREETING = "001 002 003 004 005 005 251 252 253 254 255 265 266 422";

/** What clients send at registration, and the verbs of the answers. */
const REGISTRATIONS: [name: string, input: string, verbs: string][] = [
  ["ii and sic", "NICK n\r\nUSER n localhost h :n\r\n", GREETING],
  ["USER first", "USER n 0 * :Real Name\r\nNICK n\r\n", GREETING],
  ["nc, bare LF", "NICK n\nUSER n 0 * n\n", GREETING],
  ["empty lines between", "\r\n\r\nNICK n\r\n\r\nUSER n 0 * :n\r\n", GREETING],
  ["verbs in any case", "nIcK n\r\nuser n 0 * :n\r\n", GREETING],
  ["a needless password", "PASS x\r\nNICK n\r\nUSER n 0 * :n\r\n", GREETING],
  [
    "irssi",
    "CAP LS 302\r\nJOIN :\r\nCAP REQ :multi-prefix extended-join setname invite-notify away-notify " +
    "account-notify server-time\r\nCAP END\r\nNICK n\r\nUSER n n 127.0.0.1 :n\r\n",
    `CAP 451 CAP ${GREETING}`,
  ],
  [
    "WeeChat",
    "CAP LS 302\r\nNICK n\r\nUSER n 0 * :n\r\nCAP REQ :account-notify away-notify cap-notify " +
    "extended-join invite-notify message-tags multi-prefix server-time setname userhost-in-names" +
    "\r\nCAP END\r\n",
    `CAP CAP ${GREETING}`,
  ],
];

/** The verbs or numerics of lines, up to the PONG that the test asked for itself. */
function verbs(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/^(@\S+ )?(:\S+ )?/, "").split(" ")[0]).join(" ");
}

for (const [name, input, expected] of REGISTRATIONS) {
  Deno.test(`registration, however it is cut: ${name}`, SOCKETS, async () => {
    await using house = new ChatHouse();
    for (const { label, chunks } of splits(encodeUtf8(input))) {
      await using peer = await house.connect(label);
      for (const chunk of chunks) await peer.sendBytes(chunk);
      assertEquals(verbs(await peer.sync()), expected, label);
      await peer.send("QUIT");
      await peer.rest();
    }
  });
}

Deno.test("CAP holds the registration open until CAP END", SOCKETS, async () => {
  await using house = new ChatHouse();
  await using peer = await house.connect();
  await peer.send("CAP LS 302", "NICK ann", "USER ann 0 * :Ann");
  assertEquals(verbs(await peer.sync()), "CAP");
  await peer.send("CAP REQ :server-time", "JOIN #early");
  assertEquals(verbs(await peer.sync()), "CAP 451");
  await peer.send("CAP END");
  assertMatch(await peer.find(/ 001 /), /^@time=\S+Z :irc\.test 001 ann :Welcome/);
});

Deno.test("three clients talk, join and leave; everybody reads the same", SOCKETS, async () => {
  await using house = new ChatHouse();
  await using ann = await house.register("ann");
  await using bob = await house.register("bob");
  await using cid = await house.register("cid", "server-time message-tags");
  for (const peer of [ann, bob, cid]) {
    await peer.send("JOIN #lobby");
    await peer.find(/ 366 /);
  }
  await ann.send("PRIVMSG #lobby :Wake up, Neo", "TOPIC #lobby :rabbits");
  assertEquals(await bob.find(/PRIVMSG/), ":ann!~ann@127.0.0.1 PRIVMSG #lobby :Wake up, Neo");
  assertMatch(
    await cid.find(/PRIVMSG/),
    /^@time=[\dT:.-]+Z;msgid=[\w-]+ :ann!~ann@127\.0\.0\.1 PRIVMSG #lobby :Wake up, Neo$/,
  );
  assertEquals(await bob.find(/TOPIC/), ":ann!~ann@127.0.0.1 TOPIC #lobby :rabbits");
  await bob.send("PRIVMSG ann :psst", "PART #lobby :bye");
  assertEquals(await ann.find(/psst/), ":bob!~bob@127.0.0.1 PRIVMSG ann :psst");
  assertEquals(await ann.find(/PART/), ":bob!~bob@127.0.0.1 PART #lobby :bye");
  await cid.send("QUIT :so long");
  assertEquals(await ann.find(/QUIT/), ":cid!~cid@127.0.0.1 QUIT :Quit: so long");
  assertMatch((await cid.rest()).at(-1)!, /ERROR :Closing Link: 127\.0\.0\.1 \(Quit: so long\)$/);
  assertEquals(await cid.ended, null);
});

Deno.test(
  "a nickname is held from NICK on, and free when its holder is gone",
  SOCKETS,
  async () => {
    await using house = new ChatHouse();
    await using ann = await house.connect();
    await ann.send("NICK Ann");
    await ann.sync();
    await using late = await house.connect();
    await late.send("NICK aNN", "USER late 0 * :late");
    assertEquals(await late.find(/ 433 /), ":irc.test 433 * aNN :Nickname is already in use");
    await ann.send("QUIT");
    assertEquals((await ann.rest()).at(-1), "ERROR :Closing Link: 127.0.0.1 (Quit: )");
    await late.send("NICK aNN");
    assertMatch(await late.find(/ 001 /), / 001 aNN /);
  },
);

Deno.test("QUIT before the registration: ERROR, then the end", SOCKETS, async () => {
  await using house = new ChatHouse();
  for (
    const input of ["QUIT", "NICK ann\r\nQUIT :bye", "CAP LS\r\nNICK ann\r\nUSER a 0 * :a\r\nQUIT"]
  ) {
    await using peer = await house.connect();
    await peer.send(input, "PING behind");
    assertMatch(
      (await peer.rest()).at(-1)!,
      /^ERROR :Closing Link: 127\.0\.0\.1 \(Quit: (bye)?\)$/,
    );
    assertEquals(await peer.ended, null);
  }
});

Deno.test("who has finished sending still gets every answer", SOCKETS, async () => {
  await using house = new ChatHouse();
  await using peer = await house.connect();
  await peer.send("NICK ann", "USER a 0 * :a", "JOIN #a", "PRIVMSG ann :note to self");
  await peer.finish();
  const lines = await peer.rest();
  assertEquals(verbs(lines), `${GREETING} JOIN 353 366 PRIVMSG ERROR`);
  assertMatch(lines.at(-1)!, /\(Connection closed\)$/);
});

Deno.test(
  "a line without its end is no command, not even at the end of the stream",
  SOCKETS,
  async () => {
    await using house = new ChatHouse();
    await using ann = await house.register("ann");
    await using bob = await house.register("bob");
    await ann.sendBytes(encodeUtf8("PRIVMSG bob :half a sent"));
    await ann.finish();
    await ann.rest();
    assertEquals(await bob.sync(), []);
  },
);

Deno.test("attack 18: lines at the limits and beyond them", SOCKETS, async () => {
  await using house = new ChatHouse({ traffic: { floodRate: 0 } });
  await using ann = await house.register("ann", "message-tags");
  await using bob = await house.register("bob", "message-tags");
  const padded = (length: number): string => `PING x ${"y".repeat(length - 7)}`;
  const tagged = (bytes: number): string => `@+a=${"x".repeat(bytes - 5)} TAGMSG bob`;
  await ann.send(padded(510), padded(511), "PING a", tagged(4096), tagged(4097), "PING b");
  await ann.send("x".repeat(1_000_000), "PING c", `@${"t".repeat(8191)} PING d`, "PING e");
  assertEquals(verbs(await ann.sync()), "PONG 417 PONG 417 PONG 417 PONG 417 PONG");
  assertEquals(verbs(await bob.sync()), "TAGMSG");
  for (const bytes of ["PING \0x", "PING a\rb", "PING \xff", "\x01\x02", ":", "@", "@a", ":a b"]) {
    await ann.sendBytes(Uint8Array.from(`${bytes}\r\n`, (char) => char.charCodeAt(0)));
  }
  assertEquals(verbs(await ann.sync()), "421 421 FAIL 421 421 421 421 421");
});

Deno.test("all members of a channel see its lines in one order", SOCKETS, async () => {
  await using house = new ChatHouse({ traffic: { floodRate: 0 } });
  await using scope = new AsyncDisposableStack();
  const seed = testSeed();
  const random = new Random(seed);
  const names = ["ann", "bob", "cid", "dan", "eve"];
  const peers = await Promise.all(names.map(async (name) => scope.use(await house.register(name))));
  for (const peer of peers) {
    await peer.send("CAP REQ :echo-message", "JOIN #a");
    await peer.find(/ 366 /);
  }
  await Promise.all(peers.map((peer) => peer.sync()));
  await Promise.all(peers.map(async (peer, who) => {
    for (let line = 0; line < 100;) {
      const count = random.integer(1, 10);
      const lines = Array.from({ length: count }, () => `PRIVMSG #a :${names[who]} ${line++}`);
      await peer.send(...lines);
    }
  }));
  const seen: string[][] = [];
  for (const peer of peers) {
    await peer.sync();
    seen.push(peer.text.split("\n").filter((line) => line.includes("PRIVMSG #a")));
  }
  // Everything that anybody sent was handled before the last PONG; what came later must come to all.
  const shortest = Math.min(...seen.map((lines) => lines.length));
  assertEquals(
    new Set(seen.map((lines) => lines.slice(0, shortest).join("\n"))).size,
    1,
    `${seed}`,
  );
  for (const [who, name] of names.entries()) {
    const own = seen[who]!.filter((line) => line.startsWith(`:${name}!`));
    assertEquals(own.map((line) => Number(line.split(" ").at(-1))), own.map((_, index) => index));
  }
});

Deno.test("attack 4: what peers say is escaped in the log", SOCKETS, async () => {
  await using house = new ChatHouse();
  await using ann = await house.register("ann");
  await ann.send("QUIT :\x1b[2J\u202egnp\x7f");
  await ann.rest();
  assertMatch(
    await house.logged(/left/),
    /^ann left \(127\.0\.0\.1:\d+\): Quit: \\x1b\[2J\\u\{202e\}gnp\\x7f$/,
  );
});
