/**
 * Servers that want to fill the memory or harm the terminal.
 *
 * @module
 */
import { assert, assertEquals, assertFalse, assertLessOrEqual, assertMatch } from "@std/assert";
import type { IrcClient } from "../../../lib/irc_client/client.ts";
import type { Effect } from "../../../lib/irc_client/effect.ts";
import { entryRows } from "../../../lib/irc_client/entry_rows.ts";
import { entryJson, entryLine } from "../../../lib/irc_client/entry_text.ts";
import { MAX_URGENT, MAX_WAITING, Outbox } from "../../../lib/irc_client/outbox.ts";
import { paintNothing } from "../../../lib/irc_client/paint.ts";
import { textWidth } from "../../../lib/codec/text_width.ts";
import { promptText } from "../../../lib/irc_client/prompt.ts";
import { MAX_CHARACTERS, MAX_ENTRIES } from "../../../lib/irc_client/scrollback.ts";
import { MAX_BATCH_NICKS, MAX_BATCHES } from "../../../lib/irc_client/state.ts";
import { MAX_MEMBERS, MAX_NAME, MAX_WINDOWS } from "../../../lib/irc_client/windows.ts";
import { clientOf, START } from "../../support/irc_transcript.ts";
import { Random } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 60_000 } as const;

/** A client in #lobby, with a way to say lines to it. */
function inLobby(): { client: IrcClient; say: (...lines: string[]) => Effect[] } {
  const client = clientOf({ nick: "ann", channels: ["#lobby"] });
  client.connected(START);
  const say = (...lines: string[]): Effect[] => {
    return lines.flatMap((line) => {
      const effects = client.receive(new TextEncoder().encode(line), START);
      for (const effect of effects) if (effect.kind === "show") client.keep(effect.entry);
      return effects;
    });
  };
  say(":s 001 ann :Hi", ":s 376 ann :End", ":ann!a@h JOIN #lobby");
  return { client, say };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

Deno.test("people and channels without number open no windows without number", PURE, () => {
  const { client, say } = inLobby();
  say(...times(1_000, (n) => `:bot${n}!b@h PRIVMSG ann :hello ${n}`));
  say(...times(1_000, (n) => `:ann!a@h JOIN #forced${n}`));
  assertEquals(client.state.windows.list.length, MAX_WINDOWS);
});

Deno.test("scrollback is capped in entries and in characters", PURE, () => {
  const { client, say } = inLobby();
  say(...times(3_000, (n) => `:bob!b@h PRIVMSG #lobby :${n}`));
  const { scrollback } = client.state.windows.current;
  assertEquals(scrollback.length, MAX_ENTRIES);
  assertEquals(scrollback.last(1)[0]?.text, "2999");
  say(...times(1_000, (n) => `:bob!b@h PRIVMSG #lobby :${n} ${"x".repeat(4_000)}`));
  const kept = scrollback.last(MAX_ENTRIES);
  assertLessOrEqual(kept.reduce((sum, { text }) => sum + text.length, 0), MAX_CHARACTERS);
  assertMatch(kept.at(-1)?.text ?? "", /^999 x+$/);
});

Deno.test("scrollback keeps nothing that is never shown again", PURE, () => {
  const { client, say } = inLobby();
  say(`:s 353 ann = #lobby :${times(200, (n) => `name${n}`).join(" ")}`, ":s 366 ann #lobby :End");
  const [entry] = client.state.windows.current.scrollback.last(1);
  assertEquals([entry?.kind, entry?.data], ["names", {}]);
});

Deno.test("members are capped over all channels, and so are their names", PURE, () => {
  const { client, say } = inLobby();
  const { windows } = client.state;
  for (const channel of ["#lobby", "#b", "#c"]) {
    say(`:ann!a@h JOIN ${channel}`);
    for (let list = 0; list < 250; list++) {
      const names = times(100, (n) => `${channel.slice(1)}${list}x${n}`).join(" ");
      say(`:s 353 ann = ${channel} :${names}`);
    }
    say(`:${"n".repeat(MAX_NAME + 1)}!b@h JOIN ${channel}`);
  }
  const known = windows.list.reduce((sum, { members, names }) => {
    return sum + members.size + (names?.size ?? 0);
  }, 0);
  assertEquals(known, MAX_MEMBERS);
  const longest = Math.max(...[...windows.find("#lobby")!.members.keys()].map((key) => key.length));
  assertLessOrEqual(longest, MAX_NAME);
});

Deno.test("batches that never end are capped, and so is what they collect", PURE, () => {
  const { client, say } = inLobby();
  say(...times(1_000, (n) => `:s BATCH +b${n} netjoin a.b c.d`));
  assertEquals(client.state.batches.size, MAX_BATCHES);
  for (let n = 0; n < 2 * MAX_BATCH_NICKS; n++) say(`@batch=b0 :nick${n}!b@h JOIN #lobby`);
  assertEquals(client.state.batches.get("b0")?.nicks.get("#lobby")?.length, MAX_BATCH_NICKS);
});

Deno.test("what a server says of itself is capped", PURE, () => {
  const { client, say } = inLobby();
  for (let n = 0; n < 100; n++) {
    say(`:s 005 ann ${times(12, (token) => `T${n}X${token}=v`).join(" ")} :are supported`);
  }
  say(":s 005 ann LINELEN=999999999 :are supported");
  assertEquals(client.state.features.text("T0X0"), "v");
  assertEquals(client.state.features.text("T99X11"), "");
  assertLessOrEqual(client.state.features.lineLength, 8192);
});

Deno.test("labels that are never answered are forgotten", PURE, () => {
  const { client, say } = inLobby();
  say(":s CAP * LS :batch labeled-response", ":s CAP * ACK :batch labeled-response");
  for (let n = 0; n < 1_000; n++) client.typed(`line ${n}`, START);
  assertEquals(client.state.labels.size, 200);
});

Deno.test(
  "requests of others are answered three times at once at most, and not shown more often",
  PURE,
  () => {
    const { say } = inLobby();
    const effects = say(...times(500, () => ":bob!b@h PRIVMSG ann :\x01VERSION\x01"));
    const kinds = effects.map(({ kind }) => kind);
    assertEquals(kinds, ["show", "send", "show", "send", "show", "send"]);
    // A server must not make two clients answer each other's answers.
    assertEquals(say(":bob!b@h NOTICE ann :\x01VERSION x\x01").map(({ kind }) => kind), ["show"]);
  },
);

Deno.test("lines that cannot be read are mentioned a few times", PURE, () => {
  const { say } = inLobby();
  const shown = say(...times(1_000, () => ":s")).filter(({ kind }) => kind === "show");
  assertLessOrEqual(shown.length, 3);
});

Deno.test("answers to a server that takes none are not collected", PURE, () => {
  const outbox = new Outbox(0);
  for (let n = 0; n < 10_000; n++) outbox.push(`PONG ${n}`, true);
  for (let n = 0; n < 10_000; n++) outbox.push(`PRIVMSG #lobby ${n}`, false);
  assertEquals(outbox.take(START).lines.length, MAX_URGENT);
  assertEquals(outbox.waiting, MAX_WAITING);
});

/** What a terminal would obey, or turn around. */
// deno-lint-ignore no-control-regex -- these characters are what is looked for
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** Pieces that random lines are made of: real ones, and those that do harm. */
const PIECES = [
  ..."PRIVMSG NOTICE JOIN PART QUIT NICK MODE TOPIC KICK INVITE BATCH CAP 001 005 353 366 433 ERROR"
    .split(" "),
  ..."ann bob #lobby @#lobby :s :bob!b@h :ann!a@h +ov -b+k * LS ACK REQ NEW DEL PREFIX=(ov)@+ +1 -1"
    .split(" "),
  ...[
    "@time=x;batch=1",
    "CHANTYPES=",
    "CASEMAPPING=ascii",
    "LINELEN=0",
    ":",
    "",
    " ",
    ":text here",
  ],
  ...[
    "\x1b[2J",
    "\x07",
    "\u202e",
    "\u009b31m",
    "\x01ACTION",
    "\x01",
    "\x02\x0304,5",
    "\t",
    "\u2028",
  ],
  ...[
    "\ud83d\ude80",
    "漢字",
    "e\u0301\u0301\u0301\u0301\u0301",
    "\u{1f468}\u200d\u{1f469}",
    "\xff",
  ],
];

Deno.test(
  "whatever comes, nothing throws, nothing harmful is shown, and what is sent is one line",
  PURE,
  () => {
    const random = new Random();
    const { client, say } = inLobby();
    for (let round = 0; round < 5_000; round++) {
      const words = times(
        random.integer(1, 8),
        () => PIECES[random.integer(0, PIECES.length - 1)]!,
      );
      const line = words.join(random.integer(0, 3) === 0 ? "" : " ");
      const what = `seed ${random.seed}, round ${round}, ${JSON.stringify(line)}`;
      for (const effect of say(line)) {
        if (effect.kind === "send") {
          assertFalse(/[\r\n\0]/.test(effect.line), `${what} is answered with ${effect.line}`);
        } else if (effect.kind === "show") {
          const { entry } = effect;
          const shown = [...entryRows(entry, 40, paintNothing), entryLine(entry), entryJson(entry)];
          for (const row of shown) assertFalse(HARMFUL.test(row), `${what} is shown as ${row}`);
        }
      }
      const prompt = promptText(client.state, 60);
      assert(!HARMFUL.test(prompt) && textWidth(prompt) <= 60, `${what}: the prompt is ${prompt}`);
    }
  },
);

Deno.test("a server that takes the nickname away is not followed", PURE, () => {
  const { client, say } = inLobby();
  say(":ann!a@h NICK :", ":s 001 :", ":s 001", ":s 001 * :Hi", ":bob!b@h PRIVMSG #lobby :whoever");
  assertEquals(client.state.nick, "ann");
});

Deno.test("random bytes are no reason to stop", PURE, () => {
  const random = new Random();
  const { client } = inLobby();
  for (let round = 0; round < 2_000; round++) {
    const bytes = random.bytes(random.integer(1, 600));
    client.receive(bytes, START);
  }
  assertEquals(client.state.registered, true, `seed ${random.seed}`);
});
