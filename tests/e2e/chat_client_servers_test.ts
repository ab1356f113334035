/**
 * The chat client on servers as they are run: ours, and Debian's ngIRCd.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { needsCommand, startProgram } from "../support/commands.ts";
import { unusedPort } from "../support/peer.ts";
import {
  type Ended,
  type Program,
  runClient,
  startClient,
  startServer,
} from "../support/process.ts";
import { ScratchDirectory } from "../support/scratch.ts";

const TIMEOUT = 90_000;
/** Milliseconds from the command to #lobby that are promised, on a machine that has nothing else to do. */
const PROMISED = 1_000;
/** How much slower a busy machine may be before a test calls it broken. */
const BUSY = 10;

/** 1,000 bytes in words of several bytes a character. */
const LONG = "größer🚀 漢字 ".repeat(50).trim();

Deno.test("on a fresh start, one command is enough to talk in #lobby", {
  timeout: TIMEOUT,
}, async () => {
  await using server = await startServer("chat-server");
  const start = performance.now();
  await using client = startClient("chat-client", ["--port", String(server.port)]);
  await client.stderr.find((line) => line === "-> You joined #lobby", "the channel");
  assertLess(performance.now() - start, PROMISED * BUSY);
});

Deno.test("our server as a process: what one pipe says, another hears, whole and in order", {
  timeout: TIMEOUT,
}, async () => {
  await using server = await startServer("chat-server");
  await sayAndHear(["--port", String(server.port)]);
});

Deno.test("echo into the pipe: a channel other than #lobby, and a nickname that is taken", {
  timeout: TIMEOUT,
}, async () => {
  await using server = await startServer("chat-server");
  const port = ["--port", String(server.port), "--channel", "#ci", "--nick", "ann"];
  await using listener = startClient("chat-client", port);
  await listener.stderr.find((line) => line === "-> You joined #ci", "the channel");
  const { code, stderr } = await runClient("chat-client", port, { stdin: "build green\n" });
  assertEquals(code, 0, stderr);
  assertEquals(
    await listener.stdout.find(() => true, "the message"),
    "<ann_> build green",
  );
});

const NGIRCD = needsCommand("ngircd");

Deno.test({
  name: `ngIRCd: what one pipe says, another hears, whole and in order${NGIRCD.reason}`,
  ignore: NGIRCD.ignore,
  timeout: TIMEOUT,
}, async () => {
  await using server = await startNgircd();
  await sayAndHear(["--port", server.port]);
});

Deno.test({
  name: `ngIRCd: its refusals are told apart${NGIRCD.reason}`,
  ignore: NGIRCD.ignore,
  timeout: TIMEOUT,
}, async () => {
  await using server = await startNgircd("Password = s3cret");
  const run = (...args: string[]): Promise<Ended> => {
    const grants = [`--allow-read=${server.scratch.path}`];
    return runClient("chat-client", ["--port", server.port, ...args], { stdin: "hi\n", grants });
  };
  const password = server.scratch.file("password");
  Deno.writeTextFileSync(password, "s3cret\n", { mode: 0o600 });

  const kept = await run("--nick", "ann");
  assertEquals(kept.code, 5);
  assertMatch(kept.stderr, /^Could not register: the server said: Access denied: Bad password\?$/m);
  const long = await run("--nick", "longer_than_nine", "--password-file", password);
  assertEquals(long.code, 4);
  assertMatch(long.stderr, /^Nickname "longer_than_nine" was refused: Nickname too long/m);
  const letIn = await run("--nick", "ann", "--password-file", password);
  assertEquals(letIn.code, 0, letIn.stderr);
});

Deno.test({
  name: `ngIRCd: commands, a channel with a key, a kick${NGIRCD.reason}`,
  ignore: NGIRCD.ignore,
  timeout: TIMEOUT,
}, async () => {
  await using server = await startNgircd();
  const port = ["--port", server.port, "--pace", "0", "--commands"];
  await using ann = startClient("chat-client", ["--nick", "ann", "--channel", "#key", ...port]);
  await noted(ann, "-- 1 member: @ann");
  await ann.type("/mode +k sesame\n/topic Über 漢字\n/whois ann\n");
  await noted(ann, "-- You set the key sesame");
  await noted(ann, "-- You set the topic: Über 漢字");
  await ann.stderr.find((line) => /^-- ann is ~ann@127\.0\.0\.1 \(ann\)$/.test(line), "WHOIS");
  const out = await runClient("chat-client", ["--nick", "bob", "--channel", "#key", ...port]);
  assertEquals(out.code, 5);
  assertMatch(out.stderr, /^Cannot join #key: it has a key; \/join #key KEY$/m);
  await ann.type("/join #open\n/mode #key -k sesame\n");
  await noted(ann, "-- You removed the key");
  await using cid = startClient("chat-client", ["--nick", "cid", "--channel", "#key", ...port]);
  await noted(ann, "-> cid joined #key (~cid@127.0.0.1)");
  await ann.type("/kick #key cid out with you\n");
  assertEquals((await cid.end()).code, 5);
  await noted(cid, "You were kicked from #key by ann (out with you)");
});

/** A server that is told by a file, and ended with its scope. */
interface Ngircd extends AsyncDisposable {
  readonly port: string;
  readonly scratch: ScratchDirectory;
}

/** Starts it on a port that is free now; if somebody is faster, it ends at once, and the next one is tried. */
async function startNgircd(more = ""): Promise<Ngircd> {
  for (let tries = 1;; tries++) {
    try {
      return await tryNgircd(unusedPort(), more);
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

async function tryNgircd(port: number, more: string): Promise<Ngircd> {
  await using starting = new AsyncDisposableStack();
  const scratch = starting.use(new ScratchDirectory());
  Deno.writeTextFileSync(
    scratch.file("conf"),
    `[Global]
Name = irc.example.net
Info = Test
Listen = 127.0.0.1
Ports = ${port}
${more}
[Limits]
MaxConnectionsIP = 0
[Options]
DNS = no
Ident = no
PAM = no
`,
  );
  const args = ["--nodaemon", "--config", scratch.absolute("conf")];
  const server = starting.use(startProgram("ngircd", args));
  await server.stdout.find((line) => line.includes("ready."), "that it is ready");
  const running = starting.move();
  return { port: String(port), scratch, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** One listens with --json, one says lines, a very long one among them. */
async function sayAndHear(where: readonly string[]): Promise<void> {
  await using listener = startClient("chat-client", ["--nick", "ann", "--json", ...where]);
  await listener.stdout.find((line) => line.includes('"event":"names"'), "the members");
  const said = ["build green", "/etc/passwd", ":) colon first", LONG];
  const bob = await runClient("chat-client", ["--nick", "bob", ...where, "--pace", "0"], {
    stdin: said.map((line) => `${line}\n`).join(""),
  });
  assertEquals(bob.code, 0, bob.stderr);
  await listener.stdout.find((line) => /"event":"quit".*"from":"bob"/.test(line), "that bob left");
  const heard = listener.stdout.entries.map((line) => JSON.parse(line))
    .filter(({ event }) => event === "message");
  const texts = heard.map(({ text }) => text);
  assertEquals(texts.slice(0, 3), said.slice(0, 3));
  assert(texts.length > 4, "the long line came in several messages");
  assertEquals(texts.slice(3).join(" "), LONG);
  for (const { from, window, text } of heard) {
    assertEquals([from, window], ["bob", "#lobby"]);
    assertLess(
      new TextEncoder().encode(`:bob!~bob@127.0.0.1 PRIVMSG #lobby :${text}\r\n`).length,
      513,
    );
  }
}

async function noted(client: Program, text: string): Promise<void> {
  await client.stderr.find((line) => line === text, `"${text}"`);
}
