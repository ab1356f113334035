import {
  assertEquals,
  assertLessOrEqual,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { checkPort, checkPorts, formatReport, type PortReport } from "../../clients/port_check.ts";
import { NEEDS_IPV6, NEEDS_LINUX } from "../support/machine.ts";
import { runClient, startClient } from "../support/process.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const SOCKETS = { permissions: { net: ["127.0.0.1"] }, timeout: 20_000 };
const PROCESS = { timeout: 30_000 };

/** An error as the runtime throws it. */
function systemError(code: string, message = "the system says so"): Error {
  return Object.assign(new Error(message), { code });
}

/** A port that nothing listens on: no system gives it away, and the service that it was for is gone. */
const CLOSED_PORT = 1;

Deno.test("checkPort names every way to fail", PURE, async () => {
  const timeout = new DOMException("Signal timed out.", "TimeoutError");
  const cases: readonly (readonly [error: Error, state: string, name: string])[] = [
    [systemError("ECONNREFUSED"), "closed", "ECONNREFUSED"],
    [systemError("ECONNRESET"), "closed", "ECONNRESET"],
    [systemError("ETIMEDOUT"), "filtered", "ETIMEDOUT"],
    [timeout, "filtered", "ETIMEDOUT"],
    [systemError("EHOSTUNREACH"), "unreachable", "EHOSTUNREACH"],
    [systemError("ENETUNREACH"), "unreachable", "ENETUNREACH"],
    [systemError("EHOSTDOWN"), "unreachable", "EHOSTDOWN"],
    [new Error("failed to lookup address information"), "unresolved", "ENOTFOUND"],
    [systemError("EMFILE"), "failed", "EMFILE"],
    [systemError("EADDRNOTAVAIL"), "failed", "EADDRNOTAVAIL"],
    [systemError("EWHATEVER", "odd\x1b"), "failed", "EWHATEVER"],
    [new TypeError("odd"), "failed", "TypeError"],
  ];
  for (const [error, state, name] of cases) {
    const connect = (): Promise<never> => Promise.reject(error);
    const report = await checkPort("example.com", 80, { timeout: 1, connect });
    assertEquals([report.host, report.port], ["example.com", 80]);
    assertEquals([report.state, report.error], [state, name], name);
    assertEquals(report.meaning.length > 5 || name === "TypeError", true);
    assertEquals(report.meaning.includes("\x1b"), false);
  }
});

Deno.test(
  "checkPort lets a missing permission through: it says nothing of the port",
  PURE,
  async () => {
    await assertRejects(
      () => checkPort("127.0.0.1", 80, { timeout: 1_000 }),
      Deno.errors.NotCapable,
    );
  },
);

Deno.test("checkPort finds an open and a closed port", SOCKETS, async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = await checkPort("127.0.0.1", listener.addr.port, { timeout: 5_000 });
  assertEquals([open.state, open.error], ["open", null]);
  const closed = await checkPort("127.0.0.1", CLOSED_PORT, { timeout: 5_000 });
  assertEquals([closed.state, closed.error], ["closed", "ECONNREFUSED"]);
  assertLessOrEqual(closed.milliseconds, 5_000);
});

Deno.test("checkPort does not take a connection that met itself for a server", PURE, async () => {
  const address = { transport: "tcp", hostname: "127.0.0.1", port: 40_000 } as const;
  let closed = false;
  const conn = {
    localAddr: address,
    remoteAddr: { ...address },
    [Symbol.dispose]: () => void (closed = true),
  } as Deno.TcpConn;
  const connect = (): Promise<Deno.TcpConn> => Promise.resolve(conn);
  const { state } = await checkPort("127.0.0.1", 40_000, { timeout: 1, connect });
  assertEquals([state, closed], ["closed", true]);
});

Deno.test({
  ...SOCKETS,
  name: `checkPort calls a port filtered that never answers${NEEDS_LINUX.reason}`,
  ignore: NEEDS_LINUX.ignore,
  fn: async () => {
    // A full backlog: Linux drops what comes then, as a firewall does.
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
    const { port } = listener.addr;
    await using waiting = new AsyncDisposableStack();
    for (let state = "open"; state === "open";) {
      const report = await checkPort("127.0.0.1", port, {
        timeout: 300,
        connect: async (hostname, port, timeout) => {
          const signal = AbortSignal.timeout(timeout);
          const conn = await Deno.connect({ hostname, port, signal });
          waiting.defer(() => conn[Symbol.dispose]());
          // What the check closes is another's, so that this one keeps its place in the backlog.
          return { ...facts(conn), [Symbol.dispose]: () => {} } as Deno.TcpConn;
        },
      });
      state = report.state;
      if (state !== "open") assertEquals([state, report.error], ["filtered", "ETIMEDOUT"]);
    }
  },
});

function facts({ localAddr, remoteAddr }: Deno.TcpConn): Partial<Deno.TcpConn> {
  return { localAddr, remoteAddr };
}

Deno.test("checkPorts tries no more at once than it may, and tells in order", PURE, async () => {
  let underWay = 0;
  let most = 0;
  const ports = Array.from({ length: 50 }, (_, at) => at + 1);
  const told: PortReport[] = [];
  await checkPorts("127.0.0.1", ports, {
    timeout: 1_000,
    parallel: 7,
    onReport: (report) => told.push(report),
    connect: async (_host, port) => {
      most = Math.max(most, ++underWay);
      // Later ports answer earlier.
      for (let turn = port % 7; turn < 7; turn++) await new Promise(setImmediate);
      underWay--;
      throw systemError("ECONNREFUSED");
    },
  });
  assertEquals(told.map(({ port }) => port), ports);
  assertEquals([most, underWay], [7, 0]);
});

Deno.test(
  "checkPorts looks a name up once, and connects nowhere if nobody has it",
  PURE,
  async () => {
    const cases = [
      ["ENOTFOUND", "ENOTFOUND", "nobody has this name"],
      ["EAI_AGAIN", "EAI_AGAIN", "no name server answers"],
      ["ESOMETHING", "ESOMETHING", "the name cannot be looked up"],
    ] as const;
    for (const [code, name, meaning] of cases) {
      let lookups = 0;
      const told: PortReport[] = [];
      await checkPorts("no.such", [1, 2, 3], {
        timeout: 1_000,
        parallel: 2,
        onReport: (report) => told.push(report),
        connect: () => Promise.reject(new TypeError("Nobody should connect")),
        resolve: () => {
          lookups++;
          return Promise.reject(systemError(code));
        },
      });
      assertEquals(lookups, 1);
      assertEquals(told.map(({ port }) => port), [1, 2, 3]);
      for (const report of told) {
        assertEquals([report.state, report.error, report.meaning], ["unresolved", name, meaning]);
      }
    }
  },
);

Deno.test("checkPorts waits for a name server only so long", PURE, async () => {
  const told: PortReport[] = [];
  await checkPorts("slow.example", [1], {
    timeout: 50,
    parallel: 1,
    onReport: (report) => told.push(report),
    resolve: () => new Promise(() => {}),
  });
  assertEquals(told.map(({ state, error }) => [state, error]), [["unresolved", "EAI_AGAIN"]]);
});

Deno.test("checkPorts connects where it may not look names up", PURE, async () => {
  const told: PortReport[] = [];
  await checkPorts("named.example", [1], {
    timeout: 1_000,
    parallel: 1,
    onReport: (report) => told.push(report),
    connect: () => Promise.reject(systemError("ECONNREFUSED")),
    resolve: () => Promise.reject(systemError("EPERM")),
  });
  assertEquals(told.map(({ state }) => state), ["closed"]);
});

Deno.test("formatReport puts a result into one line", PURE, () => {
  const report = { host: "::1", port: 80, milliseconds: 12, state: "open", error: null } as const;
  assertEquals(
    formatReport({ ...report, meaning: "something listens there" }),
    "[::1]:80         open           12.0 ms  something listens there",
  );
  assertEquals(
    formatReport({ ...report, state: "closed", error: "ECONNREFUSED", meaning: "no" }),
    "[::1]:80         closed         12.0 ms  ECONNREFUSED: no",
  );
});

Deno.test("port-check exits with 0 only if all ports are open", PROCESS, async () => {
  using first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using second = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = [String(first.addr.port), String(second.addr.port)];
  const all = await runClient("port-check", ["127.0.0.1", ...open]);
  assertEquals([all.code, all.stderr], [0, "2 of 2 ports open\n"]);
  for (const line of all.stdout.trimEnd().split("\n")) {
    assertMatch(line, /^127\.0\.0\.1:\d+ +open +\d+\.\d ms {2}something listens there$/);
  }
  const some = await runClient("port-check", ["localhost", String(CLOSED_PORT), open[0]!]);
  assertEquals([some.code, some.stderr], [1, "1 of 2 ports open\n"]);
  assertMatch(
    some.stdout,
    /^localhost:\d+ +closed +\d+\.\d ms {2}ECONNREFUSED: the host answers, but nothing listens there\n/,
  );
});

Deno.test("port-check --json prints one object a port", PROCESS, async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const { code, stdout } = await runClient("port-check", [
    "--json",
    "127.0.0.1",
    `${port},${CLOSED_PORT}`,
  ]);
  assertEquals(code, 1);
  const reports = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const { milliseconds, ...first } = reports[0];
  assertEquals(typeof milliseconds, "number");
  assertEquals(first, {
    host: "127.0.0.1",
    port,
    state: "open",
    error: null,
    meaning: "something listens there",
  });
  assertEquals([reports[1].port, reports[1].state], [CLOSED_PORT, "closed"]);
  assertEquals(reports.length, 2);
});

Deno.test({
  ...PROCESS,
  name: `port-check reaches ::1, in brackets or not${NEEDS_IPV6.reason}`,
  ignore: NEEDS_IPV6.ignore,
  fn: async () => {
    using listener = Deno.listen({ hostname: "::1", port: 0 });
    for (const host of ["::1", "[::1]"]) {
      const { code, stdout } = await runClient("port-check", [host, String(listener.addr.port)]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, `[::1]:${listener.addr.port} `);
    }
  },
});

Deno.test("port-check names the permission that another host needs", PROCESS, async () => {
  const one = await runClient("port-check", ["192.0.2.7", "80"]);
  assertEquals(one.code, 1);
  assertEquals(
    one.stderr,
    "Cannot connect to 192.0.2.7: network access is limited to loopback; run: " +
      "deno run --allow-net=192.0.2.7:80 clients/port_check.ts 192.0.2.7 80\n",
  );
  const many = await runClient("port-check", ["2001:db8::7", "80-90"]);
  assertStringIncludes(many.stderr, "'--allow-net=[2001:db8::7]' clients/port_check.ts");
});

Deno.test("port-check refuses wrong usage", PROCESS, async () => {
  const cases: readonly (readonly [args: string[], says: string])[] = [
    [[], "Missing argument: expected HOST PORT…|FROM-TO…"],
    [["127.0.0.1"], "Missing argument"],
    [["127.0.0.1", "0"], 'Cannot read the port "0": expected a number from 1 to 65535'],
    [["127.0.0.1", "90-80"], 'Cannot read the port "90-80"'],
    [["127.0.0.1", "80", "--parallel", "0"], 'Option --parallel got "0"'],
  ];
  for (const [args, text] of cases) {
    const { code, stdout, stderr } = await runClient("port-check", args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, text);
  }
});

Deno.test({
  ...PROCESS,
  name: `port-check, interrupted, says what was done${NEEDS_LINUX.reason}`,
  ignore: NEEDS_LINUX.ignore,
  fn: async () => {
    using open = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    // A full backlog: the try of the second port has to wait.
    using full = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
    const { port } = full.addr;
    const signal = AbortSignal.timeout(300);
    const tries = Array.from({ length: 8 }, () => {
      return Deno.connect({ hostname: "127.0.0.1", port, signal });
    });
    const waiting = await Promise.allSettled(tries);
    await using client = startClient("port-check", [
      "--connect-timeout",
      "60",
      "127.0.0.1",
      String(open.addr.port),
      String(port),
    ]);
    await client.stdout.find((line) => line.includes(" open "), "the first result");
    client.kill("SIGINT");
    assertEquals((await client.end()).code, 130);
    assertEquals(client.stderr.text, "Interrupted: 1 of 2 ports checked, 1 open");
    for (const result of waiting) if (result.status === "fulfilled") result.value.close();
  },
});
