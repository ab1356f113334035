import { assertEquals, assertRejects } from "@std/assert";
import { ConnectedSocket } from "../../../lib/net/connected_socket.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { MemorySocket } from "../../support/memory_socket.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const SERVER: Deno.NetAddr = { transport: "udp", hostname: "192.0.2.1", port: 7 };

function text(datagram: Uint8Array | undefined): string | undefined {
  return datagram === undefined ? undefined : new TextDecoder().decode(datagram);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test(
  "a connected socket gives what the server sent, and ignores everybody else",
  PURE,
  async () => {
    const socket = new MemorySocket();
    await using connected = new ConnectedSocket(socket, SERVER);
    socket.arrive(bytes("other host"), { ...SERVER, hostname: "192.0.2.2" });
    socket.arrive(bytes("other port"), { ...SERVER, port: 8 });
    socket.arrive(bytes("answer"), SERVER);
    socket.arrive(bytes(""), SERVER);
    const deadline = performance.now() + 5_000;
    assertEquals(text(await connected.next(deadline)), "answer");
    assertEquals(text(await connected.next(deadline)), "");
    assertEquals(connected.stranger, { ...SERVER, hostname: "192.0.2.2" });
  },
);

Deno.test("everything goes to the server", PURE, async () => {
  const sent: [string | undefined, Deno.NetAddr][] = [];
  const socket = new MemorySocket((bytes, to) => void sent.push([text(bytes), to]));
  await using connected = new ConnectedSocket(socket, SERVER);
  await connected.send(bytes("question"));
  assertEquals(sent, [["question", SERVER]]);
});

Deno.test("a receive that outlives its wait serves the next one", PURE, async () => {
  using clock = new FakeClock();
  const socket = new MemorySocket();
  await using connected = new ConnectedSocket(socket, SERVER);
  const first = connected.next(100);
  await clock.pass(99);
  let ended = false;
  first.then(() => ended = true);
  await settle();
  assertEquals(ended, false);
  await clock.pass(1);
  assertEquals(await first, undefined);
  socket.arrive(bytes("late"), SERVER);
  await settle();
  assertEquals(text(await connected.next(200)), "late");
  assertEquals(clock.pending, 0);
});

Deno.test("a receive that fails is told to who waits, and only once", PURE, async () => {
  const socket = new MemorySocket();
  await using connected = new ConnectedSocket(socket, SERVER);
  socket.arrive(new Deno.errors.ConnectionReset("port unreachable"));
  socket.arrive(bytes("answer"), SERVER);
  const deadline = performance.now() + 5_000;
  await assertRejects(() => connected.next(deadline), Deno.errors.ConnectionReset);
  assertEquals(text(await connected.next(deadline)), "answer");
});

Deno.test("closing with a receive pending is no failure", PURE, async () => {
  const socket = new MemorySocket();
  {
    await using connected = new ConnectedSocket(socket, SERVER);
    assertEquals(await connected.next(performance.now()), undefined);
  }
  assertEquals(socket.closed, true);
});
