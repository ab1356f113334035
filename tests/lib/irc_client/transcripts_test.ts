import { assertEquals } from "@std/assert";
import {
  clientOf,
  play,
  START,
  type Transcript,
  wordEffects,
} from "../../support/irc_transcript.ts";
import ircv3 from "../../vectors/irc_transcripts/ircv3.json" with { type: "json" };
import netsplit from "../../vectors/irc_transcripts/netsplit.json" with { type: "json" };
import ngircd from "../../vectors/irc_transcripts/ngircd.json" with { type: "json" };
import plain from "../../vectors/irc_transcripts/plain.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 10_000 } as const;

const TRANSCRIPTS: readonly Transcript[] = [ngircd, ircv3, netsplit, plain];

for (const transcript of TRANSCRIPTS) {
  Deno.test(`transcript: ${transcript.about}`, PURE, () => {
    assertEquals(play(transcript), [...transcript.steps]);
  });
}

/** What a client says to lines of a server, after it was let in and joined. */
function after(lines: readonly string[], interactive = true): string[] {
  const client = clientOf({ nick: "ann", channels: ["#lobby"] }, interactive);
  client.connected(START);
  const say = (line: string): string[] => {
    return wordEffects(client, client.receive(new TextEncoder().encode(line), START));
  };
  for (const line of [":s 001 ann :Hi", ":s 376 ann :End", ":ann!a@h JOIN #lobby"]) say(line);
  return lines.flatMap(say);
}

/** Lines of a server that are answered or shown in a way of their own. */
const CASES: readonly (readonly [line: string, ...expected: string[]])[] = [
  ["PING", "C: PONG"],
  ["PING :a b", "C: PONG :a b"],
  [":s PONG s other", "E answered other"],
  [":s PONG s ann-is-done", "E answered ann-is-done", "E finished"],
  [":s PONG", "E answered "],
  [":ann!a@h PRIVMSG #lobby :an echo", "E answered #lobby an echo", "V #lobby: >ann< an echo"],
  [":s 001 ann_long :Cut", "V server: -- Cut"],
  [":s 464 ann :Password incorrect", "V #lobby: !! Password incorrect"],
  [":s 465 ann :You are banned", "V #lobby: !! You are banned"],
  [
    ":s 437 ann bob :Nick/channel is temporarily unavailable",
    'V #lobby: !! Nickname "bob" was refused: Nick/channel is temporarily unavailable',
  ],
  [
    ":s 404 ann #lobby :Moderated",
    "V #lobby: !! Cannot send to #lobby: Moderated",
    "E refused, kept out: Cannot send to #lobby: Moderated",
  ],
  [":s 404 ann #other :Moderated", "V #lobby: !! Cannot send to #other: Moderated"],
  [
    ":s 475 ann #lobby :Cannot join (+k)",
    "V #lobby: !! Cannot join #lobby: it has a key; /join #lobby KEY",
  ],
  [":s 331 ann #lobby :No topic", "V #lobby: -- #lobby has no topic"],
  [":s 324 ann #lobby +", "V #lobby: -- #lobby has no modes"],
  [":s 367 ann #lobby *!*@x bob!b@h 1", "V #lobby: -- #lobby bans *!*@x, set by bob"],
  [":s 368 ann #lobby :End of channel ban list", "V #lobby: -- #lobby bans nobody"],
  [":s 349 ann #lobby :End", "V #lobby: -- #lobby exempts nobody from bans"],
  [":s 347 ann #lobby :End", "V #lobby: -- #lobby lets in nobody without an invitation"],
  [
    ":s 396 ann user@cloak :is now your displayed host",
    "V server: -- The server shows your host as cloak",
  ],
  [
    ":s 352 ann * u h s bob G* :0 Bob",
    "V #lobby: -- bob is u@h (Bob) on s, away, operator of the server",
  ],
  ["@label=zz :s ACK", "E answered zz"],
  [":s NOTICE ann :from the server", "V server: -s- from the server"],
  [":bob!b@h NOTICE ann :from bob", "V server: -bob- from bob"],
  [":bob!b@h PRIVMSG ann :hello", "V bob: ! <bob> hello"],
  [":bob!b@h PRIVMSG #lobby :\x01ACTION no end", "V #lobby: * bob no end"],
  [":bob!b@h PRIVMSG #lobby :ann", "V #lobby: ! <bob> ann"],
  [":bob!b@h PRIVMSG #lobby :annoying ann2 ann-x", "V #lobby: <bob> annoying ann2 ann-x"],
  [":bob!b@h PRIVMSG #nowhere :lost", "V server: <bob> lost"],
  [":bob!b@h PRIVMSG #lobby", "V #lobby: <bob> "],
  [":bob!b@h JOIN"],
  [":bob!b@h JOIN #nowhere"],
  [":bob!b@h JOIN #lobby acc :Real", "V #lobby: -> bob joined #lobby (b@h)"],
  [":bob!b@h PART #nowhere"],
  [":bob!b@h QUIT"],
  [":s KICK #lobby bob", "V #lobby: <- bob was kicked from #lobby by s"],
  [":ann!a@h PART #lobby", "V #lobby: <- You left #lobby"],
  [":ann!a@h MODE ann +i", "V server: -- You set the mode of ann: +i"],
  [":s MODE #lobby +xyz", "V #lobby: -- s set +x, set +y, set +z"],
  [":s UNKNOWN a :b c", "V server: -- UNKNOWN a b c"],
  ["CAP"],
  [":s CAP * LS", "C: CAP END"],
  [":s 005"],
  [":s 353 ann = #lobby"],
  [":s 433", 'V #lobby: !! Nickname "ann" was refused: 433'],
  ["BATCH"],
  ["BATCH -nothing"],
  [":s 372", "V server: -- "],
  ["\u00ff", 'V #lobby: !! Cannot read message: expected a verb of letters and digits: "ÿ"'],
];

Deno.test("single lines are answered and shown as they should", PURE, () => {
  for (const [line, ...expected] of CASES) {
    const shown = line === "\u00ff"
      ? expected.map((text) => text.replace("#lobby", "server"))
      : expected;
    assertEquals(after([line]), shown, line);
  }
});

Deno.test(
  "a list that has entries ends without a word, an empty one after it does not",
  PURE,
  () => {
    const entry = ":s 367 ann #lobby *!*@x bob!b@h 1";
    const end = (name: string): string => `:s 368 ann ${name} :End`;
    assertEquals(after([entry, ":s 324 ann #lobby +n", entry, end("#Lobby"), end("#lobby")]), [
      "V #lobby: -- #lobby bans *!*@x, set by bob",
      "V #lobby: -- #lobby has the modes +n",
      "V #lobby: -- #lobby bans *!*@x, set by bob",
      "V #lobby: -- #lobby bans nobody",
    ]);
    assertEquals(after([entry, end("#other")]).slice(1), ["V #lobby: -- #other bans nobody"]);
  },
);

Deno.test("a line that is no UTF-8 is read in the encoding of old clients", PURE, () => {
  const client = clientOf({ nick: "ann", channels: [] });
  client.connected(START);
  const line = Uint8Array.from(":bob!b@h NOTICE ann :Gr\xfc\xdfe", (each) => each.charCodeAt(0));
  assertEquals(wordEffects(client, client.receive(line, START)), ["V server: -bob- Grüße"]);
});

Deno.test("the time of an entry is the server's, if it can be read", PURE, () => {
  const client = clientOf({ nick: "ann", channels: [] });
  client.connected(START);
  const timeOf = (tag: string): number | undefined => {
    const line = new TextEncoder().encode(`@time=${tag} :bob!b@h NOTICE ann :x`);
    const [effect] = client.receive(line, START);
    return effect?.kind === "show" ? effect.entry.time : undefined;
  };
  assertEquals(timeOf("2026-01-02T03:04:05.678Z"), Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  assertEquals(timeOf("yesterday"), START);
});

Deno.test("without anybody to ask, nicknames are tried and then given up", PURE, () => {
  const client = clientOf({ nick: "ann", channels: ["#lobby"] }, false);
  client.connected(START);
  const inUse = new TextEncoder().encode(":s 433 * x :In use");
  const sent = [1, 2, 3, 4].flatMap(() => wordEffects(client, client.receive(inUse, START)))
    .filter((line) => !line.startsWith("V "));
  assertEquals(sent, [
    "C: NICK ann_",
    "C: NICK ann__",
    "C: NICK ann___",
    'E refused, nick: Nickname "x" was refused: In use',
  ]);
});

Deno.test(
  "a connection that comes back rejoins, and says since when something is missing",
  PURE,
  () => {
    const client = clientOf({ nick: "ann", channels: ["#lobby"] });
    const say = (line: string, now: number): string[] => {
      return wordEffects(client, client.receive(new TextEncoder().encode(line), now));
    };
    client.connected(START);
    for (const line of [":s 001 ann :Hi", ":s 376 ann :End", ":ann!a@h JOIN #lobby"]) {
      say(
        line,
        START,
      );
    }
    wordEffects(client, client.typed("/join #two", START));
    say(":ann!a@h JOIN #two", START);
    client.lost(START + 1_000);
    assertEquals(wordEffects(client, client.typed("hello", START)), [
      "V #two: !! You are not in #two: /join #two",
    ]);
    client.connected(START + 60_000);
    say(":s 001 ann :Hi", START + 60_000);
    assertEquals(say(":s 422 ann :No MOTD", START + 60_000).slice(1), [
      "C: JOIN #lobby",
      "C: JOIN #two",
      "E ready",
    ]);
    assertEquals(say(":ann!a@h JOIN #two", START + 63_000), [
      "E joined #two",
      "V #two: -- Back after 1 min 2 s: what was said meanwhile is missing here",
      "V #two: -> You joined #two",
    ]);
  },
);
