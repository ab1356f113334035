import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../../lib/irc_client/commands/table.ts";
import { clientOf, START, wordEffects } from "../../support/irc_transcript.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

/** What comes of a typed line in #lobby, bob being there; windows are server, #lobby. */
function typedInLobby(...typed: string[]): string[] {
  const client = clientOf({ nick: "ann", channels: ["#lobby"] });
  client.connected(START);
  const lines = [
    ":s 001 ann :Hi",
    ":s 376 ann :End",
    ":ann!a@h JOIN #lobby",
    ":bob!b@h JOIN #lobby",
  ];
  for (const line of lines) {
    wordEffects(client, client.receive(new TextEncoder().encode(line), START));
  }
  return typed.flatMap((line) => wordEffects(client, client.typed(line, START)));
}

const CASES: readonly (readonly [typed: string, ...expected: string[]])[] = [
  ["hello there", "C: PRIVMSG #lobby :hello there", "V #lobby: >ann< hello there"],
  ["//etc/passwd", "C: PRIVMSG #lobby /etc/passwd", "V #lobby: >ann< /etc/passwd"],
  ["   "],
  ["/join #two", "C: JOIN #two", "E switched"],
  ["/JOIN two sesame", "C: JOIN #two sesame", "E switched"],
  ["/join #lobby", "E switched"],
  ["/part", "C: PART #lobby", "E switched"],
  ["/part good bye", "C: PART #lobby :good bye", "E switched"],
  ["/part #lobby good bye", "C: PART #lobby :good bye", "E switched"],
  ["/query bob", "E switched"],
  ["/query bob hi you", "E switched", "C: PRIVMSG bob :hi you", "V bob: >ann< hi you"],
  ["/query #two", 'V #lobby: !! "#two" is a channel: /join it'],
  ["/switch", "E switched"],
  ["/switch lobby", "E switched"],
  ["/switch nowhere", 'V #lobby: !! There is no window "nowhere"'],
  ["/1", "E switched"],
  ["/9", "V #lobby: !! There is no window 9: /help lists the commands"],
  ["/me waves", "C: PRIVMSG #lobby :\x01ACTION waves\x01", "V #lobby: * ann waves"],
  ["/msg bob hi you", "C: PRIVMSG bob :hi you", "V #lobby: >ann to bob< hi you"],
  ["/notice bob hi", "C: NOTICE bob hi", "V #lobby: -ann to bob- hi"],
  ["/nick anna", "C: NICK anna"],
  ["/nick 1ann", 'V #lobby: !! "1ann" is no nickname'],
  ["/away lunch time", "C: AWAY :lunch time"],
  ["/away", "C: AWAY"],
  ["/names", "C: NAMES #lobby"],
  ["/topic", "C: TOPIC #lobby"],
  ["/topic a new one", "C: TOPIC #lobby :a new one"],
  ["/topic #two a new one", "C: TOPIC #two :a new one"],
  ["/whois bob", "C: WHOIS bob"],
  ["/whois", "C: WHOIS ann"],
  ["/who", "C: WHO #lobby"],
  ["/who *.org", "C: WHO *.org"],
  ["/list", "C: LIST"],
  ["/kick bob out with you", "C: KICK #lobby bob :out with you"],
  ["/invite cid", "C: INVITE cid #lobby"],
  ["/invite cid #two", "C: INVITE cid #two"],
  ["/mode", "C: MODE #lobby"],
  ["/mode +o bob", "C: MODE #lobby +o bob"],
  ["/mode ann +i", "C: MODE ann +i"],
  ["/raw VERSION\r\nQUIT", "C: VERSION QUIT", "V #lobby: -- Sent VERSION QUIT"],
  ["/quit see you", "E quit", "C: QUIT :see you"],
  ["/help me", "V #lobby: -- /me TEXT  say what you do: * ann waves"],
  ["/kick", "V #lobby: !! /kick needs more: /kick [#CHANNEL] NICK [REASON]"],
  ["/nosuch", "V #lobby: !! There is no command /nosuch: /help lists them"],
  ["/constructor", "V #lobby: !! There is no command /constructor: /help lists them"],
];

Deno.test("every command does what /help says of it", PURE, () => {
  for (const [typed, ...expected] of CASES) assertEquals(typedInLobby(typed), expected, typed);
  for (const name of Object.keys(COMMANDS)) {
    assert(CASES.some(([typed]) => typed.toLowerCase().startsWith(`/${name}`)), `/${name}`);
  }
});

Deno.test("/help lists every command", PURE, () => {
  const rows = typedInLobby("/help");
  for (const name of Object.keys(COMMANDS)) {
    assert(rows.some((row) => row.startsWith(`V #lobby: -- /${name}`)), name);
  }
});

Deno.test("what needs a channel says so where there is none", PURE, () => {
  assertEquals(typedInLobby("/1", "/kick bob", "hello", "/part").slice(1), [
    "V server: !! This is no channel: name one, or /join one",
    "V server: !! This is the server's window: /join a channel, or /query somebody",
    "V server: !! This window stays open; /quit leaves",
  ]);
});
