import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import {
  type DatagramMeasurement,
  type DatagramMeterOptions,
  meterDatagrams,
} from "../../../lib/meter/datagram_meter.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemorySocket } from "../../support/memory_socket.ts";
import { Random } from "../../support/random.ts";
import { UdpScript } from "../../support/udp_script.ts";

const PURE = { permissions: "none", timeout: 60_000 } as const;
const SERVER: Deno.NetAddr = { transport: "udp", hostname: "192.0.2.1", port: 7 };
const STRANGER: Deno.NetAddr = { transport: "udp", hostname: "192.0.2.66", port: 7 };

function optionsOf(options: Partial<DatagramMeterOptions>): DatagramMeterOptions {
  return {
    ...{ size: 64, count: 10, interval: 10, window: 4, wait: 100 },
    signal: new AbortController().signal,
    ...options,
  };
}

/** Measures while the clock goes on in steps, of a millisecond if not given. */
async function measure(
  clock: FakeClock,
  socket: MemorySocket,
  options: Partial<DatagramMeterOptions>,
  step = 1,
): Promise<DatagramMeasurement> {
  let done = false;
  const measuring = meterDatagrams(socket, SERVER, optionsOf(options)).finally(() => done = true);
  measuring.catch(() => {});
  while (!done) await clock.pass(step);
  return await measuring;
}

/** A server that answers each datagram after so many milliseconds, or not at all. */
function server(delay: (number: number) => number | undefined): MemorySocket {
  const socket = new MemorySocket();
  let number = 0;
  socket.onSend = (bytes) => {
    const milliseconds = delay(number++);
    if (milliseconds === undefined) return;
    const copy = bytes.slice();
    setTimeout(() => socket.arrive(copy, SERVER), milliseconds);
  };
  return socket;
}

Deno.test("every counter equals the plan of a peer that does everything wrong", PURE, async () => {
  using clock = new FakeClock();
  for (let round = 0; round < 5; round++) {
    const random = new Random();
    const count = random.integer(100, 200);
    const script = new UdpScript(random, count, 40);
    const socket = new MemorySocket();
    socket.onSend = (probe) => {
      for (const { bytes, stranger } of script.answers(probe)) {
        setTimeout(() => socket.arrive(bytes, stranger ? STRANGER : SERVER), 3);
      }
    };
    const { ledger, stranger } = await measure(clock, socket, { count, interval: 5 });
    const { expected } = script;
    const actual = Object.fromEntries(
      Object.keys(expected).map((name) => {
        return [name, ledger[name as keyof typeof expected]];
      }),
    );
    assertEquals(actual, { ...expected }, `seed ${random.seed}`);
    assertEquals(stranger, expected.foreign > 0 ? "192.0.2.66:7" : undefined);
  }
});

Deno.test("round trips are measured from sending to arriving", PURE, async () => {
  using clock = new FakeClock();
  const delays = [5, 7, 5, 9, 5];
  const { ledger } = await measure(clock, server((i) => delays[i]), { count: 5, interval: 20 });
  const { count, min, max } = ledger.roundTrips.figures();
  assertEquals([count, min, max], [5, 5_000, 9_000]);
});

Deno.test("sending follows the clock, not the replies", PURE, async () => {
  using clock = new FakeClock();
  const sentAt: number[] = [];
  const start = clock.now;
  const socket = server(() => undefined);
  const lost = socket.onSend;
  socket.onSend = (...sent) => {
    sentAt.push(clock.now - start);
    lost(...sent);
  };
  const { ledger, deviation } = await measure(clock, socket, { count: 20, interval: 10 });
  assertEquals(sentAt, Array.from({ length: 20 }, (_, i) => 10 * i));
  assertEquals([ledger.sent, ledger.lost, ledger.received], [20, 20, 0]);
  assertEquals(deviation.figures().max, 0);
});

Deno.test(
  "a hiccup of this machine shows in the deviation, not in the round trips",
  PURE,
  async () => {
    using clock = new FakeClock();
    const controller = new AbortController();
    const socket = server(() => 1);
    const answer = socket.onSend;
    socket.onSend = (...sent) => {
      // Nothing of this program runs for 95 ms, so nine probes become overdue.
      if (socket.sent === 5) clock.now += 95;
      answer(...sent);
    };
    const options = { count: 20, interval: 10, signal: controller.signal };
    const { ledger, deviation } = await measure(clock, socket, options);
    assertEquals([ledger.received, ledger.lost], [20, 0]);
    const { count, max } = deviation.figures();
    assertEquals(count, 20);
    assert(max >= 80_000 && max < 96_000, `deviation ${max} us`);
    // Only the probe that was being sent at that moment had to wait.
    const slow = ledger.roundTrips.buckets().filter(({ from }) => from >= 50_000);
    assertEquals(slow.map((bucket) => bucket.count), [1]);
  },
);

Deno.test("overdue probes leave one by one, with the answers let in between", PURE, async () => {
  using clock = new FakeClock();
  const socket = new MemorySocket();
  let underWay = 0;
  let most = 0;
  socket.onSend = (bytes) => {
    if (socket.sent === 2) clock.now += 500;
    underWay++;
    most = Math.max(most, underWay);
    const copy = bytes.slice();
    setImmediate(() => {
      underWay--;
      socket.arrive(copy, SERVER);
    });
  };
  const { ledger } = await measure(clock, socket, { count: 60, interval: 10, wait: 1_000 });
  assertEquals(ledger.received, 60);
  assertLessOrEqual(most, 3);
});

Deno.test("with interval 0 so many are under way, and never more", PURE, async () => {
  using clock = new FakeClock();
  let [underWay, most] = [0, 0];
  const socket = new MemorySocket();
  socket.onSend = (bytes) => {
    most = Math.max(most, ++underWay);
    const copy = bytes.slice();
    setTimeout(() => {
      underWay--;
      socket.arrive(copy, SERVER);
    }, 5);
  };
  const { ledger, deviation } = await measure(clock, socket, {
    count: 100,
    interval: 0,
    window: 7,
  });
  assertEquals([ledger.received, most, deviation.count], [100, 7, 0]);
});

Deno.test("with interval 0 a lost probe gives up its place after the wait", PURE, async () => {
  using clock = new FakeClock();
  const lossy = server((i) => i % 2 === 0 ? undefined : 1);
  const { ledger } = await measure(clock, lossy, { count: 40, interval: 0, window: 4 });
  assertEquals([ledger.sent, ledger.received, ledger.lost], [40, 20, 20]);
  // Every wait frees the four places of the four that were lost.
  assert(clock.now > 400 && clock.now < 1_200, `${clock.now} ms`);
});

Deno.test(
  "answers after the wait are late, and nothing waits for them in the end",
  PURE,
  async () => {
    using clock = new FakeClock();
    const { ledger } = await measure(clock, server((i) => i < 3 ? 150 : 20), { count: 30 });
    assertEquals([ledger.received, ledger.late, ledger.lost], [27, 3, 0]);
    const start = clock.now;
    const tail = await measure(clock, server((i) => i === 9 ? 150 : 20), { count: 10 });
    assertEquals([tail.ledger.received, tail.ledger.late, tail.ledger.lost], [9, 0, 1]);
    assertLessOrEqual(clock.now - start, 90 + 100 + 5);
  },
);

Deno.test("a moment is left for duplicates of the last answers", PURE, async () => {
  using clock = new FakeClock();
  const socket = new MemorySocket();
  socket.onSend = (bytes) => {
    const copy = bytes.slice();
    for (const delay of [10, 11, 28]) setTimeout(() => socket.arrive(copy, SERVER), delay);
  };
  const { ledger } = await measure(clock, socket, { count: 2 });
  assertEquals([ledger.received, ledger.duplicates], [2, 4]);
});

Deno.test("stopped, it sends no more, waits a moment, and says what was open", PURE, async () => {
  using clock = new FakeClock();
  const controller = new AbortController();
  const socket = server((i) => i === 4 ? 500 : i === 3 ? undefined : 20);
  const answer = socket.onSend;
  socket.onSend = (...sent) => {
    if (socket.sent === 5) setTimeout(() => controller.abort(), 1);
    answer(...sent);
  };
  const options = { count: Infinity, wait: 5_000, signal: controller.signal };
  const { ledger } = await measure(clock, socket, options);
  assertEquals([ledger.sent, ledger.received, ledger.underWay, ledger.lost], [5, 4, 1, 0]);
  assertLessOrEqual(clock.now, 40 + 1_000 + 50);
  assert(socket.closed);
});

Deno.test("stopped while it waits for the last answers, it hurries", PURE, async () => {
  for (const interval of [0, 10]) {
    using clock = new FakeClock();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 2_000);
    const silent = server((i) => i === 0 ? 1 : undefined);
    const options = { count: 4, interval, wait: 60_000, signal: controller.signal };
    const { ledger } = await measure(clock, silent, options);
    assertEquals([ledger.received, ledger.underWay, ledger.lost], [1, 3, 0]);
    assertLessOrEqual(clock.now, 3_050);
  }
});

Deno.test("stopped while its window is full, it ends", PURE, async () => {
  using clock = new FakeClock();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 2_000);
  const options = { count: 100, interval: 0, wait: 60_000, signal: controller.signal };
  const { ledger } = await measure(clock, server(() => undefined), options);
  assertEquals([ledger.sent, ledger.underWay], [4, 4]);
  assertLessOrEqual(clock.now, 3_100);
});

Deno.test("what cannot be sent at all ends it; later failures are counted", PURE, async () => {
  using clock = new FakeClock();
  const tooLarge = new MemorySocket(() => {
    throw Object.assign(new Error("Message too long"), { code: "EMSGSIZE" });
  });
  await assertRejects(() => measure(clock, tooLarge, {}), Error, "Message too long");
  assert(tooLarge.closed);

  const flaky = server(() => 1);
  const answer = flaky.onSend;
  flaky.onSend = (...sent) => {
    if (flaky.sent === 3) throw new Error("No buffer space available");
    answer(...sent);
  };
  const { ledger, sendError } = await measure(clock, flaky, {});
  assertEquals([ledger.sent, ledger.unsent, ledger.received, ledger.lost], [9, 1, 9, 0]);
  assertEquals(sendError, "No buffer space available");
});

Deno.test("a receive that fails is no end", PURE, async () => {
  using clock = new FakeClock();
  const socket = server(() => 1);
  const answer = socket.onSend;
  socket.onSend = (...sent) => {
    if (socket.sent === 3) socket.arrive(new Deno.errors.ConnectionReset("port unreachable"));
    answer(...sent);
  };
  const { ledger } = await measure(clock, socket, {});
  assertEquals([ledger.sent, ledger.received], [10, 10]);
});
