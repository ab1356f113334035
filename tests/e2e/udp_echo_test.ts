import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { needsCommand, startProgram } from "../support/commands.ts";
import { soon } from "../support/journal.ts";
import { NEEDS_IPV6, NEEDS_POSIX } from "../support/machine.ts";
import { runClient, type Server, startClient, startServer } from "../support/process.ts";
import { Random } from "../support/random.ts";
import { UdpPeer } from "../support/udp_peer.ts";
import { UdpScript } from "../support/udp_script.ts";

const TIMEOUT = { timeout: 60_000 } as const;

/** Where an answer is sure to come, a busy machine may take its time. */
const LONG_WAIT = ["--wait", "10"] as const;

/** Those that measure have waits of their own. */
const MEASURING = ["--count", "--sweep", "--timeout"];

/** Runs the client against a server; it asks patiently, unless the arguments say otherwise. */
function talk(
  server: Pick<Server, "port">,
  args: readonly string[],
  stdin = "",
): ReturnType<typeof runClient> {
  const patience = args.some((arg) => MEASURING.includes(arg)) ? [] : ["--timeout", "10"];
  const all = ["--port", String(server.port), ...patience, ...args];
  return runClient("udp-echo-client", all, { stdin });
}

/** Output as JSON, a value a line. */
// deno-lint-ignore no-explicit-any
function jsonLines(text: string): any[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("the server announces itself, echoes, and counts when it stops", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server");
  assertEquals(server.kind, "udp");
  const hello = await talk(server, []);
  assertEquals([hello.code, hello.stdout, hello.stderr], [0, "Received Hello, world\n", ""]);
  const text = await talk(server, ["Grüße \u{1f600}"]);
  assertEquals(text.stdout, "Received Grüße \u{1f600}\n");
  const empty = await talk(server, [""]);
  assertEquals([empty.code, empty.stdout], [0, "Received an empty datagram\n"]);
  assertMatch(await server.logged(/^Heard from/), /^Heard from 127\.0\.0\.1:\d+$/);
  assertEquals(await server.stop(), 0);
  assertEquals(
    server.stdout.entries.at(-1),
    "Stopped: 3 datagrams from 3 sources, 24 bytes in, 24 bytes out, 3 echoed, 0 dropped",
  );
});

Deno.test({
  name: `IPv6 and names work${NEEDS_IPV6.reason}`,
  ignore: NEEDS_IPV6.ignore,
  ...TIMEOUT,
  fn: async () => {
    await using server = await startServer("udp-echo-server", ["--host", "[::1]"]);
    assertMatch(server.address, /^\[::1\]:\d+$/);
    for (const host of ["::1", "[::1]", "0:0:0:0:0:0:0:1"]) {
      const { stdout } = await talk(server, ["--host", host]);
      assertEquals(stdout, "Received Hello, world\n", host);
    }
    const sweep = await talk(server, ["--host", "::1", "--sweep", ...LONG_WAIT]);
    assertEquals(sweep.stdout.split("\n").slice(0, 2), [
      `Largest datagram that comes back from ${server.address}: 65527 bytes`,
      "That is all that UDP over IPv6 can carry",
    ]);
  },
});

Deno.test("a name is looked up, and its address answers", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server");
  const { stdout } = await talk(server, ["--host", "localhost"]);
  assertEquals(stdout, "Received Hello, world\n");
});

Deno.test("a line at a time, with the round trip behind each", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server");
  const { code, stdout, stderr } = await talk(server, ["--interactive"], "one\ntwo\n\nthree\n");
  assertMatch(stdout, /^Received one \([\d.]+ us\)\nReceived two \([\d.]+ us\)\n$/);
  assertEquals([code, stderr], [0, ""]);
  const json = await talk(server, ["--interactive", "--json"], "one\n");
  const [answer] = jsonLines(json.stdout);
  assertEquals([answer.event, answer.text, answer.same, answer.tries], ["answer", "one", true, 1]);
  assertGreater(answer.microseconds, 0);
});

Deno.test("a silent port: what was tried, and exit code 1", TIMEOUT, async () => {
  await using silent = new UdpPeer(() => []);
  const quick = ["--timeout", "0.05"];
  const { code, stdout, stderr } = await talk(silent, [...quick, "--retries", "1"]);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr,
    `No answer from 127.0.0.1:${silent.port} to 2 tries of 0.05 s: a closed UDP port is silent, ` +
      `so is the server running? Start it with: deno task udp-echo-server --port ${silent.port}\n`,
  );
  const lines = await talk(silent, [...quick, "--retries", "0", "--interactive"], "one\ntwo\n");
  assertEquals([lines.code, lines.stderr.match(/to 1 try of 0.05 s/g)?.length], [1, 2]);
  const meter = await talk(silent, ["--count", "3", "--interval", "0.01", "--wait", "0.05"]);
  assertEquals(meter.code, 1);
  assertStringIncludes(meter.stdout, "sent 3, received 0, lost 3 (100 %)");
  assertMatch(meter.stderr, /^No answer from 127.0.0.1:\d+ to 3 probes: a closed UDP port/);
  const sweep = await talk(silent, ["--sweep", "--wait", "0.05"]);
  assertEquals([sweep.code, sweep.stdout], [1, ""]);
  assertMatch(sweep.stderr, /^No answer from .* to 3 tries of 0.05 s with 20 bytes: /);
});

Deno.test("who answers from another address is named", TIMEOUT, async () => {
  await using elsewhere = new UdpPeer((datagram) => [{ bytes: datagram.slice(), stranger: true }]);
  // Both wait for all their time, because what comes is no answer.
  const [{ code, stderr }, meter] = await Promise.all([
    talk(elsewhere, ["--timeout", "5", "--retries", "0"]),
    talk(elsewhere, ["--count", "2", "--interval", "0.01", "--wait", "5"]),
  ]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^No answer from .* to 1 try of 5 s: something came from 127.0.0.1:\d+, does the server ans/,
  );
  assertMatch(meter.stdout, /^sent 2, received 0, lost 2 .*\n.*foreign 2 \(the first from 127/m);
});

Deno.test("what is no echo is shown as it is", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server", ["--reply", "Hi \x1b[2J"]);
  const { code, stdout, stderr } = await talk(server, []);
  assertEquals([code, stdout], [0, "Received Hi \\x1b[2J\n"]);
  assertEquals(stderr, "The answer is not what was sent: this is no echo server\n");
  const short = await talk(server, ["Hi", "--timeout", "0.05"]);
  assertEquals(short.code, 1);
  await server.logged(
    /^Dropped a datagram of 2 bytes from .*: the reply would be longer \(--allow-amplif/,
  );
  const meter = await talk(server, ["--count", "2", "--interval", "0.01", "--wait", "5"]);
  assertStringIncludes(meter.stdout, "corrupted 0, truncated 0, foreign 2");
  assertEquals(meter.code, 1);
});

Deno.test("--allow-amplification answers short requests", TIMEOUT, async () => {
  const args = ["--reply", "Hello UDP Client", "--allow-amplification", "--quiet"];
  await using server = await startServer("udp-echo-server", args);
  const { stdout } = await talk(server, ["Hi"]);
  assertEquals(stdout, "Received Hello UDP Client\n");
  assertEquals(server.stderr.text, "");
});

Deno.test("the meter: the summary, the histogram, the strip", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server");
  const probes = ["--count", "100", "--interval", "0.002", ...LONG_WAIT];
  const { code, stdout, stderr } = await talk(server, probes);
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assertMatch(lines[0]!, /^--- 127\.0\.0\.1:\d+: probes of 64 bytes, one every 0\.002 s, in /);
  assertEquals(lines.slice(1, 3), [
    "sent 100, received 100, lost 0 (0 %), late 0 (after 10 s)",
    "duplicates 0, reordered 0, corrupted 0, truncated 0, foreign 0",
  ]);
  assertMatch(lines[3]!, /^round trip in us: min .*, p99\.9 .*, stddev .*, jitter /);
  assertMatch(lines[4]!, /^schedule deviation in us: min /);
  assertStringIncludes(stdout, "█");
  assertEquals(lines.slice(-2), ["       0  all received, to 99", "          ! received"]);
});

Deno.test("the meter as JSON: a line a probe, the summary last", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server");
  const fast = [
    "--interval",
    "0",
    "--window",
    "8",
    "--size",
    "200",
    "--count",
    "500",
    ...LONG_WAIT,
  ];
  const lines = jsonLines((await talk(server, [...fast, "--json"])).stdout);
  assertEquals(lines.length, 501);
  const summary = lines.pop();
  assertEquals(lines.map(({ sequence }) => sequence).sort((a, b) => a - b), [...Array(500).keys()]);
  assert(lines.every(({ event, outcome }) => event === "probe" && outcome === "received"));
  const { event, sent, received, window, size, interval } = summary;
  assertEquals([event, sent, received, window, size], ["summary", 500, 500, 8, 200]);
  assertEquals(interval, undefined);
  const quiet = await talk(server, ["--count", "3", "--interval", "0.01", "--json", "--quiet"]);
  assertEquals(jsonLines(quiet.stdout).map((line) => line.event), ["summary"]);
});

Deno.test(
  "every counter of the client equals the plan of a peer that does all wrong",
  TIMEOUT,
  async () => {
    const random = new Random();
    // None is late, which a busy machine would add to. So few that a socket's own buffer holds them all.
    const script = new UdpScript(random, 150, Infinity);
    await using peer = new UdpPeer((probe) => script.answers(probe));
    const args = ["--count", "150", "--interval", "0.005", ...LONG_WAIT, "--json"];
    const { stdout, code } = await talk(peer, args);
    const summary = jsonLines(stdout).at(-1);
    const actual = Object.fromEntries(
      Object.keys(script.expected).map((name) => {
        return [name, summary[name]];
      }),
    );
    assertEquals(actual, { ...script.expected }, `seed ${random.seed}`);
    assertEquals(code, 0);
  },
);

Deno.test({
  name: `Ctrl-C ends the meter with its summary${NEEDS_POSIX.reason}`,
  ignore: NEEDS_POSIX.ignore,
  ...TIMEOUT,
  fn: async () => {
    await using server = await startServer("udp-echo-server");
    for (const [args, code] of [[[], 0], [["--interval", "0"], 0]] as const) {
      const endless = args.length === 0 ? ["--interval", "0.01"] : args;
      const port = ["--port", String(server.port)];
      await using client = startClient("udp-echo-client", [...port, ...endless, "--json"]);
      await client.stdout.findAll((line) => line.includes("received"), 5, "five answers");
      client.kill("SIGINT");
      assertEquals((await client.end()).code, code);
      const summary = JSON.parse(client.stdout.entries.at(-1)!);
      assertEquals(summary.event, "summary");
      const { sent, received, late, lost, underWay } = summary;
      assertEquals(sent, received + late + lost + underWay);
      assertEquals(client.stdout.entries.length, sent - underWay + 1);
    }
    const asked = Promise.withResolvers<void>();
    await using silent = new UdpPeer(() => {
      asked.resolve();
      return [];
    });
    const args = ["--port", String(silent.port), "--interval", "0.01"];
    await using client = startClient("udp-echo-client", args);
    // Nothing is said before the end, but a probe shows that it is at work.
    await soon(asked.promise, "a probe");
    client.kill("SIGINT");
    assertEquals((await client.end()).code, 1);
    assertMatch(client.stdout.text, /^sent \d+, received 0, lost \d+/m);
  },
});

Deno.test({
  name: `Ctrl-C ends a question that is waiting${NEEDS_POSIX.reason}`,
  ignore: NEEDS_POSIX.ignore,
  ...TIMEOUT,
  fn: async () => {
    const asked = Promise.withResolvers<void>();
    await using silent = new UdpPeer(() => {
      asked.resolve();
      return [];
    });
    const args = ["--port", String(silent.port), "--timeout", "50"];
    await using client = startClient("udp-echo-client", args);
    await soon(asked.promise, "the question");
    client.kill("SIGINT");
    assertEquals((await client.end()).code, 130);
    assertEquals(client.stderr.text.trim(), "Interrupted: no answer yet");
  },
});

Deno.test("--sweep finds where the server's buffer ends", TIMEOUT, async () => {
  await using small = new UdpPeer((datagram) => {
    return [{ bytes: datagram.slice(0, 1_024), stranger: false }];
  });
  const { code, stdout } = await talk(small, ["--sweep", ...LONG_WAIT]);
  assertEquals([code, stdout.split("\n")[1]], [
    0,
    "Of 1025 bytes only 1024 come back: the server's buffer ends there",
  ]);
  const json = jsonLines((await talk(small, ["--sweep", ...LONG_WAIT, "--json"])).stdout);
  const { event, largest, limit, reason } = json.pop();
  assertEquals([event, largest, limit, reason], ["summary", 1_024, 1_025, "truncated"]);
  assert(json.length > 10 && json.every((line) => line.event === "step"));
  for (const { outcome, microseconds } of json) {
    const isTime = outcome === "returned" && /^[1-9]\d*(\.\d)?$/.test(`${microseconds}`);
    assertEquals(isTime, outcome === "returned");
  }
});

/** Sends so many datagrams at once, and waits until the server says this of one of them. */
async function flood(
  server: Server,
  text: (number: number) => string,
  logged: RegExp,
): Promise<{ echoed: number; totals: string; seconds: number }> {
  const address = { transport: "udp", hostname: "127.0.0.1", port: server.port } as const;
  const socket = Deno.listenDatagram({ ...address, port: 0 });
  try {
    const begun = performance.now();
    // So many that some of them come in one second, however busy the machine is.
    for (let i = 0; i < 200; i++) await socket.send(new TextEncoder().encode(text(i)), address);
    await server.logged(logged);
    await server.stop();
    const seconds = (performance.now() - begun) / 1_000;
    const totals = server.stdout.entries.at(-1)!;
    const echoed = Number(/ (\d+) echoed,/.exec(totals)?.[1]);
    for (let i = 0; i < echoed; i++) await soon(socket.receive(), `answer ${i} of ${echoed}`);
    return { echoed, totals, seconds };
  } finally {
    socket.close();
  }
}

for (const [cap, drop] of [["--max-per-source", "source rate"], ["--max-rate", "total rate"]]) {
  Deno.test(`${cap} is kept in each second`, TIMEOUT, async () => {
    await using server = await startServer("udp-echo-server", [cap!, "10"]);
    const told = new RegExp(`had (its|their) share of this second \\(${cap}\\)$`);
    const { echoed, totals, seconds } = await flood(server, (i) => `datagram ${i}`, told);
    assertMatch(totals, new RegExp(`, (\\d+) dropped \\(\\1 ${drop}\\)$`));
    assertGreaterOrEqual(echoed, 10, totals);
    assertLessOrEqual(echoed, 10 * (Math.floor(seconds) + 1), `${totals} in ${seconds} s`);
  });
}

Deno.test(
  "what is repeated fast is answered twice, with --allow-loops always",
  TIMEOUT,
  async () => {
    await using careful = await startServer("udp-echo-server");
    const told = /the same datagram again and again; not listening there for 10 s/;
    const { echoed, totals, seconds } = await flood(careful, () => "same", told);
    assertMatch(totals, /, (\d+) dropped \(\1 loop\)$/);
    assertGreaterOrEqual(echoed, 2, totals);
    // Another one is forgiven each tenth of a second.
    assertLessOrEqual(echoed, 2 + Math.floor(10 * seconds), `${totals} in ${seconds} s`);
    await using server = await startServer("udp-echo-server", ["--allow-loops"]);
    const { stdout } = await talk(server, ["--interactive"], "same\n".repeat(20));
    assertEquals(stdout.match(/^Received same/gm)?.length, 20);
  },
);

Deno.test("the log as JSON, and the same figures in the end", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server", ["--log", "json"]);
  await talk(server, []);
  await server.logged(/"heard"/);
  await server.stop();
  const [heard, stopped] = jsonLines(server.stderr.text);
  assertEquals(heard.event, "heard");
  assertMatch(heard.peer, /^127\.0\.0\.1:\d+$/);
  const { time, ...figures } = stopped;
  assertMatch(time, /^\d{4}-/);
  assertEquals(figures, {
    ...{ event: "stopped", datagrams: 1, bytesIn: 12, echoed: 1, bytesOut: 12, failed: 0 },
    ...{ sources: 1, dropped: 0, lowPort: 0, ownAddress: 0, groupAddress: 0, loop: 0 },
    ...{ sourceRate: 0, totalRate: 0, shortRequest: 0 },
  });
});

Deno.test("the server stops in the middle of a flood", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server", ["--quiet"]);
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const address = { transport: "udp", hostname: "127.0.0.1", port: server.port } as const;
  let flooding = true;
  const flood = (async () => {
    const datagram = new Uint8Array(64);
    for (let i = 0; flooding; i++) {
      new DataView(datagram.buffer).setUint32(0, i);
      await socket.send(datagram, address);
      if (i % 64 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  })();
  await socket.receive();
  const stopped = await server.stop();
  flooding = false;
  await flood;
  socket.close();
  assertEquals(stopped, 0);
  assertMatch(server.stdout.text, /^Stopped: [\d,]+ datagrams from 1 source, /m);
});

Deno.test("what cannot be opened is told in a sentence", TIMEOUT, async () => {
  await using server = await startServer("udp-echo-server");
  const port = String(server.port);
  const taken = await runClient("udp-echo-server", ["--port", port]);
  assertEquals([taken.code, taken.stdout], [1, ""]);
  assertEquals(
    taken.stderr,
    `Cannot listen on 127.0.0.1:${port}: address in use; ` +
      "choose another with --port, or --port 0 for a free one\n",
  );
  const wide = await runClient("udp-echo-server", ["--host", "0.0.0.0", "--port", "0"]);
  assertEquals(wide.code, 1);
  assertEquals(
    wide.stderr,
    "Cannot listen on 0.0.0.0:0: network access is limited to loopback; " +
      "run: deno run --allow-net servers/udp_echo_server.ts --host 0.0.0.0 --port 0\n",
  );
  const far = await runClient("udp-echo-client", ["--host", "192.0.2.1"]);
  assertEquals([far.code, far.stdout], [1, ""]);
  assertEquals(
    far.stderr,
    "Cannot send to 192.0.2.1:20001: network access is limited to loopback; " +
      "run: deno run --allow-net=0.0.0.0:0,192.0.2.1:20001 clients/udp_echo_client.ts " +
      "--host 192.0.2.1\n",
  );
  const name = await runClient("udp-echo-client", ["--host", "echo.invalid"]);
  assertMatch(name.stderr, /^Cannot look up "echo.invalid": network access is limited to loopback/);
  const granted = { grants: ["--allow-net=echo.invalid"] };
  const nowhere = await runClient("udp-echo-client", ["--host", "echo.invalid"], granted);
  assertEquals(nowhere.stderr, 'Cannot look up "echo.invalid": no address is known for it\n');
  const large = await runClient("udp-echo-client", ["--size", "65508", "--count", "1"]);
  assertEquals([large.code, large.stderr], [
    1,
    "Cannot send 65508 bytes in one datagram: UDP over IPv4 carries 65507 at most\n",
  ]);
});

Deno.test("a client beyond loopback is told what the server lacks", TIMEOUT, async () => {
  // The server may listen on all addresses, but answer nobody.
  const options = { bare: true, grants: ["--allow-net=0.0.0.0:0"] };
  await using server = await startServer("udp-echo-server", ["--host", "0.0.0.0"], options);
  const { code } = await talk(server, ["--timeout", "0.05", "--retries", "0"]);
  assertEquals(code, 1);
  await server.logged(
    /^Cannot answer 127.0.0.1:\d+: network access does not include it; run the server with --allow-net$/,
  );
  await server.stop();
  assertMatch(server.stdout.text, /0 echoed, 0 dropped, 1 failed$/);
});

for (
  const [task, args, message] of [
    ["udp-echo-server", ["--port", "65536"], 'Option --port got "65536": expected a whole number'],
    ["udp-echo-server", ["--reply", ""], "Option --reply needs a value: TEXT"],
    [
      "udp-echo-server",
      ["--reply", "x".repeat(513)],
      "Option --reply got 513 bytes: expected at m",
    ],
    ["udp-echo-server", ["--allow-amplification"], "Option --allow-amplification needs --reply as"],
    ["udp-echo-server", ["--max-rate", "-1"], 'Option --max-rate got "-1": expected a whole num'],
    ["udp-echo-server", ["extra"], 'Unexpected argument "extra"'],
    [
      "udp-echo-client",
      ["--size", "19"],
      'Option --size got "19": expected a whole number from 20',
    ],
    ["udp-echo-client", ["--retries", "5", "--count", "3"], "Option --retries cannot go with --c"],
    ["udp-echo-client", ["--timeout", "5", "--sweep"], "Option --timeout cannot go with --sweep"],
    ["udp-echo-client", ["--window", "5"], "Option --window needs --interval 0 as well"],
    ["udp-echo-client", ["hi", "--count", "3"], "Cannot do two things at once: --count"],
    ["udp-echo-client", ["--sweep", "--interactive"], "Cannot do two things at once: --sweep and"],
    [
      "udp-echo-client",
      ["--interval", "-1"],
      'Option --interval got "-1": expected a number from 0',
    ],
    ["udp-echo-client", ["--family", "ipv5"], 'Option --family got "ipv5": expected ipv4 or ipv6'],
    ["udp-echo-client", ["one", "two"], 'Unexpected argument "two"'],
  ] as const
) {
  Deno.test(`${task} ${args.join(" ").slice(0, 40)} is wrong usage`, TIMEOUT, async () => {
    const { code, stdout, stderr } = await runClient(task, args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
  });
}

const PYTHON_ECHO = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    data, address = s.recvfrom(65536)
    s.sendto(data, address)
`;

const NEEDS_PYTHON = needsCommand("python3");

Deno.test({
  name: `the client works with python3${NEEDS_PYTHON.reason}`,
  ignore: NEEDS_PYTHON.ignore,
  ...TIMEOUT,
  fn: async () => {
    await using other = startProgram("python3", ["-c", PYTHON_ECHO]);
    const port = Number(await other.stdout.find(() => true, "the port"));
    const { stdout } = await talk({ port }, []);
    assertEquals(stdout, "Received Hello, world\n");
    const meter = await talk({ port }, ["--count", "50", "--interval", "0.002", ...LONG_WAIT]);
    assertStringIncludes(meter.stdout, "sent 50, received 50, lost 0 (0 %), late 0");
    const sweep = await talk({ port }, ["--sweep", ...LONG_WAIT]);
    assertStringIncludes(sweep.stdout, ": 65507 bytes\n");
  },
});
