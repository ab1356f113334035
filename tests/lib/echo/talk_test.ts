import { assertEquals, assertRejects } from "@std/assert";
import { PeerClosedError, ProtocolError } from "../../../lib/codec/errors.ts";
import { talk } from "../../../lib/echo/talk.ts";
import { DeadlineError } from "../../../lib/net/deadline.ts";
import { memoryEcho } from "../../support/echo_peer.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { connectTo, Peer, readAll, readCount } from "../../support/peer.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";

const PURE = { permissions: "none", timeout: 30_000 } as const;
const SOCKETS = { timeout: 30_000 } as const;
const PATIENT = { timeout: 15_000 };

/** The lines of a user who then ends the input. */
function typed(...lines: string[]): ReadableStream<string> {
  return ReadableStream.from(lines);
}

/** The lines of a user who then thinks for ever. */
function thinking(...lines: string[]): ReadableStream<string> {
  return new ReadableStream({
    start(controller): void {
      for (const line of lines) controller.enqueue(line);
    },
  });
}

/** Talks to a port and returns the answers, each with whether it was the same. */
async function converse(
  port: number,
  lines: ReadableStream<string>,
  answers: [string, boolean][] = [],
  options = PATIENT,
): Promise<[string, boolean][]> {
  using conn = await connectTo(port);
  await talk(conn, lines, options, (answer, same) => {
    answers.push([new TextDecoder().decode(answer), same]);
  });
  return answers;
}

Deno.test("talk tells what comes back for each line, until the input ends", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  const lines = ["Hello", "ä ö ü ✓", "a", "x".repeat(300_000)];
  assertEquals(
    await converse(server.port, typed(...lines)),
    lines.map((line): [string, boolean] => [line, true]),
  );
});

Deno.test("talk ends with an empty line, whatever follows", SOCKETS, async () => {
  await using server = serveHere(echoPlainly);
  assertEquals(await converse(server.port, thinking("one", "", "two")), [["one", true]]);
  assertEquals(await converse(server.port, typed()), []);
});

Deno.test("talk puts answers together however they are cut", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => {
    const buffer = new Uint8Array(1);
    while (await conn.read(buffer) !== null) await conn.write(buffer);
  });
  assertEquals(await converse(Number(peer.port), typed("one", "two")), [
    ["one", true],
    ["two", true],
  ]);
});

Deno.test("talk tells an answer that differs", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => {
    await readCount(conn, 4);
    await conn.write(new TextEncoder().encode("two\n"));
    await readAll(conn);
  });
  assertEquals(await converse(Number(peer.port), typed("one")), [["two", false]]);
});

Deno.test("talk notices a server that goes away while the user thinks", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => void await conn.write(await readCount(conn, 4)));
  const answers: [string, boolean][] = [];
  await assertRejects(
    () => converse(Number(peer.port), thinking("one"), answers),
    PeerClosedError,
    "The server closed the connection",
  );
  assertEquals(answers, [["one", true]]);
});

Deno.test("talk notices a server that goes away in the middle of an answer", SOCKETS, async () => {
  for (const kept of [0, 1, 2]) {
    await using peer = new Peer(async (conn) => {
      await conn.write((await readCount(conn, 4)).subarray(0, kept));
    });
    const error = await assertRejects(
      () => converse(Number(peer.port), thinking("one")),
      PeerClosedError,
      `The server closed after ${kept} of 4 bytes`,
    );
    assertEquals([error.received, error.expected], [kept, 4]);
  }
});

Deno.test("talk notices bytes that nobody asked for", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => {
    await conn.write(new TextEncoder().encode("220 mail.example.org ESMTP\r\n"));
    await readAll(conn);
  });
  await assertRejects(
    () => converse(Number(peer.port), thinking()),
    ProtocolError,
    "The server sent bytes that nobody sent to it",
  );
});

Deno.test("talk gives up a server that is silent", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => void await readAll(conn));
  await assertRejects(
    () => converse(Number(peer.port), thinking("one"), [], { timeout: 200 }),
    DeadlineError,
    "No answer for 0.2 s",
  );
});

Deno.test("talk does not give up a user who is silent", PURE, async () => {
  using clock = new FakeClock();
  const slow = async function* (): AsyncGenerator<string> {
    yield "one";
    await clock.pass(10_000);
    yield "two";
  };
  const answers: [string, boolean][] = [];
  await talk(memoryEcho(), ReadableStream.from(slow()), { timeout: 700 }, (answer, same) => {
    answers.push([new TextDecoder().decode(answer), same]);
  });
  assertEquals(answers, [["one", true], ["two", true]]);
});
