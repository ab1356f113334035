import { assertEquals, assertStrictEquals } from "@std/assert";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { FlushRound } from "../../../lib/net/flush_round.ts";
import { type Outlet, SendQueue } from "../../../lib/net/send_queue.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { Random, testSeed } from "../../support/random.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** A connection that takes what it is told to take, and notes what it got. */
class FakeOutlet implements Outlet {
  readonly events: string[] = [];
  readonly writes: Uint8Array[] = [];
  /** Bytes taken of each write; 0: each waits for {@linkcode release}. */
  take = Infinity;
  failure: Error | undefined;
  #release: ((take: number) => void) | undefined;

  async write(from: Uint8Array): Promise<number> {
    if (this.failure !== undefined) throw this.failure;
    this.writes.push(from);
    const take = this.take || await new Promise<number>((resolve) => this.#release = resolve);
    const part = from.subarray(0, Math.min(take, from.length));
    this.events.push(new TextDecoder().decode(part));
    return part.length;
  }

  release(take: number): void {
    this.#release?.(take);
  }

  closeWrite(): Promise<void> {
    this.events.push("(FIN)");
    return Promise.resolve();
  }

  close(): void {
    this.events.push("(closed)");
  }
}

function rig(maxBytes = 100): { outlet: FakeOutlet; queue: SendQueue; round: FlushRound } {
  const outlet = new FakeOutlet();
  const round = new FlushRound();
  return { outlet, round, queue: new SendQueue(outlet, { maxBytes, round }) };
}

const line = (text: string): Uint8Array => encodeUtf8(text);

Deno.test("lines of one turn are one write, a lone line is not even copied", PURE, async () => {
  const { outlet, queue } = rig();
  const lone = line("lone\n");
  queue.push(lone);
  assertEquals(outlet.events, []);
  await settle();
  assertStrictEquals(outlet.writes[0], lone);
  for (const text of ["a\n", "b\n", "c\n"]) queue.push(line(text));
  await settle();
  assertEquals(outlet.events, ["lone\n", "a\nb\nc\n"]);
  assertEquals(queue.bytes, 0);
});

Deno.test("queues with the same lines share the bytes of their write", PURE, async () => {
  const { outlet, queue, round } = rig();
  const other = new FakeOutlet();
  const otherQueue = new SendQueue(other, { maxBytes: 100, round });
  const different = new FakeOutlet();
  const differentQueue = new SendQueue(different, { maxBytes: 100, round });
  const shared = [line("a\n"), line("b\n")];
  for (const bytes of shared) {
    queue.push(bytes);
    otherQueue.push(bytes);
  }
  differentQueue.push(shared[1]!);
  differentQueue.push(shared[0]!);
  await settle();
  assertStrictEquals(outlet.writes[0], other.writes[0]);
  assertEquals(different.events, ["b\na\n"]);
});

Deno.test("more queues than go into one turn are all flushed", PURE, async () => {
  const round = new FlushRound();
  const outlets = Array.from({ length: 350 }, () => new FakeOutlet());
  const bytes = line("x\n");
  for (const outlet of outlets) new SendQueue(outlet, { maxBytes: 100, round }).push(bytes);
  await settle();
  assertEquals(outlets.every(({ events }) => events.join("") === "x\n"), true);
});

Deno.test("whatever a write takes, everything arrives in order", PURE, async () => {
  const seed = testSeed();
  const random = new Random(seed);
  for (let round = 0; round < 20; round++) {
    const { outlet, queue } = rig(Infinity);
    let sent = "";
    for (let index = 0; index < 200; index++) {
      outlet.take = random.integer(1, 30);
      const text = `${index}:${"x".repeat(random.integer(0, 20))}\n`;
      queue.push(line(text));
      sent += text;
      if (random.integer(0, 9) === 0) await settle();
    }
    queue.end();
    await queue.finished;
    assertEquals(outlet.events.join(""), `${sent}(FIN)`, `seed ${seed}`);
  }
});

Deno.test("a full queue refuses the line and keeps what it has", PURE, async () => {
  const { outlet, queue } = rig(10);
  outlet.take = 0;
  assertEquals(queue.push(line("12345\n")), true);
  await settle();
  // Bytes on their way still count: the client has not taken them.
  assertEquals(queue.push(line("67890\n")), false);
  assertEquals(queue.push(line("678\n")), true);
  assertEquals(queue.push(line("\n")), false);
  queue.end();
  outlet.take = Infinity;
  outlet.release(Infinity);
  await queue.finished;
  assertEquals(outlet.events, ["12345\n", "678\n", "(FIN)"]);
});

Deno.test("there is always room for a last word", PURE, async () => {
  const { outlet, queue } = rig(5);
  assertEquals(queue.push(line("full\n")), true);
  assertEquals(queue.push(line("x\n")), false);
  assertEquals(queue.push(line("ERROR\n"), true), true);
  queue.end();
  await queue.finished;
  assertEquals(outlet.events, ["full\nERROR\n", "(FIN)"]);
});

Deno.test(
  "what waits can be given up for a last word; what is on its way is not",
  PURE,
  async () => {
    const { outlet, queue } = rig(10);
    outlet.take = 0;
    queue.push(line("12\n"));
    await settle();
    queue.push(line("345678\n"));
    assertEquals(queue.push(line("ERROR\n")), false);
    queue.discard();
    assertEquals(queue.push(line("ERROR\n")), true);
    queue.end();
    outlet.take = 1;
    outlet.release(1);
    await queue.finished;
    assertEquals(outlet.events.join(""), "12\nERROR\n(FIN)");
  },
);

Deno.test("an ended queue says what it has, then FIN, and nothing after", PURE, async () => {
  const { outlet, queue } = rig();
  queue.push(line("bye\n"));
  queue.end();
  queue.end();
  assertEquals(queue.push(line("more\n")), true);
  await queue.finished;
  await settle();
  assertEquals(outlet.events, ["bye\n", "(FIN)"]);
  const empty = rig();
  empty.queue.end();
  await empty.queue.finished;
  assertEquals(empty.outlet.events, ["(FIN)"]);
});

Deno.test("a write that fails closes the connection and ends the queue", PURE, async () => {
  const { outlet, queue } = rig();
  outlet.failure = new Deno.errors.BrokenPipe("gone");
  queue.push(line("a\n"));
  await queue.finished;
  assertStrictEquals(queue.failure, outlet.failure);
  assertEquals(outlet.events, ["(closed)"]);
  assertEquals(queue.push(line("b\n")), true);
  await settle();
  assertEquals(outlet.events, ["(closed)"]);
});

Deno.test("a queue knows for how long its client has taken nothing", PURE, async () => {
  using clock = new FakeClock();
  const { outlet, queue } = rig();
  outlet.take = 0;
  queue.push(line("123456\n"));
  await settle();
  assertEquals(queue.stalledFor(performance.now()), 0);
  await clock.pass(5_000);
  assertEquals(queue.stalledFor(performance.now()), 5_000);
  // A part of it is progress.
  outlet.release(2);
  await clock.pass(1_000);
  assertEquals([queue.bytes, queue.stalledFor(performance.now())], [5, 1_000]);
  outlet.release(5);
  await settle();
  assertEquals([queue.bytes, queue.stalledFor(performance.now())], [0, 0]);
});
