/**
 * The echo client as a filter (`-`) and in conversation (`--interactive`), through pipes as a shell makes
 * them.
 */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { equalBytes } from "../../lib/codec/bytes.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { soon } from "../support/journal.ts";
import { patternOf } from "../support/load.ts";
import { NEEDS_LINUX, NEEDS_POSIX } from "../support/machine.ts";
import { Peer, readAll, readCount } from "../support/peer.ts";
import { commandFor, runClient, startClient, startServer } from "../support/process.ts";
import { echoPlainly, serveHere } from "../support/serving.ts";
import { peakMemory } from "../support/usage.ts";

const PROCESS = { timeout: 40_000 } as const;
const SIGNALS = { ...PROCESS, ignore: NEEDS_POSIX.ignore } as const;
const MB = 1_000_000;

Deno.test("echo-client - copies 50 MB through a real server, byte for byte", PROCESS, async () => {
  await using server = await startServer("echo-server");
  const bytes = patternOf(50 * MB);
  const args = ["-", "--port", String(server.port)];
  const ended = await runClient("echo-client", args, { stdin: bytes });
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assert(equalBytes(ended.bytes, bytes));
  await server.logged(/^Closed .*: 50000000 bytes in, 50000000 bytes out$/);
});

Deno.test("echo-client - copies nothing, and any bytes", PROCESS, async () => {
  await using server = serveHere(echoPlainly);
  for (const bytes of [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, i) => i)]) {
    const args = ["-", "--port", String(server.port)];
    const ended = await runClient("echo-client", args, { stdin: bytes });
    assertEquals([ended.code, ended.stderr, ended.bytes], [0, "", bytes]);
  }
});

Deno.test(
  `echo-client - and its server need no more memory for more bytes${NEEDS_LINUX.reason}`,
  { timeout: 120_000, ignore: NEEDS_LINUX.ignore },
  async () => {
    await using server = await startServer("echo-server");
    const child = commandFor("echo-client", ["-", "--port", String(server.port)], {}).spawn();
    const input = child.stdin.getWriter();
    const output = child.stdout.getReader();
    const chunk = patternOf(MB);
    const move = async (megabytes: number): Promise<void> => {
      const write = async (): Promise<void> => {
        for (let i = 0; i < megabytes; i++) await input.write(chunk);
      };
      const read = async (): Promise<void> => {
        for (let left = megabytes * MB; left > 0;) {
          const { value } = await soon(output.read(), "more output");
          left -= value!.length;
        }
      };
      await Promise.all([write(), read()]);
    };
    try {
      await move(30);
      const before = [await peakMemory(child.pid), await peakMemory(server.pid)];
      await move(170);
      const after = [await peakMemory(child.pid), await peakMemory(server.pid)];
      for (const [i, bytes] of after.entries()) {
        assert(before[i]! > 0);
        assertLess(bytes - before[i]!, 50 * MB, `of ${["client", "server"][i]}`);
      }
    } finally {
      child.kill("SIGKILL");
      await Promise.all([child.status, output.cancel(), child.stderr.cancel()]);
      await input.abort().catch(() => {});
    }
  },
);

Deno.test("echo-client - judges what comes back", PROCESS, async () => {
  const bytes = patternOf(100_000);
  const cases: [(bytes: Uint8Array<ArrayBuffer>) => Uint8Array, RegExp][] = [
    [
      (bytes) => bytes.with(50_000, bytes[50_000]! ^ 1),
      /^What came back differs from what was sent: 100000 bytes each way, but not the same SHA-256\n$/,
    ],
    [
      (bytes) => bytes.subarray(0, 99_999),
      /^The server closed after 99999 of 100000 bytes \(127\.0\.0\.1:\d+\)\n$/,
    ],
    [() => new Uint8Array(), /^The server closed after 0 of 100000 bytes \(127\.0\.0\.1:\d+\)\n$/],
    [
      (bytes) => Uint8Array.of(...bytes, 1),
      /^Received more than the 100000 bytes sent \(127\.0\.0\.1:\d+\)\n$/,
    ],
  ];
  for (const [answer, wanted] of cases) {
    await using peer = new Peer(async (conn) => {
      await writeAll(conn, answer(await readAll(conn)));
    });
    const ended = await runClient("echo-client", ["-", "--port", peer.port], { stdin: bytes });
    assertEquals(ended.code, 1);
    assertMatch(ended.stderr, wanted);
  }
});

Deno.test(
  "echo-client - leaves quietly when nobody reads its output any more",
  PROCESS,
  async () => {
    await using server = serveHere(echoPlainly);
    const child = commandFor("echo-client", ["-", "--port", String(server.port)], {}).spawn();
    await child.stdout.cancel();
    const writer = child.stdin.getWriter();
    const typing = writer.write(patternOf(10 * MB)).catch(() => {});
    const [{ code }, stderr] = await Promise.all([
      soon(child.status, "the client's end"),
      new Response(child.stderr).text(),
    ]);
    await typing;
    await writer.abort().catch(() => {});
    assertEquals([code, stderr], [141, ""]);
  },
);

Deno.test(
  `echo-client - says at Ctrl-C how far it came${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    await using server = serveHere(echoPlainly);
    await using client = startClient("echo-client", ["-", "--port", String(server.port)]);
    await client.type("Hello\n");
    await client.stdout.find((line) => line === "Hello", "the echo");
    client.kill("SIGINT");
    const { code } = await client.end();
    assertEquals([code, client.stderr.entries], [
      130,
      ["Interrupted: 6 bytes sent, 6 received"],
    ]);
  },
);

Deno.test(
  "echo-client --interactive answers line by line, until the input ends",
  PROCESS,
  async () => {
    await using server = serveHere(echoPlainly);
    const args = ["--interactive", "--port", String(server.port)];
    await using client = startClient("echo-client", args);
    for (const line of ["Hello", "ä ✓", "\x1b[31mred"]) {
      await client.type(`${line}\n`);
      const shown = `Received ${line.replace("\x1b", "\\x1b")}`;
      await client.stdout.find((answer) => answer === shown, shown);
    }
    await client.type("without an end");
    await client.endInput();
    const { code } = await client.end();
    assertEquals([code, client.stderr.text], [0, ""]);
    // No prompt where no terminal is.
    assertEquals(client.stdout.entries.length, 4);
    assertEquals(client.stdout.entries.at(-1), "Received without an end");
  },
);

Deno.test("echo-client --interactive ends with an empty line", PROCESS, async () => {
  await using server = serveHere(echoPlainly);
  const args = ["--interactive", "--port", String(server.port)];
  await using client = startClient("echo-client", args);
  // The input stays open.
  await client.type("one\n\ntwo\n");
  const { code } = await client.end();
  assertEquals([code, client.stdout.entries], [0, ["Received one"]]);
});

Deno.test("echo-client --interactive reports a server that goes away", PROCESS, async () => {
  await using server = await startServer("echo-server", ["--grace", "0"]);
  const args = ["--interactive", "--port", String(server.port)];
  await using client = startClient("echo-client", args);
  await client.type("Hello\n");
  await client.stdout.find((line) => line === "Received Hello", "the answer");
  assertEquals(await server.stop(), 0);
  // Nobody types anything: it notices by itself.
  const { code } = await client.end();
  assertEquals([code, client.stderr.entries], [
    1,
    [`The server closed the connection (127.0.0.1:${server.port})`],
  ]);
});

Deno.test(
  "echo-client --interactive reports an answer that is wrong or short",
  PROCESS,
  async () => {
    const cases = [
      ["Hallo\n", /^The answer differs from what was sent$/],
      ["Hel", /^The server closed after 3 of 6 bytes \(127\.0\.0\.1:\d+\)$/],
    ] as const;
    for (const [answer, wanted] of cases) {
      await using peer = new Peer(async (conn) => {
        await readCount(conn, 6);
        await conn.write(new TextEncoder().encode(answer));
      });
      await using client = startClient("echo-client", ["--interactive", "--port", peer.port]);
      await client.type("Hello\n");
      const { code } = await client.end();
      assertEquals([code, client.stderr.entries.length], [1, 1]);
      assertMatch(client.stderr.text, wanted);
    }
  },
);

Deno.test(
  `echo-client --interactive counts its lines at Ctrl-C${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    await using server = serveHere(echoPlainly);
    const args = ["--interactive", "--port", String(server.port)];
    await using client = startClient("echo-client", args);
    await client.type("Hello\n");
    await client.stdout.find((line) => line === "Received Hello", "the answer");
    client.kill("SIGINT");
    const { code } = await client.end();
    assertEquals([code, client.stderr.entries], [130, ["Interrupted: 1 line came back"]]);
  },
);

Deno.test(
  "echo-client --interactive reports a server that dies, over TLS, too",
  PROCESS,
  async () => {
    const files = { grants: ["--allow-read=tests/vectors/tls"] };
    const [cert, key, ca] = ["leaf.pem", "leaf_key.pem", "ca.pem"].map((name) => {
      return `tests/vectors/tls/${name}`;
    });
    const flags = [["--tls-cert", cert!, "--tls-key", key!], []];
    for (const serverFlags of flags) {
      await using server = await startServer("echo-server", serverFlags, files);
      const tls = serverFlags.length > 0 ? ["--tls", "--ca", ca!] : [];
      const args = ["--interactive", "--port", String(server.port), ...tls];
      await using client = startClient("echo-client", args, files);
      await client.type("Hello\n");
      await client.stdout.find((line) => line === "Received Hello", "the answer");
      server.kill("SIGKILL");
      const { code } = await client.end();
      assertEquals([code, client.stderr.entries.length], [1, 1], client.stderr.text);
      assertMatch(client.stderr.text, /^(The server closed|Lost) the connection/);
    }
  },
);
