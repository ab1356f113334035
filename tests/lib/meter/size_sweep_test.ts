import { assertEquals, assertRejects } from "@std/assert";
import { type SweepResult, sweepSizes, type SweepStep } from "../../../lib/meter/size_sweep.ts";
import { ConnectedSocket } from "../../../lib/net/connected_socket.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemorySocket } from "../../support/memory_socket.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;
const SERVER: Deno.NetAddr = { transport: "udp", hostname: "192.0.2.1", port: 7 };
const SERVER_IPV6: Deno.NetAddr = { transport: "udp", hostname: "2001:db8::1", port: 7 };

/** Sweeps a server that does this with each datagram. */
async function sweep(
  answer: (bytes: Uint8Array, number: number) => Uint8Array | undefined,
  server = SERVER,
): Promise<SweepResult & { steps: SweepStep[]; sent: number }> {
  using clock = new FakeClock();
  const socket = new MemorySocket();
  socket.onSend = (bytes) => {
    const back = answer(bytes, socket.sent);
    if (back !== undefined) socket.arrive(back, server);
  };
  const steps: SweepStep[] = [];
  const { signal } = new AbortController();
  const onStep = (step: SweepStep): void => void steps.push(step);
  const options = { wait: 100, signal, onStep };
  let done = false;
  await using connected = new ConnectedSocket(socket, server);
  const sweeping = sweepSizes(connected, options).finally(() => done = true);
  sweeping.catch(() => {});
  while (!done) await clock.pass(10);
  return { ...await sweeping, steps, sent: socket.sent };
}

Deno.test("a sweep finds where the path goes silent, with three tries a size", PURE, async () => {
  const { largest, limit, steps, sent } = await sweep((bytes) => {
    return bytes.length <= 1_472 ? bytes : undefined;
  });
  assertEquals([largest?.size, limit?.size, limit?.outcome], [1_472, 1_473, "silent"]);
  const silent = steps.filter(({ outcome }) => outcome === "silent").length;
  assertEquals(sent, 3 * silent + (steps.length - silent));
});

Deno.test("a sweep is not fooled by a lost datagram", PURE, async () => {
  const { largest } = await sweep((bytes, number) => number % 3 === 0 ? bytes : undefined);
  assertEquals(largest?.size, 65_507);
  assertEquals(largest?.tries, 3);
});

Deno.test("a sweep tells a buffer that is too small", PURE, async () => {
  const { largest, limit } = await sweep((bytes) => bytes.subarray(0, 1_024));
  assertEquals(largest?.size, 1_024);
  assertEquals([limit?.size, limit?.outcome, limit?.returned], [1_025, "truncated", 1_024]);
});

Deno.test("a sweep tells a socket that does not take more", PURE, async () => {
  const { largest, limit } = await sweep((bytes) => {
    if (bytes.length <= 9_216) return bytes;
    throw Object.assign(new Error("Message too long"), { code: "EMSGSIZE" });
  });
  assertEquals([largest?.size, limit?.size, limit?.outcome], [9_216, 9_217, "refused"]);
});

Deno.test("a sweep goes up to what the family can carry", PURE, async () => {
  const ipv4 = await sweep((bytes) => bytes);
  assertEquals([ipv4.largest?.size, ipv4.limit, ipv4.sent], [65_507, undefined, 2]);
  const ipv6 = await sweep((bytes) => bytes, SERVER_IPV6);
  assertEquals([ipv6.largest?.size, ipv6.limit], [65_527, undefined]);
});

Deno.test("a sweep ends at once where nothing comes back, or something else", PURE, async () => {
  const silent = await sweep(() => undefined);
  assertEquals([silent.largest, silent.limit?.size, silent.sent], [undefined, 20, 3]);
  const strange = await sweep(() => new TextEncoder().encode("Hello UDP Client"));
  assertEquals([strange.largest, strange.limit?.outcome], [undefined, "silent"]);
});

Deno.test("a sweep hands on what else goes wrong", PURE, async () => {
  await assertRejects(
    () =>
      sweep(() => {
        throw new Deno.errors.NotCapable("Requires net access");
      }),
    Deno.errors.NotCapable,
  );
});

Deno.test("a sweep that is stopped knows what it knows", PURE, async () => {
  const socket = new MemorySocket();
  const controller = new AbortController();
  socket.onSend = (bytes) => {
    if (bytes.length === 20) controller.abort();
    socket.arrive(bytes, SERVER);
  };
  await using connected = new ConnectedSocket(socket, SERVER);
  const result = await sweepSizes(connected, { wait: 5_000, signal: controller.signal });
  assertEquals([result.largest?.size, result.limit], [20, undefined]);
});
