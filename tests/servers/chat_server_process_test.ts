/**
 * The chat server as its users run it: flags, configuration file, permissions, signals.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ChatPeer } from "../support/chat_peer.ts";
import { runCommand } from "../support/commands.ts";
import { NEEDS_POSIX, NEEDS_UNIX_SOCKETS } from "../support/machine.ts";
import { exchange } from "../support/peer.ts";
import { commandFor, runClient, Server, startServer } from "../support/process.ts";
import { ScratchDirectory } from "../support/scratch.ts";
import { authority } from "../support/tls.ts";

const TIMEOUT = 60_000;
const TLS = "tests/vectors/tls";
const HASH = /^\$scrypt\$ln=14,r=8,p=5\$[\w+/]+\$[\w+/]+$/;

/** A configuration file that only its owner can read. */
function configFile(scratch: ScratchDirectory, value: unknown, mode = 0o600): string {
  const path = scratch.file("chat.json");
  Deno.writeTextFileSync(path, typeof value === "string" ? value : JSON.stringify(value), { mode });
  return path;
}

/** Starts the server where its configuration says, which `startServer` would overrule. */
async function startConfigured(path: string, grants: string[] = []): Promise<Server> {
  const options = { grants: [`--allow-read=${path},${TLS}`, ...grants] };
  const server = new Server("chat-server", commandFor("chat-server", ["--config", path], options));
  return await server.listening();
}

Deno.test("chat-server announces itself, logs who comes and goes, and sums up", {
  timeout: TIMEOUT,
}, async () => {
  await using server = await startServer("chat-server", [
    "--name",
    "irc.here",
    "--network",
    "Here",
  ]);
  assertEquals([server.address, server.kind], [`127.0.0.1:${server.port}`, "tcp"]);
  await using ann = await ChatPeer.register(server.port, "ann");
  assertMatch(
    ann.text,
    /^:irc\.here 001 ann :Welcome to the Here Network, ann!~ann@127\.0\.0\.1$/m,
  );
  await server.logged(/^Connected by 127\.0\.0\.1:\d+$/);
  await server.logged(/^Registered ann!~ann@127\.0\.0\.1 \(127\.0\.0\.1:\d+\)$/);
  await ann.send("QUIT :bye");
  await ann.rest();
  await ann[Symbol.asyncDispose]();
  await server.logged(/^ann left \(127\.0\.0\.1:\d+\): Quit: bye$/);
  await server.logged(/^Closed 127\.0\.0\.1:\d+: \d+ bytes in, \d+ bytes out$/);
  assertEquals(await server.stop(), 0);
  assertMatch(
    server.stdout.entries.at(-1)!,
    /^Stopped: 1 connection, \d+ bytes in, \d+ bytes out$/,
  );
});

Deno.test("chat-server --log json logs one object a line", { timeout: TIMEOUT }, async () => {
  await using server = await startServer("chat-server", ["--log", "json"]);
  await using ann = await ChatPeer.register(server.port, "ann");
  await ann.send("QUIT :\x1b[2J");
  await ann.rest();
  await server.logged(/"left"/);
  const events = server.stderr.entries.map((line) => JSON.parse(line));
  assertEquals(events.map(({ event }) => event).slice(0, 3), ["connected", "registered", "left"]);
  assertEquals([events[2].nick, events[2].reason], ["ann", "Quit: \\x1b[2J"]);
});

Deno.test({
  name: `chat-server stops at SIGTERM: ERROR to everyone, exit code 0${NEEDS_POSIX.reason}`,
  ignore: NEEDS_POSIX.ignore,
  timeout: TIMEOUT,
}, async () => {
  await using server = await startServer("chat-server");
  await using ann = await ChatPeer.register(server.port, "ann");
  await using silent = await ChatPeer.connect(server.port);
  await silent.sync();
  const stopped = server.stop();
  for (const peer of [ann, silent]) {
    assertEquals(
      (await peer.rest()).at(-1),
      "ERROR :Closing Link: 127.0.0.1 (Server is stopping)",
    );
    await peer[Symbol.asyncDispose]();
  }
  assertEquals(await stopped, 0);
});

Deno.test("chat-server --config: listeners, plain and TLS, passwords, texts", {
  timeout: TIMEOUT,
}, async () => {
  using scratch = new ScratchDirectory();
  const tls = { cert: `${TLS}/leaf.pem`, key: `${TLS}/leaf_key.pem` };
  const path = configFile(scratch, {
    name: "irc.here",
    motd: ["Wake up"],
    admin: { location: "Here", organisation: "We", email: "we@here" },
    password: "geheim",
    listeners: [{ port: 0 }, { host: "localhost", port: 0, tls }],
  });
  await using server = await startConfigured(path);
  const second = await server.stdout.find((line) => line.endsWith("(tls)"), "the TLS listener");
  const port = Number(/:(\d+) /.exec(second)![1]);
  const conn = await Deno.connectTls({ hostname: "localhost", port, caCerts: [authority()] });
  await using secure = new ChatPeer(conn, "secure");
  await using plain = await ChatPeer.connect(server.port, "plain");
  await secure.send("PASS geheim", "NICK secure", "USER s 0 * :s");
  await plain.send("PASS geheim", "NICK plain", "USER p 0 * :p");
  assertMatch(await plain.find(/ 372 /), /:- Wake up$/);
  await secure.find(/ 376 /);
  await plain.send("WHOIS secure", "ADMIN", "PRIVMSG secure :hi");
  await plain.find(/ 671 .*:is using a secure connection$/);
  await plain.find(/ 259 .*:we@here$/);
  assertEquals(await secure.find(/PRIVMSG secure/), ":plain!~p@127.0.0.1 PRIVMSG secure :hi");
});

Deno.test("chat-server REHASH reads its files again", { timeout: TIMEOUT }, async () => {
  using scratch = new ScratchDirectory();
  const operators = [{ name: "root", password: "s" }];
  const path = configFile(scratch, { operators });
  const motd = scratch.file("motd.txt");
  Deno.writeTextFileSync(motd, "first\nsecond\n");
  await using server = await startServer(
    "chat-server",
    ["--config", path, "--motd", motd],
    { grants: [`--allow-read=${path},${motd}`] },
  );
  await using root = await ChatPeer.register(server.port, "root");
  assertEquals(root.text.match(/ 372 root :- (first|second)$/gm)?.length, 2);
  await root.send("OPER root s");
  await root.find(/ 381 /);
  Deno.writeTextFileSync(motd, "third\r\n");
  configFile(scratch, { operators, limits: { topic: 99 } });
  await root.send("REHASH");
  assertMatch(await root.find(/ 382 /), / 382 root chat\.json :Rehashing$/);
  await root.find(/ 005 .* TOPICLEN=99 /);
  await root.send("MOTD");
  assertMatch(await root.find(/ 372 /), /:- third$/);
  Deno.writeTextFileSync(path, '{"limits":{"topic":"long"}}');
  await root.send("REHASH");
  assertMatch(await root.find(/NOTICE/), /limits\.topic: expected a whole number from 0 to 390/);
  // What was in force still is.
  await root.send("VERSION", "MOTD");
  await root.find(/ 005 .* TOPICLEN=99 /);
  assertMatch(await root.find(/ 372 /), /:- third$/);
});

Deno.test("chat-server with the README's configuration", { timeout: TIMEOUT }, async () => {
  const path = "tests/vectors/chat.json";
  await using server = await startServer("chat-server", ["--config", path, "--port", "0"], {
    grants: [`--allow-read=${path}`],
  });
  await using neo = await ChatPeer.connect(server.port, "neo");
  await neo.send("PASS swordfish", "NICK neo", "USER neo 0 * :Neo", "OPER morpheus :knock, knock");
  assertMatch(
    await neo.find(/ 001 /),
    /^:irc\.example\.org 001 neo :Welcome to the Example Network/,
  );
  assertMatch(await neo.find(/ 372 /), /:- Welcome to the desert of the real$/);
  await neo.find(/ 381 /);
  await using guest = await ChatPeer.connect(server.port, "guest");
  await guest.send("NICK guest", "USER guest 0 * :Guest");
  assertEquals((await guest.rest()).at(-1), "ERROR :Closing Link: 127.0.0.1 (Bad password)");
});

Deno.test({
  name: `chat-server --config: people on TCP and on a socket file meet${NEEDS_UNIX_SOCKETS.reason}`,
  ignore: NEEDS_UNIX_SOCKETS.ignore,
  timeout: TIMEOUT,
}, async () => {
  using scratch = new ScratchDirectory();
  const socket = scratch.file("irc.sock");
  const path = configFile(scratch, { listeners: [{ port: 0 }, { unix: socket }] });
  await using server = await startConfigured(path, [
    `--allow-net=unix:${scratch.absolute("irc.sock")}`,
    `--allow-read=${socket}`,
    `--allow-write=${socket}`,
  ]);
  await server.stdout.find((line) => line.endsWith("irc.sock (unix)"), "the socket file");
  await using ann = await ChatPeer.register(server.port, "ann");
  const client = `const conn = await Deno.connect({ transport: "unix", path: "${socket}" });
    const text = "NICK bob\\nUSER bob 0 * :bob\\nPRIVMSG ann :from a file\\nQUIT\\n";
    await conn.write(new TextEncoder().encode(text));
    await conn.readable.pipeTo(Deno.stdout.writable);`;
  const { code } = await runCommand(Deno.execPath(), ["eval", client]);
  assertEquals(code, 0);
  assertEquals(await ann.find(/PRIVMSG/), ":bob!~bob@unix PRIVMSG ann :from a file");
  assertEquals(await server.stop(), 0);
});

const BAD_CONFIGS: [value: unknown, message: RegExp][] = [
  [
    { limits: { nik: 9 } },
    /^Cannot use the configuration ".*": limits\.nik: unknown key; known here/,
  ],
  [
    { listeners: [{ port: "x" }] },
    /: listeners\[0\]\.port: expected a whole number from 0 to 65535/,
  ],
  ["{", /: expected JSON, which ends at line 1 column 2$/],
  ['{"password": "hunter2" x}', /: expected JSON, which ends at line 1 column 24$/],
  ["", /: expected JSON$/],
];

Deno.test("chat-server says what is wrong with its configuration: exit code 2", {
  timeout: TIMEOUT,
}, async () => {
  using scratch = new ScratchDirectory();
  for (const [value, message] of BAD_CONFIGS) {
    const path = configFile(scratch, value);
    const { code, stdout, stderr } = await runClient("chat-server", ["--config", path], {
      grants: [`--allow-read=${path}`],
    });
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr.trimEnd(), message);
    assertEquals(stderr.includes("hunter2"), false);
  }
});

Deno.test({
  name: `attack 30: a plain password that others can read is refused${NEEDS_POSIX.reason}`,
  ignore: NEEDS_POSIX.ignore,
  timeout: TIMEOUT,
}, async () => {
  using scratch = new ScratchDirectory();
  const operators = [{ name: "root", password: "hunter2" }];
  const path = configFile(scratch, { operators });
  Deno.chmodSync(path, 0o640);
  const grants = [`--allow-read=${path}`];
  const refused = await runClient("chat-server", ["--config", path], { grants });
  assertEquals([refused.code, refused.stdout], [2, ""]);
  assertMatch(
    refused.stderr,
    /^Cannot use the configuration ".*": it holds a plain password and others can read it; run: chmod 600 /,
  );
  const { stdout } = await runClient("chat-server", ["--hash-password"], { stdin: "hunter2\n" });
  configFile(scratch, { operators: [{ name: "root", password: stdout.trimEnd() }] });
  await using server = await startServer("chat-server", ["--config", path], { grants });
  await using root = await ChatPeer.register(server.port, "root");
  await root.send("OPER root hunter2");
  await root.find(/ 381 /);
});

Deno.test("chat-server --hash-password hashes the first line of its input", {
  timeout: TIMEOUT,
}, async () => {
  const { code, stdout, stderr } = await runClient("chat-server", ["--hash-password"], {
    stdin: "geheim\nmore\n",
  });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout.trimEnd(), HASH);
  const empty = await runClient("chat-server", ["--hash-password"]);
  assertEquals([empty.code, empty.stdout], [1, ""]);
  assertEquals(empty.stderr, "Cannot use an empty password\n");
});

const WRONG: [args: string[], code: number, message: RegExp][] = [
  [
    ["--name", "localhost"],
    2,
    /^Option --name: expected a host name with a dot .*, got "localhost"$/m,
  ],
  [["--network", "a b"], 2, /^Option --network: expected a word without spaces/m],
  [["--motd", "nowhere.txt"], 1, /^Cannot read message of the day "nowhere\.txt": no such file$/m],
  [["--config", "nowhere.json"], 1, /^Cannot read configuration "nowhere\.json": no such file$/m],
  [["--port", "70000"], 2, /^Option --port got "70000": expected a whole number from 0 to 65535$/m],
  [["--nmae", "x"], 2, /^Unknown option "--nmae": did you mean --name\?$/m],
];

Deno.test("chat-server finds wrong usage", { timeout: TIMEOUT }, async () => {
  for (const [args, code, message] of WRONG) {
    const ended = await runClient("chat-server", args, { grants: ["--allow-read=."] });
    assertEquals([ended.code, ended.stdout], [code, ""], args.join(" "));
    assertMatch(ended.stderr, message);
  }
});

Deno.test("chat-server names the permissions that it lacks, all of them", {
  timeout: TIMEOUT,
}, async () => {
  const file = await runClient("chat-server", ["--config", "chat.json"]);
  assertEquals(file.code, 1);
  assertMatch(
    file.stderr,
    /^Cannot read configuration "chat\.json": .*; run: deno run --allow-net=127\.0\.0\.1:6667 --allow-read=chat\.json servers\/chat_server\.ts --config chat\.json$/m,
  );
  using scratch = new ScratchDirectory();
  const tls = { cert: "cert.pem", key: "key.pem" };
  const listeners = [{ host: "0.0.0.0", port: 6667 }, { host: "0.0.0.0", port: 6697, tls }];
  const path = configFile(scratch, { listeners });
  const { code, stderr } = await runClient("chat-server", ["--config", path], {
    grants: [`--allow-read=${path}`],
  });
  assertEquals(code, 1);
  const grants = `--allow-net=0.0.0.0:6667,0.0.0.0:6697 --allow-read=${path},cert.pem,key.pem`;
  assert(stderr.includes(`; run: deno run ${grants} servers/chat_server.ts --config`), stderr);
});

Deno.test({
  name: `chat-server --unix serves a socket file${NEEDS_UNIX_SOCKETS.reason}`,
  ignore: NEEDS_UNIX_SOCKETS.ignore,
  timeout: TIMEOUT,
}, async () => {
  using scratch = new ScratchDirectory();
  const socket = scratch.file("irc.sock");
  await using server = await startServer("chat-server", ["--unix", socket], {
    grants: [
      `--allow-net=unix:${scratch.absolute("irc.sock")}`,
      `--allow-read=${socket}`,
      `--allow-write=${socket}`,
    ],
  });
  assertEquals(server.kind, "unix");
  const client = `const conn = await Deno.connect({ transport: "unix", path: "${socket}" });
    await conn.write(new TextEncoder().encode("NICK ann\\nUSER ann 0 * :ann\\nQUIT\\n"));
    await conn.readable.pipeTo(Deno.stdout.writable);`;
  const { stdout } = await runCommand(Deno.execPath(), ["eval", client]);
  assertMatch(
    stdout,
    /^:irc\.localhost 001 ann :Welcome to the Localhost Network, ann!~ann@unix\r$/m,
  );
});

Deno.test(
  "chat-server registers a client in any order and says goodbye to it",
  { timeout: TIMEOUT },
  async () => {
    await using server = await startServer("chat-server");
    for (const greeting of ["NICK ann\r\nUSER a 0 * :A\r\n", "USER a 0 * :A\nNICK ann\n"]) {
      const lines = (await exchange(server.port, `${greeting}QUIT :bye\r\n`)).split("\r\n");
      const numerics = lines.map((line) => line.split(" ")[1]);
      for (const expected of ["001", "002", "003", "004", "005", "251", "255", "422"]) {
        assert(numerics.includes(expected), `${expected} in ${lines.join("\n")}`);
      }
      assertMatch(lines.at(-2) ?? "", /^ERROR :/);
    }
    assertEquals(await server.stop(), 0);
  },
);

Deno.test(
  "chat-server brings a line to everybody else in the channel, once",
  { timeout: TIMEOUT },
  async () => {
    await using server = await startServer("chat-server");
    await using ann = await ChatPeer.register(server.port, "ann");
    await ann.send("JOIN #c");
    await ann.find(/ 366 /);
    const second = await exchange(
      server.port,
      "NICK bob\r\nUSER b 0 * :B\r\nJOIN #c\r\nPRIVMSG #c :hello, all\r\nPING done\r\nQUIT\r\n",
    );
    assertMatch(second, /PONG \S+ :?done/);
    assert(!second.includes("hello, all"), "the sender does not hear itself");
    // What he said came before.
    await ann.find(/^:bob!\S+ QUIT/);
    await ann.send("QUIT");
    await ann.rest();
    assertEquals(ann.text.match(/PRIVMSG #c :hello, all/g)?.length, 1);
    assertEquals(await server.stop(), 0);
  },
);
