/**
 * The file server as its users run it: flags, tokens, TLS, signals.
 *
 * @module
 */
import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { openSession } from "../../lib/file/client_session.ts";
import { FileDesk } from "../support/file_desk.ts";
import { content } from "../support/file_world.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import { connectTo } from "../support/peer.ts";
import { runClient } from "../support/process.ts";
import { Relay } from "../support/relay.ts";
import { ROOT } from "../support/project.ts";

const PROCESS = { timeout: 60_000 };
const TOKEN = "correct horse battery staple";
const TLS = new URL("tests/vectors/tls/", ROOT).pathname;

/** Writes a token file that only its owner can read, and says with which flags it is used. */
function tokenFile(desk: FileDesk, side: "here" | "there", token: string, mode = 0o600): string[] {
  desk.write(`${side}/token`, `${token}\n`);
  if (Deno.build.os !== "windows") Deno.chmodSync(desk.path(`${side}/token`), mode);
  return ["--token-file", "token"];
}

Deno.test("file-server logs who comes and what happens, and sums up", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  await using server = await desk.serve();
  assertEquals((await desk.run(server.port, ["put", "a.txt"])).code, 0);
  await server.logged(/^Connected by 127\.0\.0\.1:\d+$/);
  await server.logged(/^127\.0\.0\.1:\d+: Received "a\.txt": 1 byte$/);
  await server.logged(/^127\.0\.0\.1:\d+: put done: 1 file, 1 B in \d\.\d\d s/);
  await server.logged(/^Closed 127\.0\.0\.1:\d+: \d+ bytes in, \d+ bytes out$/);
  assertEquals(await server.stop(), 0);
  assertMatch(server.stdout.text, /^Stopped: 1 connection, \d+ bytes in, \d+ bytes out$/m);
});

Deno.test("file-server --log json logs one object a line", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  await using server = await desk.serve(["--log", "json"]);
  assertEquals((await desk.run(server.port, ["put", "a.txt"])).code, 0);
  await server.logged(/"closed"/);
  const events = server.stderr.entries.map((line) => JSON.parse(line));
  assertEquals(events.map(({ event }) => event), [
    "made",
    "connected",
    "result",
    "job",
    "closed",
  ]);
  assertEquals([events[2].path, events[2].outcome, events[2].size], ["a.txt", "published", 1]);
  assertEquals([events[3].operation, events[3].end, events[3].published], ["put", "done", 1]);
});

Deno.test("a stop during a get: exit 4, and the same command goes on", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("there/shared/big.bin", content(30_000_000));
  const get = ["get", "big.bin", "--json"];
  {
    await using server = await desk.serve(["--rate", "4MB", "--grace", "1"]);
    await using client = desk.start(server.port, get);
    await client.stdout.find((line) => line.includes('"progress"'), "progress");
    assertEquals(await server.stop(), 0);
    assertEquals((await client.end()).code, 4, client.stderr.text);
    assertMatch(client.stderr.text, /; the same command goes on where it stopped$/m);
    assertMatch(server.stderr.text, /: get not finished: 0 files, /);
    assertFalse(/Failed/.test(server.stderr.text + client.stderr.text));
  }
  await using server = await desk.serve();
  const { code, stdout } = await desk.run(server.port, get);
  assertEquals(code, 0);
  assertMatch(stdout, /"event":"summary".*"resumed":1,/);
  assert(desk.same("there/shared/big.bin", "here/big.bin"));
});

const ACCESS: readonly [flag: string, put: number, get: number, list: number][] = [
  ["--read-only", 3, 0, 0],
  ["--write-only", 0, 3, 3],
];

for (const [flag, put, get, list] of ACCESS) {
  Deno.test(`file-server ${flag}`, PROCESS, async () => {
    using desk = new FileDesk();
    desk.write("here/new.txt", "new");
    desk.write("there/shared/old.txt", "old");
    await using server = await desk.serve([flag]);
    for (
      const [args, code] of [[["put", "new.txt"], put], [["get", "old.txt"], get], [
        ["list"],
        list,
      ]] as const
    ) {
      const ended = await desk.run(server.port, args);
      assertEquals(ended.code, code, `${args}: ${ended.stderr}`);
      if (code === 3) {
        assertMatch(ended.stderr, /^The server refuses: the server does not allow that/);
      }
    }
  });
}

Deno.test("a token: the right one, a wrong one, none (attacks 29, 30)", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  const grants = ["--allow-read=token"];
  await using server = await desk.serve(tokenFile(desk, "there", TOKEN), { grants });
  const right = await desk.run(server.port, ["put", "a.txt", ...tokenFile(desk, "here", TOKEN)]);
  assertEquals([right.code, right.stderr], [0, ""]);
  const wrong = await desk.run(server.port, [
    "list",
    ...tokenFile(desk, "here", `${TOKEN}, not`),
  ]);
  assertEquals([wrong.code, wrong.stdout], [7, ""]);
  assertMatch(wrong.stderr, /^The server refuses: the token does not match \(127\.0\.0\.1:\d+\)$/m);
  const none = await desk.run(server.port, ["list"]);
  assertEquals([none.code, none.stdout], [7, ""]);
  assertMatch(none.stderr, /^Cannot talk to the server: it wants a token/);
  await server.logged(/^Closed .*token/);
  for (const said of [server.stderr.text, wrong.stderr, right.stdout]) {
    assertEquals(said.includes("horse"), false);
  }
});

Deno.test(
  "a client with a token does not talk to a server without one (attack 32)",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    await using server = await desk.serve();
    const ended = await desk.run(server.port, ["list", ...tokenFile(desk, "here", TOKEN)]);
    assertEquals(ended.code, 7);
    assertMatch(ended.stderr, /^Cannot trust the server: it does not use a token/);
  },
);

Deno.test({
  name: `attack 30: token files that others can read are refused${NEEDS_POSIX.reason}`,
  ...PROCESS,
  ignore: NEEDS_POSIX.ignore,
  fn: async () => {
    using desk = new FileDesk();
    const client = desk.run(1, ["list", ...tokenFile(desk, "here", TOKEN, 0o644)]);
    const server = runClient("file-server", tokenFile(desk, "there", TOKEN, 0o644), {
      cwd: desk.path("there"),
      grants: ["--allow-read=token"],
    });
    for (const ended of await Promise.all([client, server])) {
      assertEquals([ended.code, ended.stdout], [2, ""]);
      assertMatch(
        ended.stderr,
        /^Cannot use the token file "token": others can read it; run: chmod 600 token$/m,
      );
    }
    // Nothing was made for a server that did not start.
    assertEquals(desk.list("there"), ["token"]);
  },
});

Deno.test(
  "TLS: trusted with --ca, refused without, and no fallback (attack 31)",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    desk.write("here/a.bin", new Uint8Array(300_000).fill(3));
    await using server = await desk.serve(
      ["--tls-cert", `${TLS}leaf.pem`, "--tls-key", `${TLS}leaf_key.pem`],
      { grants: [`--allow-read=${TLS}`] },
    );
    assertEquals(server.kind, "tls");
    const trusting = { grants: [`--allow-read=${TLS}`] };
    const tls = ["--tls", "--ca", `${TLS}ca.pem`];
    const put = await desk.run(server.port, ["put", "a.bin", ...tls], trusting);
    assertEquals([put.code, put.stderr], [0, ""]);
    const get = await desk.run(server.port, ["get", "a.bin", "--into", "copy", ...tls], trusting);
    assertEquals(get.code, 0);
    assert(desk.same("here/a.bin", "here/copy/a.bin"));
    const distrusting = await desk.run(server.port, ["list", "--tls"]);
    assertEquals(distrusting.code, 1);
    assertMatch(
      distrusting.stderr,
      /^Cannot connect to .*: TLS: .*name a certificate to trust with --ca/,
    );
    const plain = await desk.run(server.port, ["list"]);
    assert([1, 4].includes(plain.code), plain.stderr);
    const plainServer = await desk.serve();
    await using _ = plainServer;
    const secure = await desk.run(plainServer.port, ["list", ...tls], trusting);
    assertEquals([secure.code, secure.stdout], [1, ""]);
  },
);

Deno.test(
  "attack 4: what a name holds is escaped in the log, in either form",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    const path = "a\x1b[31m\n\u202egpj.exe";
    const logs: readonly [form: string, refused: (line: string) => boolean][] = [
      ["text", (line) => line.includes('Refused "a\\x1b[31m\\n\\u{202e}gpj.exe"')],
      ["json", (line) => line.includes("\\u202e") && JSON.parse(line).path === path],
    ];
    for (const [form, refused] of logs) {
      await using server = await desk.serve(["--log", form]);
      {
        using client = await connectTo(server.port);
        using channel = await openSession(client, { onEvent: () => {} });
        await channel.send({ kind: "put", ifExists: "refuse", verify: false });
        await channel.send({ kind: "manifest", items: 1, bytes: 0 });
        await channel.send({ kind: "entry", type: "file", mode: 0o644, mtime: 0, size: 0, path });
        await channel.flush();
        assertEquals((await channel.expect("refuse")).outcome, "bad-name");
      }
      await server.stderr.find(refused, "the name, escaped");
      assertEquals(await server.stop(), 0);
      // deno-lint-ignore no-control-regex
      assertEquals(/[\x00-\x09\x0b-\x1f\u202e]/.test(server.stderr.text), false);
    }
  },
);

Deno.test("limits of the server: size, files, job and quota", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/d/small.txt", "small");
  desk.write("here/d/large.bin", new Uint8Array(200_000));
  const cases: readonly [flags: string[], code: number, said: RegExp, stored: string[]][] = [
    [["--max-file-size", "100kB"], 3, /large\.bin": .*larger than the receiver allows \(100000\)/, [
      "small.txt",
    ]],
    [["--max-job-size", "100kB"], 3, /more files or bytes than the receiver allows/, []],
    [["--max-files", "2"], 3, /more files or bytes than the receiver allows/, []],
    [["--quota", "100KiB"], 3, /large\.bin": .*storage limit of the receiver is reached/, [
      "small.txt",
    ]],
  ];
  for (const [flags, code, said, stored] of cases) {
    await using server = await desk.serve(flags);
    const ended = await desk.run(server.port, ["put", "d"]);
    assertEquals(ended.code, code, ended.stderr);
    assertMatch(ended.stderr, said);
    assertEquals(await server.stop(), 0);
    const there = desk.list("there/shared");
    assertEquals(there.includes("d/") ? desk.list("there/shared/d") : [], stored);
    assertEquals(there.filter((name) => name.startsWith(".")), []);
    Deno.removeSync(desk.path("there/shared"), { recursive: true });
  }
});

Deno.test(
  "attack 3: a directory whose name begins like the root's is outside",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    desk.write("there/shared-not/secret.txt", "secret");
    await using server = await desk.serve();
    for (const path of ["../shared-not/secret.txt", "-not/secret.txt"]) {
      const ended = await desk.run(server.port, ["get", "--", path]);
      assert(ended.code !== 0, path);
    }
    assertEquals(desk.list("here"), []);
  },
);

Deno.test("--prune removes what an unfinished transfer left, on either side", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/big.bin", new Uint8Array(3_000_000).fill(1));
  await using server = await desk.serve();
  {
    await using relay = new Relay(server.port, { sent: 1_500_000 });
    await using client = desk.start(relay.port, ["put", "big.bin"]);
    await relay.reached();
    client.kill("SIGKILL");
    await client.end();
    await relay.finish();
    await server.logged(/^Closed/);
  }
  assertEquals(desk.list("there/shared"), [".transfer-staging/"]);
  const words = { cwd: desk.path("there") };
  const young = await desk.run(1, ["--prune", "--into", "."], words);
  assertEquals([young.code, young.stdout], [0, "Removed 0 unfinished transfers, 0 bytes\n"]);
  const old = await desk.run(1, ["--prune", "--staging-age", "0", "--into", "shared"], words);
  assertMatch(old.stdout, /^Removed 1 unfinished transfer, [\d,]+ bytes$/m);
  const nowhere = await desk.run(1, ["--prune", "--into", "nowhere"], words);
  assertEquals([nowhere.code, desk.list("there")], [6, ["shared/"]]);
  assertMatch(
    nowhere.stderr,
    /^Cannot use directory "nowhere": no such directory; make it first$/m,
  );
  desk.write("there/shared/.transfer-staging", "not ours");
  const foreign = await desk.run(1, ["--prune", "--into", "shared"], words);
  assertEquals(foreign.code, 6);
  assertEquals(
    foreign.stderr,
    'Cannot use ".transfer-staging" there: it is no directory of ours\n',
  );
  assertEquals(await server.stop(), 0);
});

Deno.test("concurrent puts of one name: one wins, whole (attack 28)", PROCESS, async () => {
  using desk = new FileDesk();
  const names = ["a", "b", "c", "d"];
  for (const [i, name] of names.entries()) {
    desk.write(`here/${name}`, new Uint8Array(2_000_000).fill(i));
  }
  await using server = await desk.serve();
  const ended = await Promise.all(names.map((name) => {
    return desk.run(server.port, ["put", name, "--name", "same.bin"]);
  }));
  assertEquals(ended.map(({ code }) => code).sort(), [0, 3, 3, 3]);
  const winner = names[ended.findIndex(({ code }) => code === 0)]!;
  assert(desk.same(`here/${winner}`, "there/shared/same.bin"));
  assertEquals(await server.stop(), 0);
  assertEquals(desk.list("there/shared"), ["same.bin"]);
});
