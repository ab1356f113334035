/**
 * What goes wrong around a server that is in the net, and must end nothing but itself.
 */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { soon } from "../support/journal.ts";
import { NEEDS_POSIX, NEEDS_UNIX_SOCKETS } from "../support/machine.ts";
import { connectTo, connectToReset, exchange, readAll, readCount } from "../support/peer.ts";
import { runClient, startServer } from "../support/process.ts";
import { ScratchDirectory } from "../support/scratch.ts";
import { authority } from "../support/tls.ts";

const PROCESS = { timeout: 40_000 } as const;
const SIGNALS = { ...PROCESS, ignore: NEEDS_POSIX.ignore } as const;
const PING = new TextEncoder().encode("ping");

const TLS_FLAGS = [
  ...["--tls-cert", "tests/vectors/tls/leaf.pem"],
  ...["--tls-key", "tests/vectors/tls/leaf_key.pem"],
];
const TLS_GRANTS = { grants: ["--allow-read=tests/vectors/tls"] };

Deno.test("echo-server survives clients that reset before accept", PROCESS, async () => {
  await using server = await startServer("echo-server", ["--max-connections", "1"]);
  using first = await connectTo(server.port);
  await server.logged(/^Connected/);
  for (let i = 0; i < 5; i++) await (await connectToReset(server.port)).reset();
  first.close();
  assertEquals(await exchange(server.port, "still here"), "still here");
  assertEquals(await server.stop(), 0);
});

Deno.test(
  "echo-server survives a client that resets in the middle of its echo",
  PROCESS,
  async () => {
    await using server = await startServer("echo-server");
    const resetting = await connectToReset(server.port);
    await resetting.send(new Uint8Array(1_000_000));
    await resetting.heard;
    await resetting.reset();
    await server.logged(/^Closed .* \((reset by the peer|the peer was gone)\)$/);
    assertEquals(await exchange(server.port, "still here"), "still here");
    assertEquals(await server.stop(), 0);
    assertStringIncludes(server.stdout.text, "Stopped: 2 connections (1 failed), ");
  },
);

Deno.test("echo-server reads no more from a client that never reads", PROCESS, async () => {
  await using server = await startServer("echo-server", ["--idle-timeout", "0.5", "--log", "json"]);
  using conn = await connectTo(server.port);
  const chunk = new Uint8Array(1024 * 1024);
  let offered = 0;
  const flood = async (): Promise<void> => {
    while (offered < 1024 ** 3) offered += await conn.write(chunk);
  };
  await soon(flood().catch(() => {}), "the end of the flood");
  assertLess(offered, 1024 ** 3);
  const { reason, bytesIn, bytesOut } = JSON.parse(await server.logged(/closed/));
  assertEquals(reason, "idle for 0.5 s");
  // One buffer, at its largest, is all that the server holds.
  assertLess(bytesIn - bytesOut, 256 * 1024 + 1);
});

Deno.test(
  `echo-server survives the end of its file descriptors${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    await using server = await startServer("echo-server", ["--log", "json"], {
      shell: "ulimit -n 64",
    });
    const conns = await Promise.all(Array.from({ length: 80 }, () => connectTo(server.port)));
    const isFailure = (line: string): boolean => JSON.parse(line).event === "accept failed";
    const failures = await server.stderr.findAll(isFailure, 6, "failed accepts");
    // It does not spin: it waits longer and longer.
    assertEquals(failures.map((line) => JSON.parse(line).backOff), [5, 10, 20, 40, 80, 160]);
    // Who is in is served, and whoever leaves makes room.
    for (const conn of conns) {
      await conn.write(PING);
      assertEquals(await readCount(conn, 4), PING);
      conn.close();
    }
    assertEquals(await exchange(server.port, "still here"), "still here");
    assertEquals(await server.stop(), 0);
    const { connections, bytesIn, bytesOut } = JSON.parse(server.stderr.entries.at(-1)!);
    assertEquals([connections, bytesIn, bytesOut], [81, 330, 330]);
  },
);

Deno.test("echo-server serves 1,000 connections at once with 100 slots", PROCESS, async () => {
  await using server = await startServer(
    "echo-server",
    ["--max-connections", "100", "--backlog", "1000"],
  );
  const texts = Array.from({ length: 1_000 }, (_, i) => `client ${i}`);
  const answers = await Promise.all(texts.map((text) => exchange(server.port, text)));
  assertEquals(answers, texts);
  await server.stderr.findAll((line) => line.startsWith("Closed"), 1_000, "all ends");
  let inside = 0;
  let most = 0;
  for (const line of server.stderr.entries) {
    inside += line.startsWith("Connected") ? 1 : -1;
    most = Math.max(most, inside);
  }
  assert(most <= 100, `${most} at once`);
  assertEquals(await server.stop(), 0);
  assertStringIncludes(server.stdout.text, "Stopped: 1,000 connections, ");
});

Deno.test("echo-server speaks TLS with the flags for it", PROCESS, async () => {
  await using server = await startServer("echo-server", TLS_FLAGS, TLS_GRANTS);
  assertEquals(server.kind, "tls");
  const caCerts = [authority()];
  using conn = await Deno.connectTls({ hostname: "localhost", port: server.port, caCerts });
  await conn.write(PING);
  await conn.closeWrite();
  assertEquals(await readAll(conn), PING);
  await server.logged(/^Closed 127\.0\.0\.1:\d+: 4 bytes in, 4 bytes out$/);
});

Deno.test("echo-server survives garbage where it expects TLS", PROCESS, async () => {
  await using server = await startServer("echo-server", TLS_FLAGS, TLS_GRANTS);
  for (const garbage of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\xff\xff", "\0".repeat(100)]) {
    using conn = await connectTo(server.port);
    await conn.write(new TextEncoder().encode(garbage));
    await conn.closeWrite();
    await readAll(conn).catch(() => {});
  }
  await server.stderr.findAll((line) => /^Closed .*: 0 bytes in/.test(line), 3, "three ends");
  const client = ["after that", "--tls", "--ca", "tests/vectors/tls/ca.pem"];
  const { code, stdout } = await runClient(
    "echo-client",
    [...client, "--port", String(server.port)],
    TLS_GRANTS,
  );
  assertEquals([code, stdout], [0, "Received after that\n"]);
  assertEquals(await server.stop(), 0);
});

Deno.test("echo-server explains certificates that are none", PROCESS, async () => {
  const flags = ["--tls-cert", "tests/vectors/tls/README.md", ...TLS_FLAGS.slice(2), "--port", "0"];
  const { code, stdout, stderr } = await runClient("echo-server", flags, TLS_GRANTS);
  assertEquals([code, stdout], [1, ""]);
  const reason = 'no certificate (PEM) in "tests/vectors/tls/README.md"';
  assertEquals(stderr, `Cannot read certificate: ${reason}\n`);
});

/** Permissions for a Unix socket, as a user would grant them. */
function unixGrants(scratch: ScratchDirectory, name: string): { grants: string[] } {
  const path = scratch.file(name);
  return {
    grants: [
      `--allow-net=unix:${scratch.absolute(name)}`,
      `--allow-read=${path}`,
      `--allow-write=${path}`,
    ],
  };
}

Deno.test(
  `echo-server --unix serves a socket file and removes it in the end${NEEDS_UNIX_SOCKETS.reason}`,
  { ...PROCESS, ignore: NEEDS_UNIX_SOCKETS.ignore },
  async () => {
    using scratch = new ScratchDirectory();
    const path = scratch.file("echo.sock");
    const grants = unixGrants(scratch, "echo.sock");
    await using server = await startServer("echo-server", ["--unix", path], grants);
    assertEquals([server.address.endsWith(path), server.kind], [true, "unix"]);
    for (const text of ["one", "two"]) {
      const { code, stdout, stderr } = await runClient(
        "echo-client",
        [text, "--unix", path],
        grants,
      );
      assertEquals([code, stdout, stderr], [0, `Received ${text}\n`, ""]);
    }
    await server.logged(/^Closed unix-2: 3 bytes in, 3 bytes out$/);
    assert(Deno.statSync(path).isSocket);

    // A second server must not take the socket of the first.
    const second = await runClient("echo-server", ["--unix", path], grants);
    assertEquals(
      [second.code, second.stderr],
      [1, `Cannot listen on ${path}: address in use; if no server runs there, remove the file\n`],
    );
    assertEquals(await server.stop(), 0);
    assertEquals([...Deno.readDirSync(scratch.path)], []);
    const late = await runClient("echo-client", ["late", "--unix", path], grants);
    const reason = "no such socket file; is the server running?";
    assertEquals([late.code, late.stderr], [1, `Cannot connect to ${path}: ${reason}\n`]);
  },
);
