import { assertEquals } from "@std/assert";
import {
  answerVerification,
  finishRehash,
  pingClient,
  receiveLine,
  shutDown,
} from "../../../lib/chat/chat.ts";
import { DEFAULT_LIMITS as LIMITS } from "../../../lib/chat/limits.ts";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { ChatDriver, TEST_CONFIG, testTranscripts } from "../../support/chat_driver.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

const OPERATORS = [
  { name: "root", secret: "s", hosts: ["~ann@*", "*@10.*"] },
  { name: "local", secret: "t", hosts: ["*@127.0.0.1"] },
];

testTranscripts([
  {
    name: "OPER: right, wrong, unknown, from the wrong place",
    clients: ["ann", "bob"],
    config: { operators: OPERATORS },
    play: `
      ann > OPER root
      ann < :irc.test 461 ann OPER :Not enough parameters
      ann > OPER nobody s
      ann < :irc.test 464 ann :Password incorrect
      ann > OPER root wrong
      ann < :irc.test 464 ann :Password incorrect
      bob > OPER root s
      bob < :irc.test 491 bob :No O-lines for your host
      ann > OPER local t
      ann < :irc.test 491 ann :No O-lines for your host
      ann > OPER root s
      ann < :irc.test 381 ann :You are now an IRC operator
      ann < :ann!~ann@h MODE ann +o
      ann > LUSERS
      ann < :irc.test 251 ann :There are 2 users and 0 invisible on 1 servers
      ann < :irc.test 252 ann 1 :operator(s) online
      ann < :irc.test 253 ann 0 :unknown connection(s)
      ann < :irc.test 254 ann 0 :channels formed
      ann < :irc.test 255 ann :I have 2 clients and 0 servers
      ann < :irc.test 265 ann 2 2 :Current local users 2, max 2
      ann < :irc.test 266 ann 2 2 :Current global users 2, max 2
      ann > MODE ann -o
      ann < :ann!~ann@h MODE ann -o
      ann > WALLOPS :hi
      ann < :irc.test 481 ann :Permission Denied- You're not an IRC operator`,
  },
  {
    name: "OPER: too many wrong passwords end the connection",
    clients: ["ann"],
    config: { operators: OPERATORS, limits: { ...LIMITS, operAttempts: 2 } },
    play: `
      ann > OPER root wrong
      ann < :irc.test 464 ann :Password incorrect
      ann > OPER root wrong
      ann < :irc.test 464 ann :Password incorrect
      ann < ERROR :Closing Link: h (Too many wrong passwords)
      ann < (closed: Too many wrong passwords)`,
  },
  {
    name: "KILL, WALLOPS and REHASH are for operators",
    clients: ["ann", "bob"],
    play: `
      bob > KILL ann :bye
      bob < :irc.test 481 bob :Permission Denied- You're not an IRC operator
      bob > WALLOPS :hi
      bob < :irc.test 481 bob :Permission Denied- You're not an IRC operator
      bob > REHASH
      bob < :irc.test 481 bob :Permission Denied- You're not an IRC operator
      bob > KILL
      bob < :irc.test 461 bob KILL :Not enough parameters`,
  },
  {
    name: "KILL: the user, those who share a channel, and what it refuses",
    clients: ["ann", "bob", "cid"],
    config: { operators: OPERATORS },
    setup: `
      ann > OPER root s
      bob > JOIN #a
      cid > JOIN #a`,
    play: `
      ann > KILL irc.test :no
      ann < :irc.test 483 ann :You cant kill a server!
      ann > KILL nobody :no
      ann < :irc.test 401 ann nobody :No such nick/channel
      ann > KILL BOB :flooding
      bob < :ann!~ann@h KILL bob :flooding
      bob < ERROR :Closing Link: h (Killed (ann (flooding)))
      bob < (closed: Killed (ann (flooding)))
      cid < :bob!~bob@h QUIT :Killed (ann (flooding))
      ann > KILL cid
      cid < :ann!~ann@h KILL cid :No reason given
      cid < ERROR :Closing Link: h (Killed (ann (No reason given)))
      cid < (closed: Killed (ann (No reason given)))
      ann > KILL ann :enough
      ann < :ann!~ann@h KILL ann :enough
      ann < ERROR :Closing Link: h (Killed (ann (enough)))
      ann < (closed: Killed (ann (enough)))`,
  },
  {
    name: "WALLOPS: to everyone with +w",
    clients: ["ann", "bob", "cid"],
    config: { operators: OPERATORS },
    setup: `
      ann > OPER root s
      bob > MODE bob +w`,
    play: `
      ann > WALLOPS :hi everyone
      bob < :ann!~ann@h WALLOPS :hi everyone
      ann > WALLOPS
      ann < :irc.test 461 ann WALLOPS :Not enough parameters`,
  },
]);

Deno.test({
  name: "REHASH: 382, then what came of it; new limits are told to everyone",
  permissions: "none",
  timeout: 10_000,
  fn(): void {
    const driver = new ChatDriver({ operators: OPERATORS, configFile: "chat.json" });
    driver.register("ann", "standard-replies");
    driver.register("bob");
    driver.send("ann", "OPER root s");
    driver.forget();
    driver.play("ann > REHASH");
    const request = driver.rehashes.pop();
    if (request === undefined) throw new Error("No rehash was asked for");
    const failed = new Error("Cannot read\nit");
    driver.perform(finishRehash(driver.chat, request, failed, driver.env));
    assertEquals(driver.take("ann"), [
      ":irc.test 382 ann chat.json :Rehashing",
      ":irc.test FAIL REHASH CONFIG_BAD :Cannot read it",
    ]);
    driver.perform(
      finishRehash(driver.chat, request, { ...TEST_CONFIG, motd: ["new"] }, driver.env),
    );
    assertEquals(driver.take("ann"), [
      ":irc.test 382 ann none :Rehashing",
      ":irc.test NOTE REHASH REHASHED :The new configuration is in force",
    ]);
    assertEquals(driver.take("bob"), []);
    const limits = { ...LIMITS, topic: 99 };
    driver.perform(finishRehash(driver.chat, request, { ...TEST_CONFIG, limits }, driver.env));
    for (const name of ["ann", "bob"]) {
      const tokens = driver.take(name).filter((line) => line.startsWith(`:irc.test 005 ${name} `));
      assertEquals(tokens.length, 2);
      assertEquals(tokens.join(" ").includes("TOPICLEN=99"), true);
    }
  },
});

Deno.test("REHASH: the label goes with the one answer, also where it failed", PURE, () => {
  const driver = new ChatDriver({ operators: OPERATORS });
  driver.register("ann", "labeled-response batch");
  driver.send("ann", "OPER root s");
  driver.forget();
  driver.play("ann > @label=7 REHASH");
  const request = driver.rehashes.pop();
  if (request === undefined) throw new Error("No rehash was asked for");
  driver.perform(finishRehash(driver.chat, request, new Error("Cannot read it"), driver.env));
  assertEquals(driver.take("ann"), [
    "@label=7 :irc.test BATCH +m1 labeled-response",
    "@batch=m1 :irc.test 382 ann none :Rehashing",
    "@batch=m1 :irc.test NOTICE ann :Cannot read it",
    ":irc.test BATCH -m1",
  ]);
});

Deno.test({
  name: "answers to passwords of clients that left, or asked twice, change nothing",
  permissions: "none",
  timeout: 10_000,
  fn(): void {
    const driver = new ChatDriver({ operators: OPERATORS, secret: "open" });
    const { chat, env } = driver;
    const client = driver.connect("ann");
    for (const line of ["PASS open", "NICK ann"]) driver.send("ann", line);
    const line = new TextEncoder().encode("USER ann 0 * :Ann");
    const [action] = receiveLine(chat, client, line, env);
    if (action?.kind !== "verify") throw new Error("Expected a request to check the password");
    assertEquals(action.password, "open");
    assertEquals(receiveLine(chat, client, line, env), [], "a second request while one is open");
    driver.drop("ann", "Connection reset");
    assertEquals(driver.take("ann").length, 2);
    assertEquals(answerVerification(chat, action, true, env), []);
    assertEquals(chat.clients.size, 0);
    assertEquals(chat.nicks.size, 0);
  },
});

Deno.test({
  name: "disconnect and pingClient: the reason goes to the others, a dead client is left alone",
  permissions: "none",
  timeout: 10_000,
  fn(): void {
    const driver = new ChatDriver();
    const { chat, env } = driver;
    const ann = driver.register("ann", "", "::1");
    driver.register("bob");
    driver.send("ann", "JOIN #a");
    driver.send("bob", "JOIN #a");
    driver.forget();
    driver.perform(pingClient(chat, ann, env));
    assertEquals(driver.take("ann"), [":irc.test PING :irc.test"]);
    driver.drop("ann", "Ping timeout: 120 seconds");
    assertEquals(driver.take("ann"), [
      "ERROR :Closing Link: 0::1 (Ping timeout: 120 seconds)",
      "(closed: Ping timeout: 120 seconds)",
    ]);
    assertEquals(driver.take("bob"), [":ann!~ann@0::1 QUIT :Ping timeout: 120 seconds"]);
    driver.drop("ann", "again");
    driver.send("ann", "PING x");
    driver.perform(pingClient(chat, ann, env));
    assertEquals(driver.take("ann"), []);
  },
});

Deno.test("attack 29: an unknown operator is checked like a known one", PURE, () => {
  const driver = new ChatDriver({ operators: OPERATORS });
  const ann = driver.register("ann");
  const [action] = receiveLine(driver.chat, ann, encodeUtf8("OPER nobody s"), driver.env);
  assertEquals(action?.kind === "verify" && [action.operator, action.secret], ["nobody", null]);
});

Deno.test(
  "a server that stops says ERROR to everyone, and nobody hears of the others",
  PURE,
  () => {
    const driver = new ChatDriver();
    for (const name of ["ann", "bob"]) {
      driver.register(name);
      driver.send(name, "JOIN #a");
    }
    driver.connect("cid");
    driver.forget();
    driver.perform(shutDown(driver.chat, "Server is stopping", driver.env));
    for (const name of ["ann", "bob", "cid"]) {
      assertEquals(driver.take(name), [
        "ERROR :Closing Link: h (Server is stopping)",
        "(closed: Server is stopping)",
      ]);
    }
    const { clients, nicks, channels, census } = driver.chat;
    assertEquals([clients.size, nicks.size, channels.size, census.registered], [0, 0, 0, 0]);
  },
);
