import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Answer, ask, type AskOptions } from "../../clients/udp_echo_client.ts";
import { ConnectedSocket } from "../../lib/net/connected_socket.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { MemorySocket } from "../support/memory_socket.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const SERVER: Deno.NetAddr = { transport: "udp", hostname: "192.0.2.1", port: 7 };
const QUESTION = new TextEncoder().encode("Hello, world");

/** Asks a server that gets each try and its number; time passes as fast as it can. */
async function askIt(
  onTry: (number: number, socket: MemorySocket) => void,
  options: Partial<AskOptions> = {},
): Promise<{ answer: Answer | undefined; sent: number; elapsed: number }> {
  using clock = new FakeClock();
  const socket = new MemorySocket((bytes, to) => {
    assertEquals([new TextDecoder().decode(bytes), to], ["Hello, world", SERVER]);
    onTry(socket.sent, socket);
  });
  await using server = new ConnectedSocket(socket, SERVER);
  let done = false;
  const asking = ask(server, QUESTION, { timeout: 100, retries: 2, ...options })
    .finally(() => done = true);
  asking.catch(() => {});
  while (!done) await clock.pass(1);
  return { answer: await asking, sent: socket.sent, elapsed: clock.now };
}

/** Answers after so many milliseconds. */
function later(socket: MemorySocket, milliseconds: number, text: string, from = SERVER): void {
  setTimeout(() => socket.arrive(new TextEncoder().encode(text), from), milliseconds);
}

function text(answer: Answer | undefined): string | undefined {
  return answer && new TextDecoder().decode(answer.data);
}

Deno.test("ask gets the answer and its round trip", PURE, async () => {
  const { answer, sent } = await askIt((_, socket) => later(socket, 7, "Hello, world"));
  assertEquals([text(answer), answer?.tries, answer?.milliseconds, sent], [
    "Hello, world",
    1,
    7,
    1,
  ]);
});

Deno.test(
  "ask tries again when nothing comes, and does not guess the round trip",
  PURE,
  async () => {
    const { answer, sent } = await askIt((number, socket) => {
      if (number === 3) later(socket, 7, "Hello, world");
    });
    assertEquals([text(answer), answer?.tries, sent], ["Hello, world", 3, 3]);
    assertEquals(answer?.milliseconds, undefined);
  },
);

Deno.test("ask gives up after its tries and their time", PURE, async () => {
  for (const [retries, timeout] of [[0, 50], [2, 100], [5, 10]] as const) {
    const { answer, sent, elapsed } = await askIt(() => {}, { retries, timeout });
    assertEquals([answer, sent], [undefined, retries + 1]);
    assert(Math.abs(elapsed - (retries + 1) * timeout) <= 2, `${elapsed} ms`);
  }
});

Deno.test("ask takes an answer to an earlier try", PURE, async () => {
  const { answer } = await askIt((number, socket) => {
    if (number === 1) later(socket, 150, "Hello, world");
  });
  assertEquals([text(answer), answer?.tries], ["Hello, world", 2]);
});

Deno.test("ask takes whatever the server says, an empty datagram, too", PURE, async () => {
  for (const said of ["Hello UDP Client", ""]) {
    const { answer } = await askIt((_, socket) => later(socket, 1, said));
    assertEquals(text(answer), said);
  }
});

Deno.test("ask does not listen to strangers", PURE, async () => {
  const { answer } = await askIt((_, socket) => {
    later(socket, 1, "I am the server", { ...SERVER, hostname: "192.0.2.66" });
    later(socket, 2, "I am, too", { ...SERVER, port: 8 });
    later(socket, 3, "Hello, world");
  });
  assertEquals(text(answer), "Hello, world");
});

Deno.test("ask knows the answers to older questions by what they say", PURE, async () => {
  const earlier = ["one", "two", "Hello, world"].map((line) => new TextEncoder().encode(line));
  const { answer } = await askIt((_, socket) => {
    later(socket, 1, "two");
    later(socket, 2, "one");
    later(socket, 3, "Hello, world");
  }, { earlier });
  assertEquals([text(answer), answer?.tries], ["Hello, world", 1]);
});

Deno.test("ask hands on what goes wrong with sending", PURE, async () => {
  await assertRejects(
    () =>
      askIt(() => {
        throw new Deno.errors.NotCapable("Requires net access");
      }),
    Deno.errors.NotCapable,
  );
});
