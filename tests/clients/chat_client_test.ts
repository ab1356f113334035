import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { runClient, type RunOptions, startClient } from "../support/process.ts";
import { ircPeer, type IrcTalk } from "../support/irc_peer.ts";
import { soon } from "../support/journal.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import { Peer } from "../support/peer.ts";
import { ScratchDirectory } from "../support/scratch.ts";
import { serverIdentity } from "../support/tls.ts";

const TIMEOUT = { timeout: 40_000 } as const;

/** Everything goes through and the server says goodbye. */
async function goWell(talk: IrcTalk): Promise<void> {
  await talk.welcome("ann");
  await talk.answerPing();
  await talk.farewell();
}

/** Runs the client as ann against a scripted server. */
async function runAgainst(
  play: (talk: IrcTalk, index: number) => Promise<void>,
  args: readonly string[] = [],
  options: RunOptions = {},
): ReturnType<typeof runClient> {
  await using server = ircPeer(play);
  return await runClient("chat-client", ["--nick", "ann", "--port", server.port, ...args], options);
}

Deno.test(
  "a pipe's lines go to the channel, in order, before the client leaves",
  TIMEOUT,
  async () => {
    let said: string[] = [];
    const { code, stdout, stderr } = await runAgainst(
      async (talk) => {
        await goWell(talk);
        said = talk.lines.entries.filter((line) => /^(PRIVMSG|JOIN|PING|QUIT)/.test(line));
      },
      ["--quiet"],
      { stdin: "build green\n\n/etc/passwd is missing\n" },
    );
    assertEquals([code, stdout, stderr], [0, "", ""]);
    assertEquals(said, [
      "JOIN #lobby",
      "PRIVMSG #lobby :build green",
      "PRIVMSG #lobby :/etc/passwd is missing",
      "PING ann-is-done",
      "QUIT Bye",
    ]);
  },
);

Deno.test("what others say comes out as lines, all the rest as notes", TIMEOUT, async () => {
  const { code, stdout, stderr } = await runAgainst(async (talk) => {
    await talk.welcome("ann");
    await talk.send(
      ":bob!b@h PRIVMSG #lobby :hi \x02there\x02 \x1b[2J",
      ":bob!b@h PRIVMSG #lobby :\x01ACTION waves\x01",
      ":cid!c@h JOIN #lobby",
    );
    await talk.answerPing();
    await talk.farewell();
  });
  assertEquals([code, stdout], [0, "<bob> hi there \\x1b[2J\n* bob waves\n"]);
  assertMatch(stderr, /^-> cid joined #lobby \(c@h\)$/m);
});

Deno.test("--json tells everything that happens, one object a line", TIMEOUT, async () => {
  const { code, stdout, stderr } = await runAgainst(async (talk) => {
    await talk.welcome("ann");
    await talk.send("@time=2026-01-02T03:04:05.678Z :bob!b@h PRIVMSG #lobby :ann: \u202eevil");
    await goOn(talk);
  }, ["--json"]);
  assertEquals([code, stderr], [0, ""]);
  assert(!stdout.includes("\u202e"), "what could harm a terminal is escaped");
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(events.map(({ event }) => event), ["status", "status", "join", "names", "message"]);
  assertEquals(events.at(-1), {
    time: "2026-01-02T03:04:05.678Z",
    event: "message",
    window: "#lobby",
    from: "bob",
    text: "ann: \u202eevil",
    own: false,
    mention: true,
    target: "#lobby",
  });
});

async function goOn(talk: IrcTalk): Promise<void> {
  await talk.answerPing();
  await talk.farewell();
}

Deno.test("--commands lets a program use commands", TIMEOUT, async () => {
  let line = "";
  const { code } = await runAgainst(
    async (talk) => {
      await talk.welcome("ann");
      line = await talk.line(/^PRIVMSG/);
      await goOn(talk);
    },
    ["--commands"],
    { stdin: "/msg bob hello there\n" },
  );
  assertEquals([code, line], [0, "PRIVMSG bob :hello there"]);
});

Deno.test("after a burst of four, the fifth line waits for its time", TIMEOUT, async () => {
  let waited = 0;
  const { code } = await runAgainst(
    async (talk) => {
      // None can be sent before.
      const begin = performance.now();
      await talk.welcome("ann");
      await talk.line(/^PRIVMSG #lobby 5$/);
      waited = performance.now() - begin;
      await goOn(talk);
    },
    ["--pace", "1"],
    { stdin: "1\n2\n3\n4\n5\n" },
  );
  assertEquals(code, 0);
  assertGreaterOrEqual(waited, 990);
});

Deno.test(
  "four lines go at once, and an answer to the server overtakes the rest",
  TIMEOUT,
  async () => {
    const sent = Promise.withResolvers<readonly string[]>();
    await using server = ircPeer(async (talk) => {
      await talk.welcome("ann");
      await talk.line(/^PRIVMSG #lobby 4$/);
      await talk.send("PING :hurry");
      await talk.line(/^PONG /);
      sent.resolve([...talk.lines.entries]);
    });
    const args = ["--nick", "ann", "--port", server.port, "--pace", "60"];
    await using client = startClient("chat-client", args);
    await client.type("1\n2\n3\n4\n5\n");
    const lines = await soon(sent.promise, "the PONG");
    assertEquals(lines.filter((line) => /^(PRIVMSG|PONG)/.test(line)), [
      ...[1, 2, 3, 4].map((number) => `PRIVMSG #lobby ${number}`),
      "PONG hurry",
    ]);
  },
);

Deno.test("a long line goes out in parts that fit when relayed", TIMEOUT, async () => {
  const word = "größer🚀 ";
  let parts: string[] = [];
  await runAgainst(
    async (talk) => {
      await goWell(talk);
      parts = talk.lines.entries.filter((line) => line.startsWith("PRIVMSG"));
    },
    ["--pace", "0"],
    { stdin: word.repeat(100) },
  );
  assertEquals(
    parts.map((line) => line.replace(/^PRIVMSG #lobby :/, "")).join(" "),
    word.repeat(100).trim(),
  );
  for (const part of parts) {
    const relayed = `:ann!${"u".repeat(11)}@${"h".repeat(63)} ${part}\r\n`;
    assertLess(new TextEncoder().encode(relayed).length, 513);
  }
});

Deno.test("a line of any length goes out as a whole, and so does the next", TIMEOUT, async () => {
  const words = Array.from({ length: 40_000 }, (_, index) => `w${index}`).join(" ");
  let said: string[] = [];
  const { code, stderr } = await runAgainst(
    async (talk) => {
      await goWell(talk);
      said = talk.lines.entries.filter((line) => line.startsWith("PRIVMSG"));
    },
    ["--pace", "0.001", "--quiet"],
    { stdin: `${words}\nlast\n` },
  );
  assertEquals([code, stderr], [0, ""]);
  const texts = said.map((line) => line.replace(/^PRIVMSG #lobby :?/, ""));
  assertEquals(texts.pop(), "last");
  assertEquals(texts.join(" "), words);
});

/** How servers refuse, and what comes of it. */
const REFUSALS: readonly {
  readonly name: string;
  readonly code: number;
  readonly error: RegExp;
  readonly play: (talk: IrcTalk) => Promise<void>;
}[] = [
  {
    name: "all nicknames in use",
    code: 4,
    error: /^Nickname "ann___" was refused: In use$/m,
    play: async (talk) => {
      for (const nick of ["ann", "ann_", "ann__", "ann___"]) {
        await talk.line(new RegExp(`^NICK ${nick}$`));
        await talk.send(`:irc.test 433 * ${nick} :In use`);
      }
      await talk.farewell();
    },
  },
  {
    name: "a nickname that the server does not like",
    code: 4,
    error: /^Nickname "ann" was refused: Erroneous nickname$/m,
    play: async (talk) => {
      await talk.line(/^NICK/);
      await talk.send(":irc.test 432 * ann :Erroneous nickname");
      await talk.farewell();
    },
  },
  {
    name: "banned from the server",
    code: 5,
    error: /^The server does not let "ann" in: You are banned$/m,
    play: async (talk) => {
      await talk.line(/^USER/);
      await talk.send(":irc.test 465 ann :You are banned", "ERROR :Closing link");
    },
  },
  {
    name: "banned from the channel",
    code: 5,
    error: /^Cannot join #lobby: you are banned$/m,
    play: async (talk) => {
      await talk.line(/^USER/);
      await talk.send(":irc.test 001 ann :Hi", ":irc.test 422 ann :No MOTD");
      await talk.line(/^JOIN/);
      await talk.send(":irc.test 474 ann #lobby :Cannot join channel (+b)");
      await talk.farewell();
    },
  },
  {
    name: "kicked",
    code: 5,
    error: /^You were kicked from #lobby by bob \(spam\)$/m,
    play: async (talk) => {
      await talk.welcome("ann");
      await talk.send(":bob!b@h KICK #lobby ann :spam");
      await talk.farewell();
    },
  },
  {
    name: "not allowed to speak",
    code: 5,
    error: /^Cannot send to #lobby: Moderated$/m,
    play: async (talk) => {
      await talk.welcome("ann");
      await talk.line(/^PRIVMSG/);
      await talk.send(":irc.test 404 ann #lobby :Moderated");
      await talk.farewell();
    },
  },
  {
    name: "not allowed to speak, for a reason of the server's own",
    code: 5,
    error: /^#lobby: You need to identify first$/m,
    play: async (talk) => {
      await talk.welcome("ann");
      await talk.line(/^PRIVMSG/);
      await talk.send(":irc.test 477 ann #lobby :You need to identify first");
      await talk.answerPing();
      await talk.farewell();
    },
  },
  {
    name: "a channel that is unavailable for now",
    code: 5,
    error: /^#lobby: Nick\/channel is temporarily unavailable$/m,
    play: async (talk) => {
      await talk.line(/^USER/);
      await talk.send(":irc.test 001 ann :Hi", ":irc.test 422 ann :No MOTD");
      await talk.line(/^JOIN/);
      await talk.send(":irc.test 437 ann #lobby :Nick/channel is temporarily unavailable");
      await talk.farewell();
    },
  },
  {
    name: "the connection lost while the last answer is awaited",
    code: 6,
    error: /^Connection lost: the server said: Shutting \\x1b\[31mdown$/m,
    play: async (talk) => {
      await talk.welcome("ann");
      await talk.line(/^PING/);
      await talk.send("ERROR :Shutting \x1b[31mdown");
    },
  },
  {
    name: "closed before registration",
    code: 6,
    error: /^Could not register: the server closed the connection$/m,
    play: async (talk) => {
      await talk.line(/^USER/);
    },
  },
];

for (const { name, code, error, play } of REFUSALS) {
  Deno.test(`exit code ${code}: ${name}`, TIMEOUT, async () => {
    const ended = await runAgainst(play, [], { stdin: "hello\n" });
    assertMatch(ended.stderr, error);
    assertEquals(ended.code, code);
    const [sentence = ""] = error.exec(ended.stderr) ?? [];
    assertEquals(ended.stderr.split(sentence).length, 2, `said once: ${ended.stderr}`);
  });
}

Deno.test("exit code 3: nothing listens there", TIMEOUT, async () => {
  const port = "1";
  const { code, stderr } = await runClient("chat-client", ["--port", port]);
  assertEquals(code, 3);
  assertMatch(stderr, /^Cannot connect to .*: connection refused; /);
  assertStringIncludes(stderr, `deno task chat-server --port ${port}\n`);
});

Deno.test("exit code 6: a server that never answers", TIMEOUT, async () => {
  const { code, stderr } = await runAgainst(async (talk) => {
    await talk.lines.find(() => false, "anything more").catch(() => {});
  }, ["--timeout", "1"]);
  assertMatch(stderr, /^Could not register: the server did not let the client in within 1 s/m);
  assertEquals(code, 6);
});

Deno.test("a server that falls silent is asked for a sign of life, and left", TIMEOUT, async () => {
  await using server = ircPeer(async (talk) => {
    await talk.welcome("ann");
    await talk.line(/^PING still-there$/);
    await talk.lines.find(() => false, "anything more").catch(() => {});
  });
  const args = ["--nick", "ann", "--port", server.port, "--timeout", "5", "--no-reconnect"];
  await using client = startClient("chat-client", args);
  assertEquals((await client.end()).code, 6);
  assertMatch(client.stderr.text, /^Connection lost: no sign of life for 5 s/m);
});

Deno.test(
  "a lost connection comes back, rejoins, and what was not sent yet is sent",
  TIMEOUT,
  async () => {
    const said: string[] = [];
    await using server = ircPeer(async (talk, index) => {
      if (index === 1) return;
      await talk.welcome("ann");
      if (index === 0) return;
      said.push(await talk.line(/^PRIVMSG/));
      await goOn(talk);
    });
    await using client = startClient("chat-client", ["--nick", "ann", "--port", server.port]);
    await client.stderr.find(
      (line) => /Connection lost: .*; trying again in/.test(line),
      "the loss",
    );
    await client.type("still here\n");
    await client.endInput();
    assertEquals((await client.end()).code, 0);
    assertEquals(said, ["PRIVMSG #lobby :still here"]);
    assertMatch(client.stderr.text, /^-- Back after .*: what was said meanwhile is missing here$/m);
  },
);

Deno.test(
  "what may be lost with a connection is named, not said again, and never exit code 0",
  TIMEOUT,
  async () => {
    const said: string[][] = [];
    await using server = ircPeer(async (talk, index) => {
      await talk.welcome("ann");
      await talk.line(/^PRIVMSG/);
      if (index === 1) await goOn(talk);
      said.push(talk.lines.entries.filter((line) => line.startsWith("PRIVMSG")));
    });
    await using client = startClient("chat-client", ["--nick", "ann", "--port", server.port]);
    await client.type("one\n");
    await client.stderr.find(
      (line) => line === '!! May be lost, and is not sent again: "one"',
      "it",
    );
    await client.type("two\n");
    await client.endInput();
    assertEquals((await client.end()).code, 6);
    assertEquals(said, [["PRIVMSG #lobby one"], ["PRIVMSG #lobby two"]]);
    assertMatch(client.stderr.text, /^Connection lost: 1 message may be lost with it$/m);
  },
);

Deno.test("a lost connection is no loss of what the server has answered", TIMEOUT, async () => {
  await using server = ircPeer(async (talk, index) => {
    await talk.welcome("ann");
    await talk.line(/^PRIVMSG/);
    if (index === 1) return await goOn(talk);
    await talk.send(":ann!u@host PRIVMSG #lobby one");
  });
  await using client = startClient("chat-client", ["--nick", "ann", "--port", server.port]);
  await client.type("one\n");
  await client.stderr.find((line) => line.startsWith("-- Connection lost"), "the loss");
  await client.type("two\n");
  await client.endInput();
  assertEquals((await client.end()).code, 0);
});

Deno.test("--commands loses nothing while there is no connection", TIMEOUT, async () => {
  const said: string[] = [];
  await using server = ircPeer(async (talk, index) => {
    await talk.welcome("ann");
    if (index === 0) return;
    said.push(await talk.line(/^PRIVMSG/));
    await goOn(talk);
  });
  const args = ["--nick", "ann", "--port", server.port, "--commands"];
  await using client = startClient("chat-client", args);
  await client.stderr.find((line) => line.startsWith("-- Connection lost"), "the loss");
  await client.type("still here\n");
  await client.endInput();
  assertEquals((await client.end()).code, 0);
  assertEquals(said, ["PRIVMSG #lobby :still here"]);
});

Deno.test(
  "--commands: /quit comes after the lines before it, and with its reason",
  TIMEOUT,
  async () => {
    let said: string[] = [];
    const { code } = await runAgainst(
      async (talk) => {
        await goWell(talk);
        said = talk.lines.entries.filter((line) => /^(PRIVMSG|QUIT)/.test(line));
      },
      ["--commands", "--pace", "0.01"],
      { stdin: "1\n2\n3\n4\n5\n6\n/quit see you\nnever said\n" },
    );
    assertEquals(code, 0);
    const lines = [1, 2, 3, 4, 5, 6].map((n) => `PRIVMSG #lobby ${n}`);
    assertEquals(said, [...lines, "QUIT :see you"]);
  },
);

Deno.test("--commands: what is refused before /quit is never exit code 0", TIMEOUT, async () => {
  const { code, stderr } = await runAgainst(
    async (talk) => {
      await talk.welcome("ann");
      await talk.line(/^PRIVMSG/);
      await talk.send(":irc.test 404 ann #lobby :Moderated");
      await talk.farewell();
    },
    ["--commands"],
    { stdin: "hello\n/quit\n" },
  );
  assertEquals(code, 5);
  assertMatch(stderr, /^Cannot send to #lobby: Moderated$/m);
});

Deno.test("--no-reconnect ends with the connection", TIMEOUT, async () => {
  await using server = ircPeer((talk) => talk.welcome("ann"));
  const args = ["--nick", "ann", "--port", server.port, "--no-reconnect"];
  await using client = startClient("chat-client", args);
  assertEquals((await client.end()).code, 6);
});

Deno.test({
  name: `SIGINT says QUIT and what was done, exit code 130${NEEDS_POSIX.reason}`,
  ignore: NEEDS_POSIX.ignore,
  ...TIMEOUT,
  fn: async () => {
    let quit = "";
    await using server = ircPeer(async (talk) => {
      await talk.welcome("ann");
      await talk.line(/^PRIVMSG #lobby 4$/);
      await talk.send(":bob!b@h PRIVMSG #lobby :hello");
      quit = await talk.line(/^QUIT/);
      await talk.send("ERROR :Closing link");
    });
    const args = ["--nick", "ann", "--port", server.port, "--pace", "60"];
    await using client = startClient("chat-client", args);
    await client.type("1\n2\n3\n4\nwaits for its turn\n");
    await client.stdout.find((line) => line === "<bob> hello", "the message");
    client.kill("SIGINT");
    assertEquals((await client.end()).code, 130);
    assertEquals(quit, "QUIT Bye");
    assertMatch(client.stderr.text, /^Interrupted: 4 messages sent, 1 received$/m);
  },
});

Deno.test("the password comes from a file, and is sent before anything else", TIMEOUT, async () => {
  using scratch = new ScratchDirectory();
  Deno.writeTextFileSync(scratch.file("secret"), "s3cret word\n", { mode: 0o600 });
  let lines: readonly string[] = [];
  const { code } = await runAgainst(
    async (talk) => {
      await goWell(talk);
      lines = talk.lines.entries.slice(0, 4);
    },
    ["--password-file", scratch.file("secret")],
    { grants: [`--allow-read=${scratch.path}`] },
  );
  assertEquals(code, 0);
  assertEquals(lines, ["CAP LS 302", "PASS :s3cret word", "NICK ann", "USER ann 0 * ann"]);
});

Deno.test("a password file that may not be read costs one line", TIMEOUT, async () => {
  const { code, stderr } = await runClient("chat-client", ["--password-file", "secret"]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^Cannot read password file "secret": .* run: deno run .*--allow-read=secret/,
  );
});

const USAGES: readonly (readonly [args: string[], error: RegExp])[] = [
  [["--nick", "1ann"], /^Option --nick got "1ann": expected letters/],
  [["--nick", "a b"], /^Option --nick got "a b"/],
  [["--channel", "#a b"], /^Option --channel got "#a b": no spaces/],
  [["--channel", ","], /^Option --channel got ",": expected at least one/],
  [["--ask-password"], /^Option --ask-password needs a terminal/],
  [["--ask-password", "--password-file", "x"], /exclude each other/],
];

Deno.test("wrong usage is exit code 2 and one sentence", TIMEOUT, async () => {
  for (const [args, error] of USAGES) {
    const { code, stderr } = await runClient("chat-client", args);
    assertMatch(stderr, error);
    assertEquals(code, 2, args.join(" "));
  }
});

Deno.test("the same over TLS", TIMEOUT, async () => {
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...serverIdentity() });
  const serving = (async () => {
    using conn = await listener.accept();
    const buffer = new Uint8Array(4096);
    let text = "";
    let answered = 0;
    for (let count; (count = await conn.read(buffer)) !== null;) {
      text += new TextDecoder().decode(buffer.subarray(0, count));
      const answers = [
        [/^USER/m, ":s 001 ann :Hi\r\n:s 422 ann :No\r\n"],
        [/^JOIN/m, ":ann!u@h JOIN #lobby\r\n"],
        [/^PING/m, ":s PONG s ann-is-done\r\n"],
        [/^QUIT/m, ""],
      ] as const;
      for (const [pattern, answer] of answers.slice(answered)) {
        if (!pattern.test(text)) break;
        await conn.write(new TextEncoder().encode(answer));
        answered++;
      }
      if (answered === answers.length) break;
    }
    return text;
  })();
  const port = String(listener.addr.port);
  const { code, stderr } = await runClient("chat-client", [
    ...["--nick", "ann", "--port", port, "--host", "localhost"],
    ...["--tls", "--ca", "tests/vectors/tls/ca.pem"],
  ], { stdin: "secretly\n", grants: ["--allow-read=tests/vectors/tls"] });
  assertEquals(code, 0, stderr);
  assertMatch(await serving, /^PRIVMSG #lobby secretly$/m);
});

Deno.test(
  "plain TCP where the server speaks TLS, or something else, ends with a sentence",
  TIMEOUT,
  async () => {
    await using server = new Peer(async (conn) => {
      await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n<html>\r\n"));
    });
    const { code, stderr } = await runClient("chat-client", ["--port", server.port]);
    assertEquals(code, 6);
    assertMatch(stderr, /^Could not register: /m);
  },
);
