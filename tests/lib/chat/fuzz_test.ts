import { assertEquals, assertLessOrEqual } from "@std/assert";
import { CAPABILITIES } from "../../../lib/chat/capabilities.ts";
import { COMMANDS } from "../../../lib/chat/command_table.ts";
import { DEFAULT_LIMITS } from "../../../lib/chat/limits.ts";
import type { ChatState } from "../../../lib/chat/state.ts";
import { MAX_MESSAGE_BYTES, parseMessage } from "../../../lib/codec/irc_message.ts";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { utf8Length } from "../../../lib/codec/utf8_length.ts";
import { ChatDriver } from "../../support/chat_driver.ts";
import { Random } from "../../support/random.ts";

const SERVER = `${"s".repeat(58)}.test`;
const HOST = "h".repeat(70);
const NICKS = ["a", "b", "c", "d"].map((letter) => letter.repeat(DEFAULT_LIMITS.nick));
const CHANNELS = [`#${"x".repeat(63)}`, `#${"é".repeat(31)}`, "#y"];
const LONG = ["t".repeat(300), "é".repeat(150), "\u{1f600}".repeat(60), "w ".repeat(140)];
const ODD = [
  "",
  " ",
  ":",
  "::",
  ",",
  "*",
  "?",
  "0",
  "-1",
  "\x01",
  "\x07",
  "@",
  "+",
  "!",
  "[",
  "\0",
];
const MODES = ["+o", "-v", "+b", "+beI", "+k", "-k", "+l", "+imnst", "-nt", "+iwB", "+xyz", "b"];
const OPERATORS = [{ name: "root", secret: "s", hosts: ["*"] }];

/** A line that is nearly always a command, with parameters from everywhere. */
function randomLine(random: Random): string {
  const words = [
    () => random.pick(NICKS),
    () => random.pick(CHANNELS),
    () => `${random.pick(CHANNELS)},${random.pick(NICKS)}`,
    () => random.pick(["@", "+", "@+"]) + random.pick(CHANNELS),
    () => random.pick(LONG),
    () => random.pick(ODD),
    () => random.pick(MODES),
    () => random.pick(["root", "s", "LS", "302", "REQ", "END", "%tcuihsnfdlaor,7", "o"]),
    () => random.pick([...CAPABILITIES.keys()]),
  ];
  const verb = random.integer(0, 20) === 0 ? random.pick(ODD) : random.pick([...COMMANDS.keys()]);
  const params = Array.from({ length: random.integer(0, 4) }, () => random.pick(words)());
  const text = random.integer(0, 1) === 0 ? [] : [`:${random.pick(words)()}`];
  const tags = ["", "", "@label=1 ", "@+a=b;c ", "@label=x\\s;+d=\\: ", "@ ", "@=;; "];
  return random.pick(tags) + [verb, ...params, ...text].join(" ");
}

/** Everything that a client receives is a message, short enough, with the tags that it asked for. */
function checkLine(line: string, caps: { readonly tags: boolean }, label: string): void {
  if (line.startsWith("(closed: ")) return;
  const message = parseMessage(line);
  const bodyStart = line.startsWith("@") ? line.indexOf(" ") + 1 : 0;
  assertLessOrEqual(utf8Length(line.slice(bodyStart)) + 2, MAX_MESSAGE_BYTES, label);
  if (!caps.tags) assertEquals([...message.tags.keys()], [], label);
  assertEquals(message.source === null, message.verb === "ERROR", label);
}

/** What must hold between steps. */
function checkState(chat: ChatState, label: string): void {
  let registered = 0;
  let operators = 0;
  let invisible = 0;
  for (const client of chat.clients) {
    assertEquals(client.closed, false, label);
    if (client.key !== "") assertEquals(chat.nicks.get(client.key), client, label);
    if (client.registered) registered++;
    if (client.modes.has("o")) operators++;
    if (client.modes.has("i")) invisible++;
    assertLessOrEqual(client.channels.size, DEFAULT_LIMITS.channels, label);
    for (const [channel, membership] of client.channels) {
      assertEquals(channel.members.get(client), membership, label);
      assertEquals(chat.channels.get(channel.key), channel, label);
    }
  }
  assertEquals(chat.nicks.size, [...chat.clients].filter(({ key }) => key !== "").length, label);
  const { census } = chat;
  assertEquals([census.registered, census.operators, census.invisible], [
    registered,
    operators,
    invisible,
  ], label);
  const channels = [...chat.channels.values()];
  assertEquals(census.secret, channels.filter(({ flags }) => flags.has("s")).length, label);
  for (const channel of channels) {
    assertEquals(channel.alive, true, label);
    const invisible = [...channel.members.keys()].filter(({ modes }) => modes.has("i"));
    assertEquals(channel.invisible, invisible.length, label);
    for (const client of channel.members.keys()) {
      assertEquals(client.channels.has(channel) && chat.clients.has(client), true, label);
    }
  }
}

Deno.test({
  name:
    "random commands with the longest names: every line fits, no step fails, the state is sound",
  permissions: "none",
  timeout: 60_000,
  fn(): void {
    const random = new Random();
    const driver = new ChatDriver({ name: SERVER, operators: OPERATORS, motd: LONG });
    for (let round = 0; round < 6000; round++) {
      const nick = random.pick(NICKS);
      if (driver.clients.get(nick)?.closed ?? true) {
        driver.connect(nick, HOST, random.integer(0, 1) === 0);
        for (const line of [`NICK ${nick}`, `USER ${"u".repeat(30)} 0 * :${random.pick(LONG)}`]) {
          driver.send(nick, line);
        }
      }
      const line = randomLine(random);
      const label = `seed ${random.seed} round ${round}: ${JSON.stringify(line)}`;
      const before = NICKS.map((name) => driver.clients.get(name)?.caps ?? 0);
      try {
        driver.send(nick, line.replaceAll("\n", ""));
      } catch (cause) {
        throw new Error(`A step failed, ${label}`, { cause });
      }
      for (const [index, name] of NICKS.entries()) {
        const client = driver.clients.get(name);
        if (client === undefined) continue;
        const tags = (client.caps | (before[index] ?? 0)) !== 0;
        for (const received of driver.take(name)) {
          checkLine(received, { tags }, `${label}\n${received}`);
        }
      }
      driver.env.now += random.integer(0, 5000);
      if (round % 10 === 0) checkState(driver.chat, label);
    }
  },
});

Deno.test({
  name: "random bytes: no step fails, and the client can go on",
  permissions: "none",
  timeout: 60_000,
  fn(): void {
    const random = new Random();
    const driver = new ChatDriver();
    driver.register("ann", "labeled-response batch message-tags");
    for (let round = 0; round < 5000; round++) {
      const bytes = random.bytes(random.integer(0, 30));
      const start = encodeUtf8(
        random.pick(["", "PRIVMSG ann :", "@+x=", ":s ", "NOTICE ", "JOIN #"]),
      );
      const line = Uint8Array.of(...start, ...bytes);
      const label = `seed ${random.seed} round ${round}: ${line.toHex()}`;
      driver.send("ann", line.filter((byte) => byte !== 10));
      for (const received of driver.take("ann")) checkLine(received, { tags: true }, label);
    }
    driver.play(`
      ann > PING alive
      ann < :irc.test PONG irc.test :alive`);
  },
});

Deno.test({
  name: "topics, reasons and away messages of full length are never cut, whatever the names",
  permissions: "none",
  timeout: 10_000,
  fn(): void {
    const [ann = "", bob = ""] = NICKS;
    const [channel = ""] = CHANNELS;
    const driver = new ChatDriver({ name: SERVER, operators: OPERATORS });
    for (const nick of [ann, bob]) {
      driver.connect(nick, HOST);
      driver.send(nick, `NICK ${nick}`);
      driver.send(nick, `USER ${"u".repeat(30)} 0 * :${"r".repeat(DEFAULT_LIMITS.realname)}`);
      driver.send(nick, `JOIN ${channel}`);
    }
    const cases: readonly [sender: string, line: string, text: string, receiver: string][] = [
      [ann, `TOPIC ${channel} :`, "t".repeat(DEFAULT_LIMITS.topic), bob],
      [ann, "AWAY :", "a".repeat(DEFAULT_LIMITS.away), ""],
      [bob, `PRIVMSG ${ann} hi`, "a".repeat(DEFAULT_LIMITS.away), bob],
      [bob, `TOPIC ${channel}`, "t".repeat(DEFAULT_LIMITS.topic), bob],
      [bob, `WHO ${channel}`, "r".repeat(DEFAULT_LIMITS.realname), bob],
      [ann, `KICK ${channel} ${bob} :`, "k".repeat(DEFAULT_LIMITS.kick), bob],
      [bob, `JOIN ${channel}`, "t".repeat(DEFAULT_LIMITS.topic), bob],
      [bob, `PART ${channel} :`, "p".repeat(DEFAULT_LIMITS.reason), ann],
      [bob, `JOIN ${channel}`, "t".repeat(DEFAULT_LIMITS.topic), bob],
      [bob, "QUIT :", "q".repeat(DEFAULT_LIMITS.reason), ann],
    ];
    for (const [sender, start, text, receiver] of cases) {
      driver.forget();
      driver.send(sender, start.endsWith(":") ? start + text : start);
      if (receiver === "") continue;
      const whole = driver.take(receiver).some((line) => line.endsWith(text));
      assertEquals(whole, true, `${start} with ${text.length} characters`);
    }
  },
});
