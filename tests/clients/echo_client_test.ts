/**
 * The echo client as its users run it, against servers that do well and servers that do not.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { LimitError } from "../../lib/codec/errors.ts";
import { sendText } from "../../clients/echo_client.ts";
import { DeadlineError } from "../../lib/net/deadline.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { NEEDS_IPV6, NEEDS_LINUX, NEEDS_POSIX } from "../support/machine.ts";
import { connectTo, Peer, readAll, readCount } from "../support/peer.ts";
import { type Ended, runClient, type RunOptions, startClient } from "../support/process.ts";
import { ResettingServer } from "../support/resetting_server.ts";
import { echoPlainly, serveHere, Serving } from "../support/serving.ts";

const PROCESS = { timeout: 40_000 } as const;
const SIGNALS = { ...PROCESS, ignore: NEEDS_POSIX.ignore } as const;
const HELLO = new TextEncoder().encode("Hello, world");

function client(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return runClient("echo-client", args, options);
}

/** Reads everything and then answers what the test says. */
function answering(answer: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): Peer {
  return new Peer(async (conn) => void await writeAll(conn, answer(await readAll(conn))));
}

Deno.test("sendText returns all that the server says until it finishes", PROCESS, async () => {
  await using peer = new Peer(async (conn) => {
    const bytes = await readAll(conn);
    for (const byte of bytes) await conn.write(Uint8Array.of(byte));
  });
  using conn = await connectTo(Number(peer.port));
  assertEquals(await sendText(conn, HELLO, { timeout: 15_000 }), HELLO);
});

Deno.test("sendText takes what was said from a server that does not finish", PROCESS, async () => {
  const done = Promise.withResolvers<void>();
  await using peer = new Peer(async (conn) => {
    await conn.write(await readCount(conn, HELLO.length));
    await done.promise;
  });
  using conn = await connectTo(Number(peer.port));
  const answer = await sendText(conn, HELLO, { timeout: 200 }).finally(done.resolve);
  assertEquals(answer, HELLO);
});

Deno.test("sendText gives up a server that says nothing", PROCESS, async () => {
  const done = Promise.withResolvers<void>();
  await using peer = new Peer(() => done.promise);
  using conn = await connectTo(Number(peer.port));
  await assertRejects(
    () => sendText(conn, HELLO, { timeout: 200 }),
    DeadlineError,
    "No answer for 0.2 s, 0 of 12 bytes are back; allow more with --timeout",
  ).finally(done.resolve);
});

Deno.test("sendText does not let a server fill the memory", PROCESS, async () => {
  await using peer = new Peer(async (conn) => {
    for (const chunk = new Uint8Array(4_096);;) await conn.write(chunk);
  });
  using conn = await connectTo(Number(peer.port));
  const error = await assertRejects(
    () => sendText(conn, HELLO, { timeout: 15_000 }),
    LimitError,
    "Cannot keep an answer of more than 65536 bytes",
  );
  assertEquals(error.limit, 65_536);
});

Deno.test(
  "echo-client greets, or says what it is given, and shows the answer",
  PROCESS,
  async () => {
    await using server = serveHere(echoPlainly);
    const port = ["--port", String(server.port)];
    const cases = [
      [[], "Received Hello, world\n"],
      [["Wake up, Neo"], "Received Wake up, Neo\n"],
      [["ä ✓"], "Received ä ✓\n"],
      [["--", "--help me"], "Received --help me\n"],
      // What could move the cursor is shown, not done.
      [["\x1b[31mred\n"], "Received \\x1b[31mred\\n\n"],
    ] as const;
    for (const [args, wanted] of cases) {
      const { code, stdout, stderr } = await client([...port, ...args]);
      assertEquals({ code, stdout, stderr }, { code: 0, stdout: wanted, stderr: "" });
    }
  },
);

for (const host of ["::1", "[::1]", "localhost"]) {
  const { ignore, reason } = host === "localhost" ? { ignore: false, reason: "" } : NEEDS_IPV6;
  Deno.test(`echo-client --host ${host}${reason}`, { ...PROCESS, ignore }, async () => {
    const hostname = host === "localhost" ? "127.0.0.1" : "::1";
    await using server = new Serving(Deno.listen({ hostname, port: 0 }), echoPlainly);
    const args = ["--host", host, "--port", String(server.port)];
    const { code, stdout } = await client(args);
    assertEquals([code, stdout], [0, "Received Hello, world\n"]);
  });
}

Deno.test("echo-client judges what comes back", PROCESS, async () => {
  const received = (text: string): string => `Received ${text}\n`;
  const cases: [(bytes: Uint8Array<ArrayBuffer>) => Uint8Array, number, string, string][] = [
    [
      (bytes) => bytes.subarray(0, 5),
      1,
      received("Hello"),
      "The server closed after 5 of 12 bytes\n",
    ],
    [() => new Uint8Array(), 1, "", "The server closed without an answer\n"],
    [
      (bytes) => bytes.with(0, 0x59),
      1,
      received("Yello, world"),
      "The answer is as long as what was sent, but differs from it\n",
    ],
    [
      (bytes) => Uint8Array.of(...bytes, 0x21),
      1,
      received("Hello, world!"),
      "The answer goes on for 1 byte after what was sent\n",
    ],
    // Whatever listens there may have something of its own to say.
    [
      () => new TextEncoder().encode("220 mail.example.org\r\n"),
      0,
      received("220 mail.example.org\\r\\n"),
      "The answer is not what was sent: this is no echo server\n",
    ],
  ];
  for (const [answer, ...wanted] of cases) {
    await using peer = answering(answer);
    const { code, stdout, stderr } = await client(["--port", peer.port]);
    assertEquals([code, stdout, stderr], wanted);
  }
});

Deno.test("echo-client explains a server that is silent or resets", PROCESS, async () => {
  const done = Promise.withResolvers<void>();
  await using silent = new Peer(() => done.promise);
  const { code, stdout, stderr } = await client(["--port", silent.port, "--timeout", "0.2"]);
  assertEquals([code, stdout, stderr], [
    1,
    "",
    "No answer for 0.2 s, 0 of 12 bytes are back; allow more with --timeout " +
    `(127.0.0.1:${silent.port})\n`,
  ]);
  done.resolve();
  await using resetting = await new ResettingServer({ whenSpokenTo: true }).listening();
  const modes = [[], ["-"], ["--interactive"]];
  for (const mode of modes) {
    const ended = await client([...mode, "--port", resetting.port], { stdin: "Hello\n" });
    assertEquals([ended.code, ended.stdout], [1, ""], mode.join());
    assertMatch(
      ended.stderr,
      /^(Lost the connection to|The server closed).*127\.0\.0\.1:\d+.*\n$/,
    );
  }
});

Deno.test("echo-client explains why it cannot connect", PROCESS, async () => {
  const port = "1";
  const script = "clients/echo_client.ts";
  const limited = "network access is limited to loopback; run: deno run --allow-net=";
  const cases: [string[], RunOptions, string][] = [
    [
      ["--port", port],
      {},
      `127.0.0.1:${port}: connection refused; is the server running? ` +
      `Start it with: deno task echo-server --port ${port}`,
    ],
    [
      ["Wake up, Neo", "--host", "192.0.2.1"],
      {},
      `192.0.2.1:65432: ${limited}192.0.2.1:65432 ${script} 'Wake up, Neo' --host 192.0.2.1`,
    ],
    [
      ["--host", "example.org", "--port", "7"],
      {},
      `example.org:7: ${limited}example.org:7 ${script} --host example.org --port 7`,
    ],
    [
      ["--port", port],
      { bare: true },
      `127.0.0.1:${port}: network access was not granted; run: deno run ` +
      `--allow-net=127.0.0.1:${port} ${script} --port ${port}`,
    ],
  ];
  await Promise.all(cases.map(async ([args, options, message]) => {
    const { code, stdout, stderr } = await client(args, options);
    assertEquals([code, stdout, stderr], [1, "", `Cannot connect to ${message}\n`]);
  }));
});

Deno.test(
  `echo-client explains a server that does not even accept${NEEDS_LINUX.reason}`,
  { ...PROCESS, ignore: NEEDS_LINUX.ignore },
  async () => {
    // The backlog is full, and the system leaves what comes now without an answer.
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
    const { port } = listener.addr;
    const conns = [await connectTo(port), await connectTo(port)];
    const { code, stdout, stderr } = await client([
      ...["--port", String(port), "--connect-timeout", "0.3"],
    ]);
    for (const conn of conns) conn.close();
    assertEquals([code, stdout, stderr], [
      1,
      "",
      `Cannot connect to 127.0.0.1:${port}: no answer within 0.3 s; ` +
      "allow more with --connect-timeout\n",
    ]);
  },
);

Deno.test("echo-client explains a host that does not resolve", PROCESS, async () => {
  const host = "no-such-host.invalid";
  const { code, stdout, stderr } = await client(["--host", host], {
    grants: [`--allow-net=${host}`],
  });
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^Cannot connect to no-such-host\.invalid:65432: \S.*\n$/);
});

Deno.test(
  `echo-client that cannot have its descriptors says so${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    await using server = serveHere(echoPlainly);
    const args = ["--port", String(server.port), "--connections", "200", "--count", "200"];
    const { code, stdout, stderr } = await client(args, { shell: "ulimit -n 64" });
    assertEquals([code, stdout, stderr], [
      1,
      "",
      `Cannot connect to 127.0.0.1:${server.port}: too many open files; ` +
      "raise the limit with: ulimit -n\n",
    ]);
  },
);

Deno.test("echo-client finds wrong usage: exit code 2 and the flag", PROCESS, async () => {
  const cases = [
    [["--tiemout", "3"], 'Unknown option "--tiemout": did you mean --timeout?'],
    [["--count"], "Option --count needs a value: MESSAGES"],
    [["--count", "0"], 'Option --count got "0": expected a whole number of at least 1'],
    [["--rate", "fast"], 'Option --rate got "fast": expected a number from 0.001 to 1000000'],
    [["--port", "0"], 'Option --port got "0": expected a whole number from 1 to 65535'],
    [["one", "two"], 'Unexpected argument "two": expected [TEXT | -]'],
    [["--ca", "x.pem"], "Option --ca needs --tls as well"],
    [["text", "--interactive"], 'Cannot do two things at once: --interactive and "text"'],
    [
      ["text", "--count", "5"],
      'Cannot do two things at once: --count, --duration, --rate or --size and "text"',
    ],
    [
      ["--throughput", "1", "--size", "5"],
      "Option --throughput goes with --connections only",
    ],
  ] as const;
  await Promise.all(cases.map(async ([args, message]) => {
    const { code, stdout, stderr } = await client(args);
    const wanted = `${message}\nUsage: deno task echo-client --help\n`;
    assertEquals([code, stdout, stderr], [2, "", wanted]);
  }));
});

Deno.test(
  `echo-client says at Ctrl-C what was done so far${NEEDS_POSIX.reason}`,
  SIGNALS,
  async () => {
    const accepted = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    await using peer = new Peer(async (conn) => {
      await conn.read(new Uint8Array(100));
      accepted.resolve();
      await done.promise;
    });
    await using program = startClient("echo-client", ["--port", peer.port]);
    await accepted.promise;
    program.kill("SIGINT");
    const { code } = await program.end();
    assertEquals([code, program.stdout.text], [130, ""]);
    assertEquals(program.stderr.entries, ["Interrupted: no whole answer yet"]);
    done.resolve();
    assert(program.pid > 0);
  },
);
