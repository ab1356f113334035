import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { receiveDatagrams } from "../../../lib/net/receive_datagrams.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemorySocket } from "../../support/memory_socket.ts";
import { Journal, soon } from "../../support/journal.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("datagrams are handled one after another, in one buffer", PURE, async () => {
  const socket = new MemorySocket();
  const controller = new AbortController();
  const handled = new Journal<string>("the handled datagrams");
  const buffers = new Set<ArrayBufferLike>();
  let busy = false;
  const receiving = receiveDatagrams(socket, async (datagram) => {
    assert(!busy, "two at once");
    busy = true;
    buffers.add(datagram.buffer);
    const text = new TextDecoder().decode(datagram);
    await new Promise<void>((resolve) => setImmediate(resolve));
    // Nothing was received into the buffer meanwhile.
    assertEquals(new TextDecoder().decode(datagram), text);
    busy = false;
    handled.add(text);
  }, { signal: controller.signal });
  for (const text of ["one", "", "three"]) socket.arrive(new TextEncoder().encode(text));
  await handled.findAll(() => true, 3, "three datagrams");
  assertEquals([handled.entries, buffers.size], [["one", "", "three"], 1]);
  controller.abort();
  await soon(receiving, "the end of the loop");
  assert(socket.closed);
});

Deno.test("a failed receive is told, waited after, and no end", PURE, async () => {
  using clock = new FakeClock();
  const socket = new MemorySocket();
  const controller = new AbortController();
  const errors: [number, unknown][] = [];
  let datagrams = 0;
  const receiving = receiveDatagrams(socket, () => void datagrams++, {
    signal: controller.signal,
    onError: (error) => errors.push([clock.now, error]),
  });
  const reset = new Deno.errors.ConnectionReset("port unreachable");
  for (let i = 0; i < 10; i++) socket.arrive(reset);
  socket.arrive(new Uint8Array(1));
  socket.arrive(reset);
  await clock.pass(5_000);
  assertEquals(datagrams, 1);
  // 5 ms, doubled each time up to a second; anew after a success.
  assertEquals(errors.map(([at]) => at), [
    0,
    5,
    15,
    35,
    75,
    155,
    315,
    635,
    1_275,
    2_275,
    3_275,
  ]);
  assertStrictEquals(errors[0]![1], reset);
  controller.abort();
  await clock.pass(1_000);
  await receiving;
});

Deno.test("stopped before it began, it closes the socket and returns", PURE, async () => {
  const socket = new MemorySocket();
  await receiveDatagrams(socket, () => {}, { signal: AbortSignal.abort() });
  assert(socket.closed);
});

Deno.test("an error of the handler is its own: it ends the loop and the socket", PURE, async () => {
  const socket = new MemorySocket();
  socket.arrive(new Uint8Array(1));
  const { signal } = new AbortController();
  const fail = (): never => {
    throw new RangeError("broken handler");
  };
  await assertRejects(() => receiveDatagrams(socket, fail, { signal }), RangeError);
  assert(socket.closed);
});
