/**
 * Passwords and operators of the chat server, over sockets, in this process.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import type { Settings } from "../../lib/chat/settings.ts";
import { hashPassword } from "../../lib/net/password.ts";
import { ChatHouse, settingsWith } from "../support/chat_house.ts";
import type { ChatPeer } from "../support/chat_peer.ts";

const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 60_000 };

Deno.test("a server with a password wants it, before or after NICK and USER", SOCKETS, async () => {
  await using house = new ChatHouse({ chat: { secret: await hashPassword("geheim") } });
  const attempts: [lines: string[], accepted: boolean][] = [
    [["PASS geheim", "NICK a", "USER a 0 * :a"], true],
    [["NICK b", "PASS :geheim", "USER b 0 * :b"], true],
    [["CAP LS 302", "NICK c", "USER c 0 * :c", "PASS geheim", "CAP END"], true],
    [["PASS wrong", "PASS geheim", "NICK d", "USER d 0 * :d"], true],
    [["PASS wrong", "NICK e", "USER e 0 * :e"], false],
    [["NICK f", "USER f 0 * :f", "PASS geheim"], false],
  ];
  for (const [lines, accepted] of attempts) {
    await using peer = await house.connect(lines.join(" "));
    // What follows in the same segment waits until the password is checked.
    await peer.send(...lines, "JOIN #a");
    if (accepted) {
      await peer.find(/ 001 /);
      await peer.find(/ JOIN #a$/);
    } else {
      await peer.find(/ 464 .*:Password incorrect$/);
      assertEquals((await peer.rest()).at(-1), "ERROR :Closing Link: 127.0.0.1 (Bad password)");
    }
  }
  await house.logged(/^Password of the server from 127\.0\.0\.1:\d+: wrong$/);
  assertEquals(/geheim|wrong /.test(house.log.text), false, "attack 30: a password was logged");
});

Deno.test("OPER with a hashed password; three wrong ones end the connection", SOCKETS, async () => {
  const secret = await hashPassword("geheim");
  const operators = [{ name: "root", secret, hosts: ["*@127.0.0.1"] }];
  await using house = new ChatHouse({ chat: { operators } });
  await using ann = await house.register("ann");
  await ann.send("OPER root geheim", "WALLOPS :hi");
  assertEquals((await ann.sync()).slice(0, 2), [
    ":irc.test 381 ann :You are now an IRC operator",
    ":ann!~ann@127.0.0.1 MODE ann +o",
  ]);
  await using bob = await house.register("bob");
  await bob.send("OPER root wrong", "OPER nobody geheim", "OPER root Geheim", "PING never");
  const lines = await bob.rest();
  assertEquals(lines.filter((line) => / 464 /.test(line)).length, 3);
  assertMatch(lines.at(-1)!, /^ERROR .*\(Too many wrong passwords\)$/);
  await house.logged(/^Password of operator "root" from 127\.0\.0\.1:\d+: right$/);
  await house.logged(/^Password of operator "nobody" from 127\.0\.0\.1:\d+: wrong$/);
});

Deno.test("a client that leaves while its password is checked is gone", SOCKETS, async () => {
  await using house = new ChatHouse({ chat: { secret: await hashPassword("geheim") } });
  await using peer = await house.connect();
  await peer.send("PASS geheim", "NICK ann", "USER ann 0 * :ann", "QUIT");
  await peer.finish();
  const lines = await peer.rest();
  assertMatch(lines[0]!, / 001 /);
  assertMatch(lines.at(-1)!, /\(Quit: \)$/);
  await using hasty = await house.connect();
  await hasty.send("PASS geheim", "NICK ann", "USER ann 0 * :ann");
  await hasty[Symbol.asyncDispose]();
  await using next = await house.connect();
  await next.send("PASS geheim", "NICK bob", "USER bob 0 * :bob");
  await next.find(/ 001 /);
});

/** A server whose one operator has rehash at hand, and the operator. */
async function operate(reload: () => Settings): Promise<[ChatHouse, ChatPeer]> {
  const operators = [{ name: "root", secret: "s", hosts: ["*@*"] }];
  const house = new ChatHouse({ chat: { operators }, reload });
  const root = await house.register("root");
  await root.send("OPER root s");
  await root.find(/ 381 /);
  return [house, root];
}

Deno.test(
  "REHASH puts new settings in force, for those who are here and who come",
  SOCKETS,
  async () => {
    const motd = ["It is new"];
    const limits = { ...settingsWith().chat.limits, nick: 9 };
    const reload = (): Settings => settingsWith({ motd, limits }, { connectionsPerHost: 2 });
    const [house, root] = await operate(reload);
    await using _house = house;
    await using _root = root;
    await root.send("REHASH");
    assertEquals(await root.find(/ 382 /), ":irc.test 382 root none :Rehashing");
    await root.find(/ NOTICE root :The new configuration is in force$/);
    assertMatch(await root.find(/ 005 .*NICKLEN/), / NICKLEN=9 /);
    await root.send("MOTD");
    assertMatch(await root.find(/ 372 /), /:- It is new$/);
    await using _second = await house.register("second");
    await using third = await house.connect();
    assertEquals(await third.rest(), [
      "ERROR :Closing Link: 127.0.0.1 (Too many connections from your host)",
    ]);
    await house.logged(/^Refused .* limit of 2$/);
  },
);

Deno.test("KILL ends a client, and everybody concerned reads by whom", SOCKETS, async () => {
  const [house, root] = await operate(() => settingsWith());
  await using _house = house;
  await using _root = root;
  await using ann = await house.register("ann");
  await using bob = await house.register("bob");
  for (const peer of [ann, bob]) {
    await peer.send("JOIN #a");
    await peer.find(/ 366 /);
  }
  await ann.send("KILL bob :me?");
  await ann.find(/ 481 /);
  await root.send("KILL bob :go away");
  assertEquals((await bob.rest()).slice(-2), [
    ":root!~root@127.0.0.1 KILL bob :go away",
    "ERROR :Closing Link: 127.0.0.1 (Killed (root (go away)))",
  ]);
  assertEquals(await ann.find(/QUIT/), ":bob!~bob@127.0.0.1 QUIT :Killed (root (go away))");
  await house.logged(/^bob left \(127\.0\.0\.1:\d+\): Killed \(root \(go away\)\)$/);
});

Deno.test("REHASH of what cannot be says why and changes nothing", SOCKETS, async () => {
  let outcome = (): Settings => {
    throw new Error("Cannot use it: limits.nick: expected a number");
  };
  const [house, root] = await operate(() => outcome());
  await using _house = house;
  await using _root = root;
  await root.send("REHASH");
  assertMatch(await root.find(/NOTICE/), / :Cannot use it: limits\.nick: expected a/);
  await root.send("CAP REQ :standard-replies", "REHASH");
  assertMatch(await root.find(/FAIL/), /^:irc\.test FAIL REHASH CONFIG_BAD :Cannot use it: limits/);
  outcome = () => settingsWith({ name: "irc.other" });
  await root.send("REHASH");
  assertMatch(
    await root.find(/FAIL/),
    / :Cannot use the configuration: the name of a server cannot change while it runs$/,
  );
  await root.send("VERSION");
  assertMatch(await root.find(/ 351 /), /^:irc\.test /);
});
