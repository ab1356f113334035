import { assertEquals } from "@std/assert";
import type { IrcClient } from "../../../lib/irc_client/client.ts";
import { clientOf, START, wordEffects } from "../../support/irc_transcript.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** Lets a client in that agreed on labels, in #ci; says lines to it from then on. */
function inPipe(capabilities = "batch labeled-response"): {
  client: IrcClient;
  say: (...lines: readonly string[]) => string[];
} {
  const client = clientOf({ nick: "ann", channels: ["#ci", "#two"] }, false);
  client.connected(START);
  const say = (...lines: readonly string[]): string[] => {
    return lines.flatMap((line) => {
      return wordEffects(client, client.receive(new TextEncoder().encode(line), START));
    });
  };
  say(`:s CAP * LS :${capabilities}`, `:s CAP * ACK :${capabilities}`);
  say(":s 001 ann :Hi", ":s 376 ann :End", ":ann!a@h JOIN #ci", ":ann!a@h JOIN #two");
  return { client, say };
}

/** What a server answers to `@label=m1 PRIVMSG #ci :build green`. */
const ANSWERS: readonly {
  readonly lines: readonly string[];
  readonly shown: string;
  readonly refused?: boolean;
}[] = [
  {
    lines: ["@label=m1 :s 477 ann #ci :Identify first"],
    shown: "!! #ci: Identify first (not delivered: build green)",
    refused: true,
  },
  {
    lines: ["@label=m1 :s 417 ann :Input line was too long"],
    shown: "!! Input line was too long (not delivered: build green)",
    refused: true,
  },
  {
    lines: ["@label=m1 :s FAIL PRIVMSG INVALID_UTF8 :Not UTF-8"],
    shown: "!! PRIVMSG: Not UTF-8 (not delivered: build green)",
    refused: true,
  },
  {
    lines: ["@label=m1 :s BATCH +1 labeled-response", "@batch=1 :s 404 ann #ci :Moderated"],
    shown: "!! Cannot send to #ci: Moderated (not delivered: build green)",
    refused: true,
  },
  { lines: [":s 408 ann #CI :No colours"], shown: "!! #CI: No colours", refused: true },
  {
    lines: [":s FAIL PRIVMSG MUTED #ci :You are muted"],
    shown: "!! PRIVMSG: You are muted (#ci)",
    refused: true,
  },
  { lines: [":s 477 ann #two :Identify first"], shown: "!! #two: Identify first" },
  { lines: [":s WARN PRIVMSG SLOW #ci :Not so fast"], shown: "-- PRIVMSG: Not so fast (#ci)" },
  { lines: ["@label=m1 :s 301 ann bob :gone fishing"], shown: "-- bob is away: gone fishing" },
  {
    lines: ["@label=m1 :s BATCH +1 labeled-response", "@batch=1 :s 301 ann bob :gone"],
    shown: "-- bob is away: gone",
  },
];

Deno.test(
  "every error that means the pipe's channel or its line keeps the client out",
  PURE,
  () => {
    for (const { lines, shown, refused = false } of ANSWERS) {
      const { client, say } = inPipe();
      wordEffects(client, client.piped("build green", START));
      const reason = shown.replace(/^!! /, "").replace(/ \(not delivered.*$/, "");
      const expected = [`V server: ${shown}`, ...refused ? [`E refused, kept out: ${reason}`] : []];
      const words = say(...lines).filter((word) => !word.startsWith("E answered"))
        .map((word) => word.replace(/^V #\w+: /i, "V server: "));
      assertEquals(words, expected, lines.join());
    }
  },
);

Deno.test("a refused line to somebody else keeps nobody out", PURE, () => {
  const { client, say } = inPipe();
  wordEffects(client, client.typed("/msg bob hello there", START));
  assertEquals(say("@label=m1 :s 531 ann bob :Not now"), [
    "V #ci: !! bob: Not now (not delivered: hello there)",
    "E answered m1",
  ]);
});

Deno.test("an error that answers a command keeps nobody out", PURE, () => {
  const { client, say } = inPipe("batch");
  wordEffects(client, client.typed("/mode #ci +o bob", START));
  assertEquals(say(":s 482 ann #ci :You are not an operator"), [
    "V #ci: !! Only operators of #ci may do that",
  ]);
  assertEquals(say(":s 404 ann #ci :Moderated").slice(1), [
    "E refused, kept out: Cannot send to #ci: Moderated",
  ]);
});

Deno.test("437 about a channel is a refused join, and not tried again", PURE, () => {
  const client = clientOf({ nick: "ann", channels: ["#ci"] }, false);
  client.connected(START);
  const say = (line: string): string[] => {
    return wordEffects(client, client.receive(new TextEncoder().encode(line), START));
  };
  for (const line of [":s 001 ann :Hi", ":s 376 ann :End"]) say(line);
  assertEquals(say(":s 437 ann #ci :Nick/channel is temporarily unavailable"), [
    "V #ci: !! #ci: Nick/channel is temporarily unavailable",
    "E refused, kept out: #ci: Nick/channel is temporarily unavailable",
  ]);
  assertEquals(client.state.windows.find("#ci")?.wanted, false);
});

Deno.test("a nickname that may not be changed in the channel keeps nobody out", PURE, () => {
  const client = clientOf({ nick: "ann", channels: ["#ci"] }, false);
  client.connected(START);
  const say = (line: string): string[] => {
    return wordEffects(client, client.receive(new TextEncoder().encode(line), START));
  };
  say(":s 433 * ann :In use");
  for (const line of [":s 001 ann_ :Hi", ":s 376 ann_ :End", ":ann_!a@h JOIN #ci"]) say(line);
  say(":ann!a@h JOIN #ci");
  assertEquals(say(":ann!a@h QUIT :Ping timeout").at(-1), "C: NICK ann");
  assertEquals(say(":s 437 ann_ #ci :You are banned, and keep your nickname"), [
    "V #ci: !! #ci: You are banned, and keep your nickname",
  ]);
  assertEquals(say(":s 435 ann_ ann #ci :You are banned, and keep your nickname"), [
    "V #ci: !! ann #ci: You are banned, and keep your nickname",
  ]);
  assertEquals(client.state.windows.find("#ci")?.wanted, true);
});

Deno.test(
  "what is said without a connection has no label: the next one may know none",
  PURE,
  () => {
    const { client, say } = inPipe();
    client.lost(START);
    const typed = wordEffects(client, client.typed("/msg bob hello", START));
    assertEquals(typed.filter((word) => word.startsWith("C:")), ["C: PRIVMSG bob hello"]);
    client.connected(START);
    say(":s 001 ann :Hi again");
    const again = wordEffects(client, client.typed("/msg bob hello", START));
    assertEquals(again.filter((word) => word.startsWith("C:")), ["C: PRIVMSG bob hello"]);
  },
);
