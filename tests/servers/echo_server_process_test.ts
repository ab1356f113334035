/**
 * The echo server as its users run it: the process, its flags, lines, signals and exit codes.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { soon } from "../support/journal.ts";
import { loadUntilTold } from "../support/load.ts";
import { NEEDS_IPV6, NEEDS_POSIX } from "../support/machine.ts";
import { connectTo, exchange, readAll, readCount } from "../support/peer.ts";
import { runClient, startServer } from "../support/process.ts";

const PROCESS = { timeout: 40_000 } as const;
const SIGNALS = { ...PROCESS, ignore: NEEDS_POSIX.ignore } as const;
const PING = new TextEncoder().encode("ping");

Deno.test("echo-server announces itself, logs its clients and sums up", PROCESS, async () => {
  await using server = await startServer("echo-server");
  assertEquals(server.stdout.entries, [`Listening on 127.0.0.1:${server.port} (tcp)`]);
  using conn = await connectTo(server.port);
  const { port } = conn.localAddr as Deno.NetAddr;
  await conn.write(PING);
  assertEquals(await readCount(conn, 4), PING);
  conn.close();
  await server.logged(/^Closed/);
  assertEquals(server.stderr.entries, [
    `Connected by 127.0.0.1:${port}`,
    `Closed 127.0.0.1:${port}: 4 bytes in, 4 bytes out`,
  ]);
  assertEquals(await server.stop(), 0);
  assertEquals(server.stdout.entries[1], "Stopped: 1 connection, 4 bytes in, 4 bytes out");
});

Deno.test("echo-server --log json logs one object a line, with the figures", PROCESS, async () => {
  await using server = await startServer("echo-server", ["--log", "json"]);
  assertEquals(await exchange(server.port, "Hello, world"), "Hello, world");
  await server.logged(/closed/);
  assertEquals(await server.stop(), 0);
  const events = server.stderr.entries.map((line) => JSON.parse(line));
  assertEquals(events.map(({ event }) => event), ["connected", "closed", "stopped"]);
  for (const { time } of events) assertEquals(new Date(time).toISOString(), time);
  const [connected, closed, stopped] = events.map(({ time: _, ...fields }) => fields);
  const { peer } = connected;
  assertMatch(peer, /^127\.0\.0\.1:\d+$/);
  assertEquals(connected, { event: "connected", peer });
  assertEquals(closed, { event: "closed", peer, bytesIn: 12, bytesOut: 12 });
  const totals = { connections: 1, refused: 0, failed: 0, bytesIn: 12, bytesOut: 12 };
  assertEquals(stopped, { event: "stopped", ...totals });
  // The lines for people and for waiting programs stay what they are.
  assertEquals(server.stdout.entries.length, 2);
});

Deno.test("echo-server --quiet logs nothing, and still gives its results", PROCESS, async () => {
  for (const log of ["text", "json"]) {
    await using server = await startServer("echo-server", ["--quiet", "--log", log]);
    assertEquals(await exchange(server.port, "Hello"), "Hello");
    assertEquals(await server.stop(), 0);
    assertEquals(server.stderr.entries, []);
    assertEquals(server.stdout.entries, [
      `Listening on 127.0.0.1:${server.port} (tcp)`,
      "Stopped: 1 connection, 5 bytes in, 5 bytes out",
    ]);
  }
});

Deno.test(
  "echo-server --max-connections 1 is the sequential server of the tutorials",
  PROCESS,
  async () => {
    await using server = await startServer("echo-server", ["--max-connections", "1"]);
    using first = await connectTo(server.port);
    await first.write(PING);
    assertEquals(await readCount(first, 4), PING);
    const second = exchange(server.port, "my turn");
    await first.write(PING);
    assertEquals(await readCount(first, 4), PING);
    first.close();
    assertEquals(await second, "my turn");
    await server.stderr.findAll((line) => line.startsWith("Closed"), 2, "both ends");
    const order = server.stderr.entries.map((line) => line.split(" ")[0]);
    assertEquals(order, ["Connected", "Closed", "Connected", "Closed"]);
  },
);

Deno.test("echo-server --max-per-host closes what is too much, with a line", PROCESS, async () => {
  await using server = await startServer("echo-server", ["--max-per-host", "1"]);
  using first = await connectTo(server.port);
  await server.logged(/^Connected/);
  using second = await connectTo(server.port);
  assertEquals(await readAll(second), new Uint8Array());
  await server.logged(/^Refused 127\.0\.0\.1:\d+: its host is at its limit of 1$/);
  first.close();
  await server.logged(/^Closed/);
  assertEquals(await server.stop(), 0);
  assertStringIncludes(server.stdout.text, "Stopped: 1 connection (1 refused), ");
});

Deno.test("echo-server --idle-timeout ends a silent connection", PROCESS, async () => {
  await using server = await startServer("echo-server", ["--idle-timeout", "0.2"]);
  using conn = await connectTo(server.port);
  assertEquals(await readAll(conn), new Uint8Array());
  await server.logged(/^Closed 127\.0\.0\.1:\d+: 0 bytes in, 0 bytes out \(idle for 0\.2 s\)$/);
});

for (const host of ["::1", "[::1]"]) {
  Deno.test(
    `echo-server --host ${host} listens on IPv6${NEEDS_IPV6.reason}`,
    { ...PROCESS, ignore: NEEDS_IPV6.ignore },
    async () => {
      await using server = await startServer("echo-server", ["--host", host]);
      assertEquals(server.address, `[::1]:${server.port}`);
      using conn = await Deno.connect({ hostname: "::1", port: server.port });
      await conn.write(PING);
      assertEquals(await readCount(conn, 4), PING);
      await server.logged(/^Connected by \[::1\]:\d+$/);
    },
  );
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(
    `echo-server lets connections finish at ${signal}${NEEDS_POSIX.reason}`,
    SIGNALS,
    async () => {
      await using server = await startServer("echo-server", ["--grace", "20"]);
      using conn = await connectTo(server.port);
      await conn.write(PING);
      assertEquals(await readCount(conn, 4), PING);
      server.kill(signal);
      await server.logged(/^Stopping: 1 connection has 20 s to finish; again to leave at once$/);
      await conn.write(PING);
      await conn.closeWrite();
      assertEquals(await readAll(conn), PING);
      const { code } = await server.end();
      assertEquals(code, 0);
      assertEquals(server.stdout.entries[1], "Stopped: 1 connection, 8 bytes in, 8 bytes out");
    },
  );
}

Deno.test(
  `echo-server leaves at once at a second signal${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    await using server = await startServer("echo-server", ["--grace", "1000"]);
    using conn = await connectTo(server.port);
    await server.logged(/^Connected/);
    server.kill("SIGINT");
    await server.logged(/^Stopping/);
    server.kill("SIGTERM");
    const { code } = await server.end();
    assertEquals(code, 130);
    // The system ends what the process leaves behind.
    await conn.read(new Uint8Array(1)).catch(() => {});
  },
);

Deno.test(
  `a signal that comes twice at once, as through a task, is one${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      await using server = await startServer("echo-server", ["--grace", "20"]);
      using conn = await connectTo(server.port);
      await server.logged(/^Connected/);
      server.kill(signal);
      server.kill(signal);
      await server.logged(/^Stopping/);
      await conn.closeWrite();
      assertEquals((await server.end()).code, 0, signal);
    }
  },
);

Deno.test(
  `echo-server that is stopped under load answers everybody to the end${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    await using server = await startServer("echo-server", ["--grace", "60", "--log", "json"]);
    const conns = await Promise.all(Array.from({ length: 20 }, () => connectTo(server.port)));
    await Promise.all(conns.map(async (conn) => {
      await conn.write(PING);
      assertEquals(await readCount(conn, 4), PING);
    }));
    const stopping = new AbortController();
    const loads = conns.map((conn) => loadUntilTold(conn, stopping.signal));
    server.kill("SIGTERM");
    const told = server.logged(/"stopping"/).then(() => stopping.abort());
    const [sent] = await soon(Promise.all([Promise.all(loads), told]), "the end of all streams");
    for (const conn of conns) conn.close();
    const { code } = await server.end();
    assertEquals(code, 0);
    const total = sent.reduce((sum, length) => sum + length, 0) + 20 * PING.length;
    const { bytesIn, bytesOut } = JSON.parse(server.stderr.entries.at(-1)!);
    assertEquals([bytesIn, bytesOut], [total, total]);
  },
);

Deno.test(
  "echo-server finds wrong usage: exit code 2, the flag, and what it wants",
  PROCESS,
  async () => {
    const cases = [
      [["--prot", "7000"], 'Unknown option "--prot": did you mean --port?'],
      [["--frobnicate"], 'Unknown option "--frobnicate": --help lists the known ones'],
      [["--port"], "Option --port needs a value: PORT"],
      [["--port", "seven"], 'Option --port got "seven": expected a whole number from 0 to 65535'],
      [["--port", "65536"], 'Option --port got "65536": expected a whole number from 0 to 65535'],
      [["--port", "-1"], 'Option --port got "-1": expected a whole number from 0 to 65535'],
      [["--quiet=yes"], 'Option --quiet takes no value, got "yes"'],
      [["--log", "xml"], 'Option --log got "xml": expected text or json'],
      [["7000"], 'Unexpected argument "7000": there are only options here'],
      [["--tls-cert", "x.pem"], "Option --tls-cert needs --tls-key as well"],
      [["--workers", "2", "--unix", "x.sock"], "Option --workers cannot go with --unix"],
    ] as const;
    await Promise.all(cases.map(async ([args, message]) => {
      const { code, stdout, stderr } = await runClient("echo-server", args);
      const wanted = `${message}\nUsage: deno task echo-server --help\n`;
      assertEquals({ code, stdout, stderr }, { code: 2, stdout: "", stderr: wanted });
    }));
  },
);

/** Runs a server that cannot start and returns its only line. */
async function failure(
  args: readonly string[],
  options: Parameters<typeof runClient>[2] = {},
): Promise<string> {
  const { code, stdout, stderr } = await runClient("echo-server", args, options);
  assertEquals({ code, stdout }, { code: 1, stdout: "" }, stderr);
  assertEquals(stderr.split("\n").length, 2, stderr);
  return stderr.trimEnd();
}

Deno.test("echo-server says that its port is taken, and what to do", PROCESS, async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  assertEquals(
    await failure(["--port", String(port)]),
    `Cannot listen on 127.0.0.1:${port}: address in use; ` +
      "choose another with --port, or --port 0 for a free one",
  );
});

Deno.test(
  "echo-server says which permission it lacks, and the command that gives it",
  PROCESS,
  async () => {
    const run = "deno run --allow-net=";
    const server = "servers/echo_server.ts";
    const cases = [
      [
        ["--host", "0.0.0.0", "--port", "7000"],
        {},
        `Cannot listen on 0.0.0.0:7000: network access is limited to loopback; run: ` +
        `${run}0.0.0.0:7000 ${server} --host 0.0.0.0 --port 7000`,
      ],
      [
        ["--port", "7000"],
        { bare: true },
        `Cannot listen on 127.0.0.1:7000: network access was not granted; run: ` +
        `${run}127.0.0.1:7000 ${server} --port 7000`,
      ],
      [
        ["--unix", "/nowhere/echo.sock"],
        {},
        "Cannot listen on /nowhere/echo.sock: a permission that this needs was not granted; run: " +
        `${run}unix:/nowhere/echo.sock --allow-read=/nowhere/echo.sock ` +
        `--allow-write=/nowhere/echo.sock ${server} --unix /nowhere/echo.sock`,
      ],
      [
        ["--tls-cert", "cert.pem", "--tls-key", "key.pem"],
        {},
        'Cannot read certificate "cert.pem": a permission that this needs was not granted; run: ' +
        `${run}127.0.0.1:65432 --allow-read=cert.pem,key.pem ${server} ` +
        "--tls-cert cert.pem --tls-key key.pem",
      ],
    ] as const;
    await Promise.all(cases.map(async ([args, options, message]) => {
      assertEquals(await failure(args, options), message);
    }));
  },
);

Deno.test("echo-server says that its host does not exist", PROCESS, async () => {
  const host = "no-such-host.invalid";
  const line = await failure(["--host", host], { grants: [`--allow-net=${host}`] });
  assertMatch(line, /^Cannot listen on no-such-host\.invalid:65432: \S/);
  // An address that is meant for documentation belongs to no machine.
  assertEquals(
    await failure(["--host", "192.0.2.1"], { grants: ["--allow-net=192.0.2.1"] }),
    "Cannot listen on 192.0.2.1:65432: this machine has no such address; choose another with --host",
  );
});
