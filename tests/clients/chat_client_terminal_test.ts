/**
 * The chat client as people use it: on a terminal, with keys in and a screen that is looked at.
 *
 * @module
 */
import { assert, assertEquals, assertFalse, assertMatch, assertNotEquals } from "@std/assert";
import { ChatHouse } from "../support/chat_house.ts";
import type { ChatPeer } from "../support/chat_peer.ts";
import { ircPeer } from "../support/irc_peer.ts";
import { NEEDS_TMUX, Screen, type ScreenOptions } from "../support/screen.ts";

/** Ann on a terminal and bob as raw lines, both in #lobby of our server. */
async function annAndBob(
  scope: AsyncDisposableStack,
  options: ScreenOptions = {},
  args: readonly string[] = [],
): Promise<{ ann: Screen; bob: ChatPeer; house: ChatHouse }> {
  const house = scope.use(new ChatHouse());
  const bob = scope.use(await house.register("bob"));
  await bob.send("JOIN #lobby");
  await bob.find(/ 366 /);
  const port = ["--nick", "ann", "--port", String(house.port)];
  const ann = scope.use(await Screen.start("chat-client", [...port, ...args], options));
  await ann.row(/2 members: @bob ann/);
  await bob.find(/^:ann!\S+ JOIN /);
  return { ann, bob, house };
}

/** A test that needs a terminal. */
function onTerminal(name: string, fn: (scope: AsyncDisposableStack) => Promise<void>): void {
  Deno.test({
    name: `${name}${NEEDS_TMUX.reason}`,
    ignore: NEEDS_TMUX.ignore,
    timeout: 90_000,
    fn: async () => {
      await using scope = new AsyncDisposableStack();
      await fn(scope);
    },
  });
}

/** `12:34` becomes `hh:mm`: what time it is does not matter. */
function timeless(row: string): string {
  return row.replace(/^\d\d:\d\d/, "hh:mm");
}

onTerminal("messages that arrive tear nothing of what is being typed", async (scope) => {
  const { ann, bob } = await annAndBob(scope);
  await ann.type("half a 漢字 ");
  await ann.input("[2:#lobby] ann> half a 漢字");
  for (let number = 1; number <= 12; number++) await bob.send(`PRIVMSG #lobby :line ${number}`);
  await ann.type("line 🚀 größe");
  const all = (rows: string[]): boolean => {
    return rows.at(-2)?.endsWith("line 12") === true && rows.at(-1)?.endsWith("größe") === true;
  };
  const rows = await ann.until(all, "all lines, and the input");
  assertEquals(rows.slice(-13, -1).map(timeless), [
    ...Array.from({ length: 12 }, (_, index) => `hh:mm <bob> line ${index + 1}`),
  ]);
  assertEquals(rows.at(-1), "[2:#lobby] ann> half a 漢字 line 🚀 größe");
  await ann.press("Enter");
  assertMatch(await bob.find(/^:ann!\S+ PRIVMSG/), / #lobby :half a 漢字 line 🚀 größe$/);
  await ann.input("[2:#lobby] ann>");
});

onTerminal("Tab completes commands, channels and nicknames", async (scope) => {
  const { ann } = await annAndBob(scope);
  const cases = [
    ["bo", "bob:"],
    ["hi bo", "hi bob"],
    ["/sw", "/switch"],
    ["/part #lo", "/part #lobby"],
  ] as const;
  for (const [typed, completed] of cases) {
    await ann.type(typed);
    await ann.input(`[2:#lobby] ann> ${typed}`);
    await ann.press("Tab");
    await ann.input(`[2:#lobby] ann> ${completed}`);
    await ann.type("|");
    await ann.input(`[2:#lobby] ann> ${completed} |`);
    await ann.press("C-u");
    await ann.input("[2:#lobby] ann>");
  }
  // A Tab that comes together with other characters was pasted, and is none of a key.
  await ann.type("/wh");
  await ann.input("[2:#lobby] ann> /wh");
  await ann.press("Tab");
  await ann.input("[2:#lobby] ann> /who");
  await ann.press("Tab");
  await ann.row(/^\/who {2}\/whois$/);
  await ann.input("[2:#lobby] ann> /who");
});

onTerminal("history and cursor keys edit the line", async (scope) => {
  const { ann, bob } = await annAndBob(scope);
  await ann.enter("first");
  await ann.enter("second one");
  await bob.find(/:second one$/);
  await ann.type("third");
  await ann.press("C-u", "Up");
  await ann.input("[2:#lobby] ann> second one");
  await ann.press("Up");
  await ann.input("[2:#lobby] ann> first");
  await ann.press("Down", "C-w");
  await ann.input("[2:#lobby] ann> second");
  await ann.press("Left", "Left");
  await ann.type("XY");
  await ann.press("BSpace", "Home");
  await ann.type("漢");
  await ann.press("End");
  await ann.type("!");
  await ann.input("[2:#lobby] ann> 漢seconXd !");
  await ann.press("Home", "Right");
  await ann.type("é");
  const rows = await ann.input("[2:#lobby] ann> 漢éseconXd !");
  assertEquals(await ann.cursor(), "[2:#lobby] ann> ".length + 3);
  assert(rows.some((row) => row.endsWith(">ann< second one")), "own messages are marked");
});

onTerminal(
  "a line that is longer than the row moves along, and is sent as a whole",
  async (scope) => {
    const { ann, bob } = await annAndBob(scope, { columns: 40 });
    const words = "0123456789 漢字🚀 abcdefghij ABCDEFGHIJ end";
    await ann.type(words);
    const rows = await ann.until((rows) => rows.at(-1)?.endsWith(" end") === true, "its end");
    assertMatch(rows.at(-1) ?? "", /^\[2:#lobby\] ann> ….*ABCDEFGHIJ end$/);
    await ann.press("Home");
    await ann.until(
      (rows) => rows.at(-1)?.startsWith("[2:#lobby] ann> 0123456789") === true,
      "its start",
    );
    await ann.press("Enter");
    assertMatch(await bob.find(/^:ann!\S+ PRIVMSG/), new RegExp(` :${words}$`));
  },
);

onTerminal("several windows, with what is unread counted in the prompt", async (scope) => {
  const { ann, bob } = await annAndBob(scope);
  await ann.enter("/join #two");
  await ann.input("[3:#two] ann>");
  await bob.send("PRIVMSG #lobby :one", "PRIVMSG #lobby :two", "PRIVMSG ann :psst");
  await ann.input("[3:#two] 2:#lobby(2) 4:bob(1!) ann>");
  await ann.press("M-2");
  await ann.row(/<bob> two$/);
  await ann.input("[2:#lobby] 4:bob(1!) ann>");
  await ann.enter("/4");
  const rows = await ann.input("[4:bob] ann>");
  assertMatch(rows.at(-2) ?? "", /^\d\d:\d\d!<bob> psst$/);
  await ann.enter("hush");
  await bob.find(/^:ann!\S+ PRIVMSG bob :hush$/);
  await ann.enter("/part");
  await ann.until((rows) => /^\[\d:#\w+\] ann>$/.test(rows.at(-1) ?? ""), "another window");
  await ann.enter("/switch two");
  await ann.input("[3:#two] ann>");
  await ann.enter("/part done here");
  await ann.input("[2:#lobby] ann>");
  await ann.enter("/query bob again");
  await ann.input("[3:bob] ann>");
  await bob.find(/^:ann!\S+ PRIVMSG bob :again$/);
  await ann.press("M-9");
  await ann.row(/!! There is no window 9/);
});

onTerminal("another size draws everything anew, wide characters included", async (scope) => {
  const { ann, bob } = await annAndBob(scope);
  await bob.send(`PRIVMSG #lobby :${"漢字 🚀 word ".repeat(8)}`);
  await ann.row(/<bob> 漢字/);
  await ann.type("typed 漢字");
  await ann.resize(40, 12);
  await ann.row(/^--- 2:#lobby - 2 members ---$/);
  const narrow = await ann.input("[2:#lobby] ann> typed 漢字");
  assert(narrow.length <= 12);
  assert(narrow.some((row) => /^ {12}\S/.test(row)), "the text goes on below itself");
  await ann.resize(120, 30);
  await ann.row(/^\d\d:\d\d <bob> (漢字 🚀 word ){6}/);
  await ann.input("[2:#lobby] ann> typed 漢字");
  assertEquals(await ann.cursor(), "[2:#lobby] ann> typed ".length + 4);
});

onTerminal(
  "nicknames have stable colours, and calls stand out; NO_COLOR is honoured",
  async (scope) => {
    const { ann, bob } = await annAndBob(scope, { colours: true });
    await bob.send("PRIVMSG #lobby :first", "PRIVMSG #lobby :hello Ann!", "PRIVMSG #lobby :third");
    await ann.row(/<bob> third$/);
    await ann.enter("mine");
    await ann.row(/>ann< mine/);
    const painted = await ann.paintedRows();
    const colourOf = (text: string): string => {
      const row = painted.find((row) => row.includes(text)) ?? "";
      // deno-lint-ignore no-control-regex -- colours are what is looked for
      return /((?:\x1b\[[\d;]*m)+)[<>](?:bob|ann)[<>]/.exec(row)?.[1] ?? "";
    };
    assertNotEquals(colourOf("first"), "");
    assertEquals(colourOf("third"), colourOf("first"));
    assertNotEquals(colourOf("hello Ann!"), colourOf("first"));
    assertNotEquals(colourOf("mine"), colourOf("first"));

    const plain = await annAndBob(scope);
    await plain.bob.send("PRIVMSG #lobby :hello Ann!");
    assertMatch(await plain.ann.row(/hello Ann!/), /^\d\d:\d\d!<bob>/);
    assertFalse((await plain.ann.paintedRows()).join().includes("\x1b["));
  },
);

onTerminal("events and answers come in words, where they were asked for", async (scope) => {
  const { ann, bob } = await annAndBob(scope);
  await bob.send("MODE #lobby +o ann", "TOPIC #lobby :Über 漢字", "NICK bobby", "AWAY :lunch");
  await ann.row(/-- bob made ann an operator$/);
  await ann.row(/-- bob set the topic: Über 漢字$/);
  await ann.row(/-- bob is now known as bobby$/);
  await ann.enter("/whois bobby");
  await ann.row(/-- bobby is ~bob@\S+ \(bob\)$/);
  await ann.row(/-- bobby is away: lunch$/);
  await ann.enter("/me waves");
  await ann.row(/\* ann waves$/);
  await bob.send("NOTICE #lobby :a notice", "PART #lobby :bye");
  await ann.row(/-bobby- a notice$/);
  await ann.row(/<- bobby left #lobby \(bye\)$/);
  await ann.enter("/who bobby");
  await ann.row(/-- bobby is ~bob@\S+ .*, away/);
  await ann.enter("/nosuch");
  await ann.row(/!! There is no command \/nosuch: \/help lists them$/);
  await ann.enter("/help kick");
  await ann.row(/-- \/kick \[#CHANNEL\] NICK \[REASON\] {2}throw somebody out$/);
});

onTerminal("Ctrl-C says QUIT, gives the terminal back and ends with 130", async (scope) => {
  const { ann, bob } = await annAndBob(scope);
  await ann.type("never sent");
  await ann.press("C-c");
  await ann.row(/^exit code 130$/);
  await ann.row(/^Interrupted: 0 messages sent, 0 received$/);
  await bob.find(/^:ann!\S+ QUIT :Quit: Bye$/);
  // The terminal echoes again, as it did before.
  await ann.enter("echoed");
  await ann.row(/^echoed$/);
});

onTerminal("/quit ends with 0, and so does Ctrl-D on an empty line", async (scope) => {
  const { ann, bob } = await annAndBob(scope);
  await ann.enter("/quit see you");
  await ann.row(/^exit code 0$/);
  await bob.find(/^:ann!\S+ QUIT :Quit: see you$/);
  const other = await annAndBob(scope);
  await other.ann.press("C-d");
  await other.ann.row(/^exit code 0$/);
});

onTerminal("whoever leaves before all was sent is told so", async (scope) => {
  const { ann, bob } = await annAndBob(scope, {}, ["--pace", "60"]);
  for (const text of ["one", "two", "three", "four", "five", "six"]) await ann.enter(text);
  await bob.find(/ #lobby :?four$/);
  await ann.enter("/quit");
  await ann.row(/^Left with 2 messages not sent yet$/);
  await ann.row(/^exit code 0$/);
});

onTerminal("a nickname in use: NAME_ is tried, then somebody is asked", async (scope) => {
  const house = scope.use(new ChatHouse());
  scope.use(await house.register("ann"));
  const port = ["--nick", "ann", "--port", String(house.port)];
  const second = scope.use(await Screen.start("chat-client", port));
  await second.input("[2:#lobby] ann_>");
  const third = scope.use(await Screen.start("chat-client", port));
  await third.input("Nickname:");
  await third.enter("carla");
  await third.input("[2:#lobby] carla>");
});

onTerminal("Deno asks for permission before the screen is taken over", async (scope) => {
  const house = scope.use(new ChatHouse());
  const args = ["--nick", "ann", "--port", String(house.port)];
  const ann = scope.use(await Screen.start("chat-client", args, { prompts: true }));
  // In raw mode it could not: it would say so, and the client would have no permission.
  await ann.row(/Deno requests net access to "127\.0\.0\.1:\d+"/);
  await ann.row(/Allow\? \[y\/n\/A\]/);
});

onTerminal("a password that is asked for is not shown", async (scope) => {
  let pass = "";
  const server = scope.use(ircPeer(async (talk) => {
    pass = await talk.line(/^PASS/);
    await talk.welcome("ann");
    await talk.farewell();
  }));
  const args = ["--nick", "ann", "--port", server.port, "--ask-password"];
  const ann = scope.use(await Screen.start("chat-client", args));
  await ann.row(/password/i);
  await ann.enter("s3cret");
  await ann.input("[2:#lobby] ann>");
  assertFalse((await ann.rows()).join("\n").includes("s3cret"));
  assertEquals(pass, "PASS s3cret");
  await ann.press("C-c");
  await ann.row(/^exit code 130$/);
});

onTerminal("a lost connection is told, and comes back with its channels", async (scope) => {
  const server = scope.use(ircPeer(async (talk, index) => {
    await talk.welcome("ann");
    if (index === 0) await talk.line(/^PRIVMSG #lobby :?drop$/);
    else await talk.farewell();
  }));
  const ann = scope.use(
    await Screen.start("chat-client", ["--nick", "ann", "--port", server.port]),
  );
  await ann.row(/You joined #lobby$/);
  await ann.enter("drop");
  await ann.row(/-- Connection lost: the server closed the connection; trying again in \d s$/);
  await ann.row(/-- Back after .*: what was said meanwhile is missing here$/);
  await ann.input("[2:#lobby] ann>");
  await ann.press("C-c");
  await ann.row(/^exit code 130$/);
});

onTerminal("a hostile server cannot garble the screen", async (scope) => {
  const server = scope.use(ircPeer(async (talk) => {
    await talk.welcome("ann");
    await talk.send(
      ":bob!b@h PRIVMSG #lobby :\x1b[2J\x1b[H\x1b]0;title\x07cleared",
      ":bob!b@h PRIVMSG #lobby :\u202e\u2066desrever\u200f",
      ":bob!b@h PRIVMSG #lobby :\x9b31mred\u0085next",
      ":\x1b[31mevil!b@h JOIN #lobby",
      ":irc.test TOPIC #lobby :a\x1b[5;5Hb",
      `:bob!b@h PRIVMSG #lobby :Z${"\u0301".repeat(200)}algo`,
      `:bob!b@h PRIVMSG #lobby :${"y".repeat(5_000)}`,
    );
    await talk.raw(new TextEncoder().encode(`:bob!b@h PRIVMSG #lobby :${"x".repeat(100_000)}\r\n`));
    const flood = Array.from({ length: 2_000 }, (_, n) => `:bob!b@h PRIVMSG #lobby :flood ${n}`);
    await talk.line(/^PRIVMSG #lobby :?go$/);
    await talk.send(...flood, ":bob!b@h PRIVMSG #lobby :the end");
    await talk.farewell();
  }));
  const args = ["--nick", "ann", "--port", server.port];
  const ann = scope.use(await Screen.start("chat-client", args, { rows: 100 }));
  await ann.row(/!<bob> \\x1b\[2J|<bob> \\x1b\[2J\\x1b\[H\\x1b\]0;title\\x07cleared$/);
  const rows = await ann.until((rows) => rows.join().includes("yyyy"), "the last of it");
  const text = rows.join("\n");
  for (
    const harmless of ["\\u{202e}\\u{2066}desrever", "\\u{9b}31mred\\u{85}next", "\\x1b[31mevil"]
  ) {
    assert(text.includes(harmless), `${harmless} is not in\n${text}`);
  }
  assertFalse(/[\u202e\u2066\u200f\x9b]/.test(text));
  await ann.enter("go");
  await ann.row(/<bob> the end$/);
  await ann.input("[2:#lobby] ann>");
  await ann.enter("/1");
  await ann.row(/!! Dropped a line of more than \d+ bytes$/);
  await ann.press("C-c");
  await ann.row(/^exit code 130$/);
});
