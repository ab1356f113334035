import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { serveUdpEcho, type UdpEchoOptions } from "../../servers/udp_echo_server.ts";
import type { ServeEvent } from "../../lib/net/serve_options.ts";
import type { DatagramTotals } from "../../lib/echo/datagram_account.ts";
import type { DatagramSocket } from "../../lib/net/datagram.ts";
import { settle } from "../support/fake_clock.ts";
import { Journal, soon } from "../support/journal.ts";
import { NEEDS_IPV6 } from "../support/machine.ts";
import { MemorySocket } from "../support/memory_socket.ts";
import { Random } from "../support/random.ts";

const PURE = { permissions: "none", timeout: 30_000 } as const;
const CLIENT = udp("192.0.2.1", 40_000);

function udp(hostname: string, port: number): Deno.NetAddr {
  return { transport: "udp", hostname, port };
}

function open(hostname = "127.0.0.1"): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
}

/** The server in this process, stopped at the end of the scope. */
class Serving implements AsyncDisposable {
  readonly address: Deno.NetAddr;
  readonly events = new Journal<ServeEvent>("the server's events", ({ message }) => message);
  readonly #controller = new AbortController();
  readonly #done: Promise<DatagramTotals>;

  constructor(socket: DatagramSocket, options: Omit<UdpEchoOptions, "signal"> = {}) {
    const { signal } = this.#controller;
    const { transport, hostname, port } = socket.addr as Deno.NetAddr;
    this.address = { transport, hostname, port };
    this.#done = serveUdpEcho(socket, { log: this.events.add, ...options, signal });
  }

  async stop(): Promise<DatagramTotals> {
    this.#controller.abort();
    return await soon(this.#done, "the end of the server");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** The next datagram for this socket; fails if none comes. */
async function next(socket: Deno.DatagramConn): Promise<Uint8Array> {
  const [bytes] = await soon(socket.receive(new Uint8Array(70_000)), "an answer");
  return bytes;
}

/** Serves what a test sends through memory, and collects the answers. */
function inMemory(options: Omit<UdpEchoOptions, "signal"> = {}): {
  serving: Serving;
  socket: MemorySocket;
  answers: [text: string, to: Deno.NetAddr][];
  clock: { now: number };
} {
  const answers: [string, Deno.NetAddr][] = [];
  const socket = new MemorySocket((bytes, to) => {
    answers.push([new TextDecoder().decode(bytes), to]);
  });
  const clock = { now: 0 };
  const serving = new Serving(socket, { now: () => clock.now, ...options });
  return { serving, socket, answers, clock };
}

for (
  const [family, hostname, largest, ignore] of [
    ["IPv4", "127.0.0.1", 65_507, false],
    [`IPv6${NEEDS_IPV6.reason}`, "::1", 65_527, NEEDS_IPV6.ignore],
  ] as const
) {
  Deno.test({
    name: `each datagram comes back as it was, over ${family}`,
    ignore,
    timeout: 30_000,
    fn: async () => {
      const random = new Random();
      await using serving = new Serving(open(hostname));
      const client = open(hostname);
      try {
        const sizes = [0, 1, 512, 1_472, 1_473, 9_000, 65_506, largest];
        for (const size of [...sizes, random.integer(0, largest), 0]) {
          const datagram = random.bytes(size);
          await client.send(datagram, serving.address);
          const label = `${size} bytes, seed ${random.seed}`;
          assertEquals((await next(client)).toHex() === datagram.toHex(), true, label);
        }
        const { datagrams, echoed, bytesIn, bytesOut, sources } = await serving.stop();
        assertEquals([datagrams, echoed, sources], [10, 10, 1]);
        assertEquals(bytesIn, bytesOut);
      } finally {
        client.close();
      }
    },
  });
}

Deno.test(
  "answers go to those who asked, one each, never joined",
  { timeout: 30_000 },
  async () => {
    await using serving = new Serving(open());
    const clients = [open(), open(), open()];
    try {
      for (const [i, client] of clients.entries()) {
        for (let j = 0; j < 3; j++) {
          await client.send(new TextEncoder().encode(`client ${i}, ${j}`), serving.address);
        }
      }
      for (const [i, client] of clients.entries()) {
        for (let j = 0; j < 3; j++) {
          assertEquals(new TextDecoder().decode(await next(client)), `client ${i}, ${j}`);
        }
      }
      assertEquals((await serving.stop()).sources, 3);
    } finally {
      for (const client of clients) client.close();
    }
  },
);

for (
  const [what, reply] of [
    ["echo to each other", undefined],
    ["answer each other with one text", "Hello UDP Client"],
  ] as const
) {
  Deno.test(
    `two servers that ${what} fall silent after 5 packets`,
    { timeout: 30_000 },
    async () => {
      const text = reply === undefined ? undefined : new TextEncoder().encode(reply);
      let packets = 0;
      const sends = new Journal<string>("the packets");
      const counted = (socket: Deno.DatagramConn): DatagramSocket => ({
        addr: socket.addr,
        receive: (buffer) => socket.receive(buffer),
        close: () => socket.close(),
        send: (bytes, to) => {
          packets++;
          sends.add(new TextDecoder().decode(bytes));
          return socket.send(bytes, to);
        },
      });
      const events = new Journal<ServeEvent>("both servers' events", ({ message }) => message);
      // Copies make a loop if they come fast: with the clock held, they do on any machine.
      const options = { reply: text, log: events.add, now: () => 0 };
      await using one = new Serving(counted(open()), options);
      const other = open();
      // Sent from the other one's socket: no forgery could look more like it.
      await other.send(new TextEncoder().encode("a datagram with a false name"), one.address);
      packets++;
      await using two = new Serving(counted(other), options);
      const muted = await events.find(({ reason }) => reason === "loop", "the end of the loop");
      assertMatch(
        muted.message,
        /^Dropped a datagram of \d+ bytes from 127\.0\.0\.1:\d+: the same datagram again/,
      );
      assertLessOrEqual(packets, 5);
      // Silence: what a third party asks is the next thing that either of them says.
      const client = open();
      try {
        const before = packets;
        for (const server of [one, two]) {
          await client.send(new TextEncoder().encode("anybody still talking?"), server.address);
          await next(client);
        }
        assertEquals(packets, before + 2, sends.text);
        const totals = await one.stop();
        const others = await two.stop();
        assertEquals(totals.dropped.loop + others.dropped.loop, 1);
      } finally {
        client.close();
      }
    },
  );
}

Deno.test(
  "a fast meter and a slow repeater are answered, a fast repeater is not",
  PURE,
  async () => {
    const { serving, socket, answers, clock } = inMemory();
    for (let i = 0; i < 3_000; i++) {
      clock.now += 0.1;
      socket.arrive(new TextEncoder().encode(`probe ${i}`), CLIENT);
      if (i % 100 === 0) await settle();
    }
    for (let i = 0; i < 50; i++) {
      await settle();
      clock.now += 200;
      socket.arrive(new TextEncoder().encode("again"), udp("192.0.2.2", 40_000));
    }
    await settle();
    assertEquals(answers.length, 3_050);
    for (let i = 0; i < 50; i++) socket.arrive(new Uint8Array(3), udp("192.0.2.3", 40_000));
    await settle();
    const totals = await serving.stop();
    assertEquals([totals.echoed, totals.dropped.loop], [3_052, 48]);
  },
);

Deno.test(
  "what must not be answered is dropped, counted and told, with its flag",
  PURE,
  async () => {
    const { serving, socket, answers } = inMemory();
    const from: [source: Deno.NetAddr, reason: string, flag: string][] = [
      [udp("192.0.2.1", 19), "lowPort", "--allow-low-ports"],
      [socket.addr, "ownAddress", "--allow-own-address"],
      [udp("224.0.0.1", 5_000), "groupAddress", "--allow-group-addresses"],
      [udp("255.255.255.255", 5_000), "groupAddress", "--allow-group-addresses"],
    ];
    for (const [source] of from) socket.arrive(new Uint8Array(5), source);
    await settle();
    const drops = serving.events.entries.filter(({ event }) => event === "dropped");
    assertEquals(drops.map(({ reason }) => reason), from.map(([, reason]) => reason));
    for (const [i, [, , flag]] of from.entries()) {
      assertMatch(
        drops[i]!.message,
        /^Dropped a datagram of 5 bytes from [\d.]+:\d+: .+ \(--[a-z-]+\)$/,
      );
      assert(drops[i]!.message.includes(flag), drops[i]!.message);
    }
    const { dropped, echoed, sources } = await serving.stop();
    assertEquals(answers, []);
    assertEquals([dropped.lowPort, dropped.ownAddress, dropped.groupAddress], [1, 1, 2]);
    assertEquals([echoed, sources], [0, 4]);
  },
);

Deno.test("the caps are kept, for each host and in all", PURE, async () => {
  const { serving, socket, clock } = inMemory({ maxPerSource: 10, maxInAll: 25 });
  const second = async (): Promise<void> => {
    for (let host = 1; host <= 4; host++) {
      for (let i = 0; i < 20; i++) {
        const datagram = new TextEncoder().encode(`${clock.now} ${i}`);
        socket.arrive(datagram, udp(`192.0.2.${host}`, 40_000 + i));
      }
    }
    await settle();
  };
  await second();
  clock.now += 1_000;
  await second();
  const { echoed, dropped } = await serving.stop();
  assertEquals([echoed, dropped.sourceRate, dropped.totalRate], [50, 40, 70]);
});

Deno.test("--reply answers with its text, and with no more than it got", PURE, async () => {
  const reply = new TextEncoder().encode("Hello UDP Client");
  const { serving, socket, answers, clock } = inMemory({ reply });
  for (const text of ["", "fifteen bytes..", "sixteen bytes...", "more than sixteen bytes"]) {
    socket.arrive(new TextEncoder().encode(text), CLIENT);
    await settle();
    clock.now += 1_000;
  }
  assertEquals(answers.map(([text]) => text), ["Hello UDP Client", "Hello UDP Client"]);
  const { dropped, echoed, bytesIn, bytesOut } = await serving.stop();
  assertEquals([dropped.shortRequest, echoed], [2, 2]);
  assertLessOrEqual(bytesOut, bytesIn);
});

Deno.test("--allow-amplification answers shorter requests, too", PURE, async () => {
  const reply = new TextEncoder().encode("Hello UDP Client");
  const { serving, socket, answers } = inMemory({ reply, allowAmplification: true });
  socket.arrive(new Uint8Array(), CLIENT);
  await settle();
  assertEquals(answers.map(([text]) => text), ["Hello UDP Client"]);
  assertEquals((await serving.stop()).dropped.shortRequest, 0);
});

Deno.test("a peer that cannot be answered ends nothing", PURE, async () => {
  const answers: Deno.NetAddr[] = [];
  const socket = new MemorySocket((_, to) => {
    if (to.port === 0) throw new TypeError("Invalid argument (os error 22)");
    if (to.port === 1) throw new Deno.errors.NotCapable("Requires net access");
    if (to.port === 2) throw Object.assign(new Error("\x1b[2Jno way"), { code: "EHOSTUNREACH" });
    answers.push(to);
  });
  const serving = new Serving(socket, { allowLowPorts: true });
  for (const port of [0, 1, 2, 40_000]) socket.arrive(new Uint8Array(3), udp("192.0.2.1", port));
  socket.arrive(new Deno.errors.ConnectionReset("port unreachable"));
  socket.arrive(new Uint8Array(4), CLIENT);
  await serving.events.find(({ event }) => event === "receive failed", "the failed receive");
  while (answers.length < 2) await settle();
  assertEquals(
    serving.events.entries.filter(({ event }) => event === "failed").map((e) => e.message),
    [
      "Cannot answer 192.0.2.1:0: Invalid argument (os error 22)",
      "Cannot answer 192.0.2.1:1: network access does not include it; run the server with --allow-net",
      "Cannot answer 192.0.2.1:2: \\x1b[2Jno way",
    ],
  );
  const { failed, echoed } = await serving.stop();
  assertEquals([failed, echoed, answers.length], [3, 2, 2]);
});

Deno.test("a flood does not flood the log", PURE, async () => {
  const { serving, socket, clock } = inMemory();
  for (let i = 0; i < 5_000; i++) socket.arrive(new Uint8Array(1), udp("192.0.2.1", i % 1_000));
  await settle();
  clock.now += 1_000;
  socket.arrive(new Uint8Array(1), udp("192.0.2.1", 7));
  await settle();
  const drops = serving.events.entries.filter(({ event }) => event === "dropped");
  assertEquals([drops.length, drops.at(-1)?.["skipped"]], [11, 4_990]);
  assert(drops.at(-1)?.message.endsWith(" (and 4990 more before)"));
  const { dropped, sources } = await serving.stop();
  assertEquals([dropped.lowPort, sources], [5_001, 1_000]);
});

Deno.test("stopping is immediate, and what was not received is not counted", PURE, async () => {
  const { serving, socket } = inMemory();
  socket.arrive(new Uint8Array(3), CLIENT);
  await settle();
  const totals = await serving.stop();
  assert(socket.closed);
  assertEquals([totals.datagrams, totals.echoed, totals.failed], [1, 1, 0]);
});

Deno.test("an answer that is cut off by the stop is no failure", PURE, async () => {
  const sending = Promise.withResolvers<number>();
  const socket = new MemorySocket();
  socket.send = () => sending.promise;
  const serving = new Serving(socket);
  socket.arrive(new Uint8Array(3), CLIENT);
  await settle();
  const stopping = serving.stop();
  sending.reject(new Deno.errors.BadResource("Bad resource ID"));
  assertEquals((await stopping).failed, 0);
});
