import { assert, assertEquals, assertRejects } from "@std/assert";
import { serve } from "../../../lib/net/serve.ts";
import type { ServeEvent } from "../../../lib/net/serve_options.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import {
  type AcceptOutcome,
  FakeListener,
  finishedConn,
  noDescriptors,
} from "../../support/fake_listener.ts";
import { connectTo, connectToReset, exchange, readAll, readCount } from "../../support/peer.ts";
import { echoPlainly, serveHere, Serving } from "../../support/serving.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const SOCKETS = { timeout: 30_000 } as const;

/** A client that has reset the connection before it was accepted: the runtime cannot name its peer. */
function clientGone(): Error {
  return new Deno.errors.NotConnected("Transport endpoint is not connected (os error 107)");
}

/** Milliseconds between one accept and the next. */
function waits({ calls }: FakeListener): number[] {
  return calls.slice(1).map((at, i) => at - calls[i]!);
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

Deno.test("serve backs off longer and longer while there are no descriptors", PURE, async () => {
  using clock = new FakeClock();
  const fake = new FakeListener([...times(12, noDescriptors), finishedConn()]);
  await using server = new Serving(fake.listener, echoPlainly, { idleTimeout: 0 });
  await clock.pass(20_000);
  const expected = [5, 10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000, 1_000];
  // The last accept follows the one that succeeded, at once.
  assertEquals(waits(fake), [...expected, 0]);
  const failures = server.events.entries.filter(({ event }) => event === "accept failed");
  const reason = "Too many open files (os error 24)";
  assertEquals(
    failures,
    expected.map((backOff): ServeEvent => {
      const message = `Cannot accept a connection: ${reason}; trying again in ${backOff} ms`;
      return { event: "accept failed", message, reason, backOff };
    }),
  );
  assertEquals(server.events.entries.at(-1)?.event, "closed");
  const { connections, failed } = await server.stop();
  assertEquals({ connections, failed }, { connections: 1, failed: 0 });
});

Deno.test(
  "serve waits 5 ms, not more, for each client that was gone before accept",
  PURE,
  async () => {
    using clock = new FakeClock();
    const gone = [
      clientGone,
      () => new Deno.errors.ConnectionAborted("Software caused connection abort"),
      () => new Deno.errors.ConnectionReset("Connection reset by peer"),
    ];
    const fake = new FakeListener(times(30, () => gone).flat().map((make) => make()));
    await using server = new Serving(fake.listener, echoPlainly, { idleTimeout: 0 });
    await clock.pass(10_000);
    assertEquals(waits(fake), times(90, () => 5));
    await server.stop();
  },
);

Deno.test("serve starts again with the shortest wait after a success", PURE, async () => {
  using clock = new FakeClock();
  const outcomes: AcceptOutcome[] = [
    ...times(4, noDescriptors),
    finishedConn(),
    ...times(3, noDescriptors),
    clientGone(),
    ...times(2, noDescriptors),
  ];
  const fake = new FakeListener(outcomes);
  await using server = new Serving(fake.listener, echoPlainly, { idleTimeout: 0 });
  await clock.pass(10_000);
  assertEquals(waits(fake), [5, 10, 20, 40, 0, 5, 10, 20, 5, 10, 20]);
  await server.stop();
});

Deno.test("serve outlasts any number of failures and does not spin", PURE, async () => {
  using clock = new FakeClock();
  const fake = new FakeListener(times(2_000, noDescriptors));
  await using server = new Serving(fake.listener, echoPlainly, {
    idleTimeout: 0,
    maxConnections: 1,
  });
  await clock.pass(1_000_000);
  // Nine waits until the longest is reached, and then one a second.
  assert(fake.calls.length > 990 && fake.calls.length < 1_010, `${fake.calls.length} accepts`);
  const totals = { connections: 0, refused: 0, failed: 0, bytesIn: 0, bytesOut: 0 };
  assertEquals(await server.stop(), totals);
});

Deno.test("serve stops at once in the middle of a wait", PURE, async () => {
  using clock = new FakeClock();
  const fake = new FakeListener(times(20, noDescriptors));
  await using server = new Serving(fake.listener, echoPlainly, { idleTimeout: 0 });
  await clock.pass(3_000);
  const calls = fake.calls.length;
  await server.stop();
  assertEquals([fake.calls.length, clock.pending], [calls, 0]);
});

Deno.test("serve that is stopped before it starts accepts nobody", PURE, async () => {
  const fake = new FakeListener([]);
  const signal = AbortSignal.abort();
  const { connections } = await serve(fake.listener, echoPlainly, { signal });
  assertEquals([connections, fake.calls], [0, []]);
});

Deno.test(
  "serve fails when somebody else closes its listener, after the connections have ended",
  SOCKETS,
  async () => {
    await using server = serveHere(echoPlainly, { grace: 10_000 });
    using conn = await connectTo(server.port);
    await server.event("connected");
    server.listener.close();
    await server.event("stopping");
    // The connection is still served, and has its time to finish.
    await conn.write(Uint8Array.of(1));
    assertEquals(await readCount(conn, 1), Uint8Array.of(1));
    // A signal to stop in this moment finds the listener closed, and that is no second failure.
    server.abort();
    await conn.closeWrite();
    assertEquals(await readAll(conn), new Uint8Array());
    await assertRejects(() => server.done, Deno.errors.BadResource);
    assertEquals(server.events.entries.at(-1)?.event, "closed");
  },
);

Deno.test("serve survives clients that reset before they are accepted", SOCKETS, async () => {
  await using server = serveHere(echoPlainly, { maxConnections: 1 });
  using first = await connectTo(server.port);
  await server.event("connected");
  // The house is full, so these wait in the backlog, and are gone when their turn comes.
  for (let i = 0; i < 3; i++) await (await connectToReset(server.port)).reset();
  first.close();
  assertEquals(await exchange(server.port, "still here"), "still here");
});

Deno.test("serve survives clients that come and go without a word", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  for (let i = 0; i < 20; i++) (await connectTo(server.port)).close();
  for (let i = 0; i < 20; i++) await (await connectToReset(server.port)).reset();
  assertEquals(await exchange(server.port, "still here"), "still here");
});
