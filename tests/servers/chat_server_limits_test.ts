/**
 * What the chat server does about clients that are slow, silent, loud or too many.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { ChatHouse } from "../support/chat_house.ts";
import { ChatPeer } from "../support/chat_peer.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { soon } from "../support/journal.ts";
import { connectTo, connectToReset, readAll } from "../support/peer.ts";

const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 60_000 };
const NODE_SOCKETS = { timeout: 60_000 };

Deno.test(
  "attack 23: a slow reader loses its connection, and nobody else a line",
  SOCKETS,
  async () => {
    await using house = new ChatHouse({ traffic: { floodRate: 0, sendQueue: 64 * 1024 } });
    await using ann = await house.register("ann");
    await using bob = await house.register("bob");
    using slow = await connectTo(house.port);
    for (const peer of [ann, bob]) {
      await peer.send("JOIN #a");
      await peer.find(/ 366 /);
    }
    await slow.write(encodeUtf8("NICK slow\r\nUSER slow 0 * :slow\r\nJOIN #a\r\n"));
    await ann.find(/slow!~slow@127\.0\.0\.1 JOIN/);
    let round = 0;
    while (!ann.text.includes(" QUIT ")) {
      // What fits into bob's queue at once, and bob is waited for; the system's buffers take megabytes.
      const lines = Array.from(
        { length: 50 },
        (_, i) => `PRIVMSG #a :${round}.${i} ${"x".repeat(400)}`,
      );
      await ann.send(...lines);
      await bob.find(new RegExp(` :${round}\\.49 `));
      assert(++round < 2_000, "the slow reader's queue never filled");
    }
    const lines = bob.text.split("\n");
    const quits = lines.filter((line) => line.includes(" QUIT "));
    assertEquals(quits, [":slow!~slow@127.0.0.1 QUIT :SendQ exceeded"]);
    const heard = lines.filter((line) => line.includes("PRIVMSG #a"));
    assertEquals(heard.length, 50 * round);
    // It reads at last: whole lines in order, and why it was ended.
    const late = new TextDecoder().decode(await readAll(slow)).split("\r\n");
    assertEquals(late.slice(-2), ["ERROR :Closing Link: 127.0.0.1 (SendQ exceeded)", ""]);
    const said = late.filter((line) => line.includes("PRIVMSG #a"));
    assertEquals(said, heard.slice(0, said.length));
  },
);

Deno.test("a queue that is full still takes why a client is ended", SOCKETS, async () => {
  const motd = Array.from({ length: 40 }, () => "x".repeat(200));
  const answers = async (sendQueue: number): Promise<string> => {
    await using house = new ChatHouse({ chat: { motd }, traffic: { floodRate: 0, sendQueue } });
    await using ann = await house.register("ann");
    // All three are heard in one turn, and nothing is written before it is over.
    await ann.send("MOTD", "MOTD", "QUIT :");
    return (await ann.rest()).map((line) => `${line}\r\n`).join("");
  };
  const all = await answers(2 ** 20);
  assert(all.endsWith("ERROR :Closing Link: 127.0.0.1 (Quit: )\r\n"), all);
  assertEquals(await answers(all.length - 1), all);
});

Deno.test(
  "a client that takes nothing at all is cut when its last time is over",
  SOCKETS,
  async () => {
    await using house = new ChatHouse({ traffic: { floodRate: 0, sendQueue: 64 * 1024 } });
    await using ann = await house.register("ann");
    using slow = await connectTo(house.port);
    await slow.write(encodeUtf8("NICK slow\r\nUSER slow 0 * :slow\r\n"));
    for (let round = 0; !house.log.text.includes("SendQ"); round++) {
      await ann.send(...Array.from({ length: 50 }, () => `PRIVMSG slow :${"x".repeat(400)}`));
      await ann.sync();
      assert(round < 2_000, "the slow reader's queue never filled");
    }
    await house.logged(/^Closed .* \(the peer did not close\)$/);
  },
);

Deno.test(
  "a client that asks and takes nothing is ended when its time is over",
  SOCKETS,
  async () => {
    using clock = new FakeClock();
    const motd = Array.from({ length: 400 }, () => "x".repeat(250));
    const traffic = { floodRate: 0, sendQueue: 2 ** 30, pingTimeout: 60_000 };
    await using house = new ChatHouse({ chat: { motd }, traffic });
    await using ann = await house.register("ann");
    await ann.send("JOIN #a");
    using stubborn = await connectTo(house.port);
    // Forty megabytes: more than the system's buffers hold on both sides.
    const questions = "MOTD\r\n".repeat(400);
    await stubborn.write(encodeUtf8("NICK bob\r\nUSER bob 0 * :bob\r\nJOIN #a\r\n"));
    await writeAll(stubborn, encodeUtf8(`${questions}PRIVMSG ann :asked\r\n`));
    await ann.find(/:asked$/);
    await clock.pass(62_000);
    assertEquals(await ann.find(/QUIT/), ":bob!~bob@127.0.0.1 QUIT :Write timeout");
    await clock.pass(3_000);
    await house.logged(/^Closed .* \(the peer did not close\)$/);
  },
);

Deno.test("a burst goes through at once, then commands wait for their turn", SOCKETS, async () => {
  using clock = new FakeClock();
  await using house = new ChatHouse({ traffic: { floodBurst: 6, floodRate: 10 } });
  await using ann = await house.register("ann");
  await ann.send(...Array.from({ length: 7 }, (_, index) => `PING ${index + 1}`));
  // Two of the six went into the registration.
  await ann.find(/PONG .*:4$/);
  await clock.pass(90);
  assertEquals(/PONG .*:5$/m.test(ann.text), false);
  await clock.pass(20);
  await ann.find(/PONG .*:5$/);
  await clock.pass(200);
  await ann.find(/PONG .*:7$/);
});

Deno.test(
  "who floods on is ended, and a waiting QUIT does not save the queue",
  SOCKETS,
  async () => {
    await using house = new ChatHouse({ traffic: { receiveQueue: 8192, floodRate: 1 } });
    await using ann = await house.register("ann");
    await using bob = await house.register("bob");
    for (const peer of [ann, bob]) {
      await peer.send("JOIN #a");
      await peer.find(/ 366 /);
    }
    await ann.send(...Array.from({ length: 3_000 }, () => "PING x"));
    assertEquals(await bob.find(/QUIT/), ":ann!~ann@127.0.0.1 QUIT :Excess Flood");
    assertEquals((await ann.rest()).at(-1), "ERROR :Closing Link: 127.0.0.1 (Excess Flood)");
  },
);

Deno.test(
  "attack 23: half a registration ends with its time, however it drips",
  SOCKETS,
  async () => {
    using clock = new FakeClock();
    await using house = new ChatHouse({ traffic: { registrationTime: 30_000 } });
    const starts = [
      "",
      "NICK ann\r\n",
      "CAP LS 302\r\nNICK bob\r\nUSER b 0 * :b\r\n",
      "PING x\r\n",
      "N",
    ];
    for (const [index, start] of starts.entries()) {
      await using peer = await house.connect(start);
      await house.accepted(index + 1);
      await peer.sendBytes(encodeUtf8(start));
      for (let second = 0; second < 30; second += 10) {
        await clock.pass(10_000);
        await peer.sendBytes(encodeUtf8("x"));
      }
      await clock.pass(2_000);
      const lines = await peer.rest();
      assertEquals(lines.at(-1), "ERROR :Closing Link: 127.0.0.1 (Registration timeout)", start);
    }
  },
);

Deno.test(
  "silence is answered with PING, and silence after that with the end",
  SOCKETS,
  async () => {
    using clock = new FakeClock();
    await using house = new ChatHouse({ traffic: { pingInterval: 120_000, pingTimeout: 60_000 } });
    await using ann = await house.register("ann");
    await using bob = await house.register("bob");
    for (const peer of [ann, bob]) {
      await peer.send("JOIN #a");
      await peer.find(/ 366 /);
    }
    for (let round = 0; round < 5; round++) {
      await clock.pass(122_000);
      for (const peer of [ann, bob]) {
        assertEquals(await peer.find(/PING/), ":irc.test PING :irc.test");
        await peer.send("PONG :irc.test");
        await peer.sync();
      }
    }
    await clock.pass(122_000);
    await ann.find(/PING/);
    await clock.pass(50_000);
    await ann.sync();
    // Bytes that are no line are no sign of life.
    await bob.sendBytes(encodeUtf8("x"));
    await clock.pass(15_000);
    assertMatch(
      await ann.find(/QUIT/),
      /^:bob!~bob@127\.0\.0\.1 QUIT :Ping timeout: 18\d seconds$/,
    );
    assertMatch(
      (await bob.rest()).at(-1)!,
      /^ERROR :Closing Link: 127\.0\.0\.1 \(Ping timeout: 18/,
    );
  },
);

Deno.test("a PONG that flood control holds back is a sign of life", SOCKETS, async () => {
  using clock = new FakeClock();
  const traffic = { floodBurst: 2, floodRate: 0.02, pingInterval: 20_000, pingTimeout: 20_000 };
  await using house = new ChatHouse({ traffic });
  await using ann = await house.register("ann");
  await clock.pass(22_000);
  await ann.find(/PING/);
  await ann.send("PONG :irc.test");
  // Its turn comes 50 s after the registration, and the PING was answered long before.
  for (let second = 22; second < 75; second++) await clock.pass(1_000);
  assertEquals(await ann.find(/PING|ERROR/), ":irc.test PING :irc.test");
  await clock.pass(22_000);
  assertMatch((await ann.rest()).at(-1)!, /\(Ping timeout: 4\d seconds\)$/);
});

Deno.test("what waits of one who has left is none", SOCKETS, async () => {
  using clock = new FakeClock();
  const traffic = { floodBurst: 2, floodRate: 0.01, pingInterval: 5_000, pingTimeout: 5_000 };
  await using house = new ChatHouse({ traffic });
  await using ann = await house.register("ann");
  await ann.send("PONG :irc.test");
  await ann.finish();
  // Its line would be heard after 100 s.
  for (let second = 0; second < 60 && !/ERROR/.test(ann.text); second++) await clock.pass(1_000);
  assertMatch((await ann.rest()).at(-1)!, /\(Ping timeout: \d+ seconds\)$/);
});

Deno.test("limits of 0 are off", SOCKETS, async () => {
  using clock = new FakeClock();
  const traffic = { registrationTime: 0, pingInterval: 0, floodRate: 0, connectionsPerHost: 0 };
  await using house = new ChatHouse({ traffic });
  await using silent = await house.connect();
  await house.accepted(1);
  await using ann = await house.register("ann");
  await clock.pass(86_400_000);
  await ann.send(...Array.from({ length: 1_000 }, (_, index) => `PING ${index}`));
  assertEquals((await ann.sync()).length, 1_000);
  await silent.send("NICK late", "USER late 0 * :late");
  await silent.find(/ 001 /);
});

Deno.test("who has left is not heard for ever, however much it said", SOCKETS, async () => {
  using clock = new FakeClock();
  await using house = new ChatHouse({ traffic: { floodBurst: 3, floodRate: 1 } });
  await using ann = await house.register("ann");
  await ann.send(...Array.from({ length: 1_000 }, () => "PONG x"));
  await ann.finish();
  // At its rate all of it would be heard in a quarter of an hour.
  let seconds = 0;
  for (; !/ERROR/.test(ann.text) && seconds < 900; seconds++) await clock.pass(1_000);
  assertEquals((await ann.rest()).at(-1), "ERROR :Closing Link: 127.0.0.1 (Excess Flood)");
  assert(seconds >= 30 && seconds < 100, `${seconds} s`);
});

Deno.test("attack 25: a host has so many connections and no more", SOCKETS, async () => {
  await using house = new ChatHouse({ traffic: { connectionsPerHost: 2 } });
  await using ann = await house.register("ann");
  await using _bob = await house.register("bob");
  await using third = await house.connect();
  assertEquals(await third.rest(), [
    "ERROR :Closing Link: 127.0.0.1 (Too many connections from your host)",
  ]);
  await house.logged(/^Refused 127\.0\.0\.1:\d+: its host is at its limit of 2$/);
  await ann.send("QUIT");
  await ann.rest();
  await house.logged(/^Closed /);
  await using _dan = await house.register("dan");
});

Deno.test("attacks 25 and 27: 300 clients come, talk and go at once", SOCKETS, async () => {
  await using house = new ChatHouse({ traffic: { connectionsPerHost: 0 } });
  const names = Array.from({ length: 300 }, (_, index) => `u${index}`);
  await using scope = new AsyncDisposableStack();
  const peers = await Promise.all(names.map(async (name) => scope.use(await house.register(name))));
  const last = new RegExp(`^:u299!~u299@127\\.0\\.0\\.1 PRIVMSG #storm :all here$`);
  await Promise.all(peers.map((peer) => peer.send("JOIN #storm")));
  await Promise.all(peers.map((peer) => peer.find(/ 366 /)));
  await peers[299]!.send("PRIVMSG #storm :all here");
  await Promise.all(peers.slice(0, 299).map((peer) => peer.find(last)));
  const joins = peers.reduce((sum, { text }) => sum + text.split(" JOIN #storm").length - 1, 0);
  assertEquals(joins, 300 * 301 / 2);
  await Promise.all(peers.map((peer) => peer.send("QUIT")));
  const rests = await Promise.all(peers.map((peer) => peer.rest()));
  assertEquals(rests.every((lines) => /^ERROR /.test(lines.at(-1)!)), true);
  assertEquals(rests.flat().filter((line) => line.includes(" QUIT ")).length, 300 * 299 / 2);
});

Deno.test("attack 35: a client that resets is gone for the others, too", NODE_SOCKETS, async () => {
  await using house = new ChatHouse();
  await using ann = await house.register("ann");
  await ann.send("JOIN #a");
  const bob = await connectToReset(house.port);
  await bob.send(encodeUtf8("NICK bob\r\nUSER bob 0 * :bob\r\nJOIN #a\r\n"));
  await ann.find(/bob!~bob@127\.0\.0\.1 JOIN/);
  await bob.heard;
  await bob.reset();
  assertMatch(await ann.find(/QUIT/), /^:bob!~bob@127\.0\.0\.1 QUIT :Connection (lost|closed)$/);
  await house.logged(/^Closed /);
});

Deno.test(
  "a server that stops says so to everyone, after all that it still owes",
  SOCKETS,
  async () => {
    const house = new ChatHouse({ traffic: { floodRate: 0 }, grace: 10_000 });
    await using ann = await house.register("ann");
    await using bob = await house.register("bob");
    await using cid = await house.connect();
    await cid.sync();
    for (const peer of [ann, bob]) {
      await peer.send("JOIN #a");
      await peer.find(/ 366 /);
    }
    await ann.send(
      ...Array.from({ length: 1_000 }, (_, i) => `PRIVMSG #a :${i} ${"x".repeat(300)}`),
    );
    await ann.sync();
    house.abort();
    const ends = await Promise.all([ann, bob, cid].map((peer) => peer.rest()));
    for (const lines of ends) {
      assertEquals(lines.at(-1), "ERROR :Closing Link: 127.0.0.1 (Server is stopping)");
      assertEquals(lines.filter((line) => line.includes(" QUIT ")), []);
    }
    const said = bob.text.split("\n").filter((line) => line.includes("PRIVMSG #a"));
    assertEquals(said.length, 1_000);
    for (const peer of [ann, bob, cid]) await peer[Symbol.asyncDispose]();
    const totals = await soon(house.done, "the end of the server");
    assertEquals([totals.connections, totals.failed], [3, 0]);
  },
);

Deno.test("a server that stops does not wait for clients that never leave", SOCKETS, async () => {
  const house = new ChatHouse({ grace: 60_000 });
  await using stubborn: ChatPeer = await house.register("stubborn");
  house.abort();
  await stubborn.rest();
  const totals = await soon(house.done, "the end of the server");
  assertEquals([totals.connections, totals.failed], [1, 1]);
});
