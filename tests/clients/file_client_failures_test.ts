/**
 * What the file client says and exits with when the other side is somebody else, goes away, falls silent
 * or refuses, and when its own files change under its hands.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { basename, dirname, resolve } from "node:path";
import { withSession } from "../../clients/file_client.ts";
import { concatBytes, equalBytes } from "../../lib/codec/bytes.ts";
import { encodeFileMessage } from "../../lib/codec/file_message.ts";
import { encodePreamble } from "../../lib/codec/file_preamble.ts";
import { encodeUtf8 } from "../../lib/codec/text.ts";
import { listFiles } from "../../lib/file/client_session.ts";
import { DEFAULT_LIMITS } from "../../lib/file/limits.ts";
import { TransferError } from "../../lib/file/transfer_error.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { readerOf } from "../support/fake_streams.ts";
import { FileDesk } from "../support/file_desk.ts";
import { content } from "../support/file_world.ts";
import { CLIENT_HELLO, hear, type Said, say, SERVER_HELLO } from "../support/hostile_peer.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import { connectTo, Peer, readAll } from "../support/peer.ts";
import { runToEnd } from "../support/process.ts";
import { Relay } from "../support/relay.ts";
import { ROOT } from "../support/project.ts";

const PROCESS = { timeout: 60_000 };
const PURE = { permissions: "none", timeout: 10_000 } as const;

const OTHERS: readonly (readonly [says: string, speaks: string])[] = [
  ["HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP"],
  ["SSH-2.0-OpenSSH_9.6\r\n", "SSH"],
  ["\x15\x03\x01\0\x02\x02\x16", "TLS"],
  ["Good morning\r\n", "something else"],
];

Deno.test("exit 1: somebody else listens there", PROCESS, async () => {
  using desk = new FileDesk();
  for (const [answer, speaks] of OTHERS) {
    await using peer = new Peer(async (conn) => {
      await conn.write(encodeUtf8(answer));
      await readAll(conn);
    });
    const { code, stderr } = await desk.run(Number(peer.port), ["list"]);
    assertEquals(
      [code, stderr],
      [1, `Cannot transfer files: the peer speaks ${speaks} (127.0.0.1:${peer.port})\n`],
    );
  }
});

Deno.test("exit 3: the server refuses what it does not allow", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  for (const name of ["b", "c"]) desk.write(`there/shared/${name}.txt`, name);
  await using server = await desk.serve(["--read-only", "--max-files", "1"]);
  const put = await desk.run(server.port, ["put", "a.txt"]);
  assertEquals(put.code, 3);
  assertMatch(put.stderr, /^The server refuses: the server does not allow that \(127/);
  const get = await desk.run(server.port, ["get", "."]);
  assertEquals(get.code, 3);
  assertMatch(get.stderr, /^The server refuses: the job has more files .* \(at most 1\) \(127/);
  assertEquals(await server.stop(), 0);
});

Deno.test("exit 4: a host with too many connections hears that it has", PROCESS, async () => {
  using desk = new FileDesk();
  await using server = await desk.serve(["--max-per-host", "1"]);
  using first = await connectTo(server.port);
  const hello = hear(first);
  await say(first, CLIENT_HELLO);
  await server.logged(/^Connected by /);
  const { code, stderr } = await desk.run(server.port, ["list"]);
  assertEquals([code, stderr], [
    4,
    `Stopped (127.0.0.1:${server.port}): the server has too much to do, try again later; ` +
    "the same command goes on where it stopped\n",
  ]);
  await first.closeWrite();
  assertEquals((await hello).map(({ kind }) => kind), ["hello"]);
  assertEquals(await server.stop(), 0);
});

const DEPARTURES: readonly (readonly [when: string, (conn: Deno.TcpConn) => Promise<unknown>])[] = [
  ["at once", () => Promise.resolve()],
  ["after half a preamble", (conn) => conn.write(Uint8Array.of(0xf5, 0x66))],
  [
    "after the greeting",
    (conn) => Promise.all([say(conn, SERVER_HELLO), hear(conn, ({ kind }) => kind === "put")]),
  ],
  [
    "while it compares",
    (conn) =>
      Promise.all([
        say(conn, SERVER_HELLO, { kind: "check", index: 0, partial: true, final: false, size: 1 }),
        hear(conn, ({ kind }) => kind === "entry"),
      ]),
  ],
];

for (const [when, leave] of DEPARTURES) {
  Deno.test(`exit 4: the server goes away ${when}`, PROCESS, async () => {
    using desk = new FileDesk();
    desk.write("here/a.txt", "a");
    await using peer = new Peer(async (conn) => void await leave(conn));
    const { code, stdout, stderr } = await desk.run(Number(peer.port), ["put", "a.txt"]);
    assertEquals([code, stdout], [4, ""], stderr);
    assertMatch(
      stderr,
      /^Lost the connection to 127[^;]*; the same command goes on where it stopped\n$/,
    );
  });
}

Deno.test(
  "exit 4: a server that is busy, stopping, or finds us slow says so",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    for (const outcome of ["busy", "stopping", "too-slow"] as const) {
      await using peer = new Peer(async (conn) => {
        await say(conn, SERVER_HELLO, { kind: "error", outcome, limit: 0 });
        await readAll(conn);
      });
      const { code, stderr } = await desk.run(Number(peer.port), ["list"]);
      assertEquals(code, 4);
      assertMatch(stderr, /^Stopped \(127\.0\.0\.1:\d+\): .*; the same command goes on/);
    }
  },
);

Deno.test("attack 23: a server that falls silent is given up", PROCESS, async () => {
  const silences: readonly ((conn: Deno.TcpConn) => Promise<unknown>)[] = [
    () => Promise.resolve(),
    (conn) => say(conn, SERVER_HELLO),
  ];
  for (const begin of silences) {
    await using peer = new Peer(async (conn) => {
      await begin(conn);
      await readAll(conn);
    });
    using conn = await connectTo(Number(peer.port));
    const limits = { minimumRate: 1024, rateWindow: 80, onEvent: (): void => {} };
    const list = { path: "", recursive: false, limits: DEFAULT_LIMITS };
    const error = await assertRejects(
      () => withSession(conn, limits, (channel) => listFiles(channel, list)),
      TransferError,
    );
    assertEquals(error.outcome, "too-slow");
  }
});

Deno.test(
  "attack 23: a server that never reads is given up, and not told for ever",
  PURE,
  async () => {
    using clock = new FakeClock();
    const closed = Promise.withResolvers<never>();
    const hello = readerOf([concatBytes([encodePreamble(), encodeFileMessage(SERVER_HELLO)])]);
    let writes = 0;
    const stream = {
      read: async (into: Uint8Array) => await hello.read(into) ?? await closed.promise,
      // The greeting, and nothing after it.
      write: ({ length }: Uint8Array) => ++writes === 1 ? Promise.resolve(length) : closed.promise,
      closeWrite: () => Promise.resolve(),
      [Symbol.dispose]: () => closed.reject(new Deno.errors.BadResource("Closed")),
    };
    const limits = { minimumRate: 1024, onEvent: (): void => {} };
    const list = { path: "", recursive: false, limits: DEFAULT_LIMITS };
    let outcome: unknown = "waiting";
    withSession(stream, limits, (channel) => listFiles(channel, list)).catch((error) => {
      outcome = error instanceof TransferError ? error.outcome : error;
    });
    await clock.pass(60_000);
    assertEquals([outcome, clock.pending], ["too-slow", 0]);
  },
);

Deno.test(
  "a server that dies while input pauses ends it all the same: exit 4",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    await using server = await desk.serve();
    await using client = desk.start(server.port, ["put", "-", "--name", "log", "--json"]);
    await client.type("first\n");
    await client.stdout.find((line) => line.includes('"start"'), "the start");
    server.kill("SIGKILL");
    assertEquals((await client.end()).code, 4);
  },
);

/** What ends a conversation: without and with a reason. */
const ENDS: readonly (readonly [said: readonly Said[], says: string])[] = [
  [[], "Lost the connection to WHERE"],
  [[{ kind: "error", outcome: "stopping", limit: 0 }], "Stopped (WHERE): the server is stopping"],
];

Deno.test(
  "exit 4: a stream does not go on where it stopped, and nobody says so",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    for (const [said, says] of ENDS) {
      for (const args of [["put", "-", "--name", "log"], ["get", "log", "-o", "-"]]) {
        await using peer = new Peer(async (conn) => {
          await say(conn, SERVER_HELLO, ...said);
          await hear(conn, ({ kind }) => kind === args[0]);
        });
        const { code, stderr } = await desk.run(Number(peer.port), args, { stdin: "first" });
        assertEquals([code, stderr], [4, `${says.replace("WHERE", `127.0.0.1:${peer.port}`)}\n`]);
      }
    }
  },
);

Deno.test({
  name: `Ctrl-C in a pipe: exit 130, and the same command goes on${NEEDS_POSIX.reason}`,
  ...PROCESS,
  ignore: NEEDS_POSIX.ignore,
  fn: async () => {
    using desk = new FileDesk();
    const bytes = content(4_000_000);
    desk.write("there/shared/big.bin", bytes);
    await using server = await desk.serve();
    await using relay = new Relay(server.port, { received: 2_000_000 });
    await using client = desk.start(relay.port, ["get", "big.bin"]);
    await relay.reached();
    client.kill("SIGINT");
    assertEquals((await client.end()).code, 130);
    assertMatch(
      client.stderr.text,
      /^Interrupted: 0 files done, .*; the same command goes on from/m,
    );
    relay.cut();
    const again = await desk.run(server.port, ["get", "big.bin"]);
    assertEquals(again.code, 0, again.stderr);
    assertMatch(again.stdout, /^Received "big\.bin": 4,000,000 bytes, resumed at [\d,]+ bytes$/m);
    assert(desk.same("here/big.bin", "there/shared/big.bin"));
    assertEquals(desk.list("here"), ["big.bin"]);
  },
});

/** Bytes of a file that changes: the client cannot have read all while a tenth has passed, see tcp(7). */
const CHANGING = 30_000_000;
/** Bytes that have passed when it changes. */
const HELD_AT = 3_000_000;

/** What happens to a file while it is being sent, and how it is called then. */
const CHANGES: readonly (readonly [what: string, (path: string) => void, outcome: RegExp])[] = [
  ["grows", (path) => Deno.writeTextFileSync(path, "more", { append: true }), /changed while/],
  ["shrinks", (path) => Deno.truncateSync(path, HELD_AT), /changed while/],
  ["is replaced", (path) => {
    Deno.writeFileSync(`${path}.new`, content(CHANGING, 2));
    Deno.renameSync(`${path}.new`, path);
  }, /changed while|Sent "big\.bin"/],
  ["vanishes", (path) => Deno.removeSync(path), /changed while|Sent "big\.bin"/],
];

for (const [what, change, says] of CHANGES) {
  Deno.test({
    name:
      `attack 21: a file that ${what} while it is sent is whole or nothing${NEEDS_POSIX.reason}`,
    ...PROCESS,
    ignore: NEEDS_POSIX.ignore,
    fn: async () => {
      using desk = new FileDesk();
      const old = content(CHANGING);
      desk.write("here/big.bin", old);
      desk.write("here/next.txt", "next");
      await using server = await desk.serve();
      await using relay = new Relay(server.port, { sent: HELD_AT });
      await using client = desk.start(relay.port, ["put", "big.bin", "next.txt", "--json"]);
      await relay.reached();
      change(desk.path("here/big.bin"));
      relay.release();
      const { code } = await client.end();
      const result = client.stdout.entries.map((line) => JSON.parse(line))
        .find(({ event, path }) => event === "result" && path === "big.bin");
      // What was open under its name is sent to its end, whole, whatever has the name now.
      assert(["published", "source-changed"].includes(result.outcome), says.source);
      assertEquals(code, result.outcome === "published" ? 0 : 6);
      assertEquals(desk.read("there/shared/next.txt"), "next");
      const there = desk.list("there/shared");
      assertEquals(there.includes("big.bin"), result.outcome === "published");
      if (what === "grows" || what === "shrinks") assertEquals(result.outcome, "source-changed");
      if (result.outcome === "published") {
        assert(equalBytes(Deno.readFileSync(desk.path("there/shared/big.bin")), old));
      }
    },
  });
}

Deno.test("--rate moves no more than so much", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.bin", content(300_000));
  await using server = await desk.serve();
  const begin = performance.now();
  const { code } = await desk.run(server.port, ["put", "a.bin", "--rate", "500kB"]);
  const milliseconds = performance.now() - begin;
  assertEquals(code, 0);
  assert(milliseconds >= 400, `it took ${milliseconds} ms`);
});

Deno.test("names count from where the task was called, below the project", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/sub/a.txt", "a");
  await using server = await desk.serve();
  const cwd = ROOT.pathname;
  const INIT_CWD = desk.path("here/sub");
  const below = await desk.run(server.port, ["put", "a.txt"], { cwd, env: { INIT_CWD } });
  assertEquals(below.code, 0, below.stderr);
  assertEquals(desk.read("there/shared/a.txt"), "a");
  // What lies elsewhere is not the task's to read, and a file of the project is not what was meant.
  const away = dirname(resolve(cwd));
  const outside = { cwd, env: { INIT_CWD: away } };
  const path = `${basename(cwd)}/README.md`;
  const refused = await desk.run(server.port, ["put", path], outside);
  assertEquals([refused.code, refused.stdout], [6, ""]);
  const [, command = ""] = /^Cannot use directory ".*": .*; run: deno (run .*)\n$/
    .exec(refused.stderr) ?? [];
  const streams = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const again = new Deno.Command(Deno.execPath(), {
    args: command.split(" "),
    cwd: away,
    env: { NO_COLOR: "1", INIT_CWD: away },
    ...streams,
  });
  const ended = await runToEnd("the command", again);
  assertEquals([ended.code, ended.stderr], [0, ""], command);
  assertStringIncludes(desk.read("there/shared/README.md"), "# Socket programs");
  // Where nothing of this machine is named, it does not matter where that is.
  for (const args of [["list"], ["get", "a.txt", "-o", "-"]]) {
    assertEquals((await desk.run(server.port, args, outside)).code, 0, args.join(" "));
  }
});
