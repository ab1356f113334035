import { assertEquals } from "@std/assert";
import { Connection } from "../../../lib/net/connection.ts";
import { FairTurns } from "../../../lib/net/fair_turns.ts";
import { watchIdle } from "../../../lib/net/idle.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** A connection whose peer sends one byte whenever it is read, or nothing ever. */
function connectionOf(clock: { tick: number }): Connection {
  const conn = {
    remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 7 },
    read: () => Promise.resolve(1),
    [Symbol.dispose]: () => {},
  } as unknown as Deno.Conn;
  return new Connection(conn, { clock, turns: new FairTurns(), number: 1 });
}

Deno.test("watchIdle cuts who moves no byte for the timeout, and nobody else", PURE, async () => {
  using time = new FakeClock();
  const clock = { tick: 0 };
  const [silent, busy] = [connectionOf(clock), connectionOf(clock)];
  const end = watchIdle(new Set([silent, busy]), clock, 8_000);
  for (let second = 0; second < 8; second++) {
    assertEquals(silent.endedBecause, undefined, `after ${second} s`);
    await busy.read(new Uint8Array(1));
    await time.pass(1_000);
  }
  await time.pass(1_000);
  assertEquals([silent.endedBecause, busy.endedBecause], ["idle for 8 s", undefined]);
  await time.pass(8_000);
  assertEquals(busy.endedBecause, "idle for 8 s");
  end();
  assertEquals(time.pending, 0);
});

Deno.test("watchIdle gives a connection that comes in between its whole time", PURE, async () => {
  using time = new FakeClock();
  const clock = { tick: 0 };
  const open = new Set<Connection>();
  const end = watchIdle(open, clock, 8_000);
  await time.pass(5_999);
  const late = connectionOf(clock);
  open.add(late);
  await time.pass(8_000);
  assertEquals(late.endedBecause, undefined);
  await time.pass(1_001);
  assertEquals(late.endedBecause, "idle for 8 s");
  end();
});

Deno.test("watchIdle of 0 ms watches nobody", PURE, async () => {
  using time = new FakeClock();
  const clock = { tick: 0 };
  const silent = connectionOf(clock);
  const end = watchIdle(new Set([silent]), clock, 0);
  assertEquals(time.pending, 0);
  await time.pass(1e9);
  assertEquals(silent.endedBecause, undefined);
  end();
});
