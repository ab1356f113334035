import { assert, assertEquals, assertInstanceOf, assertNotEquals } from "@std/assert";
import { createHmac } from "node:crypto";
import { ProtocolError } from "../../../lib/codec/errors.ts";
import { encodeFileMessage } from "../../../lib/codec/file_message.ts";
import type { FileTransferMessage } from "../../../lib/codec/file_messages.ts";
import { encodePreamble } from "../../../lib/codec/file_preamble.ts";
import { encodeProofInput } from "../../../lib/codec/file_proof.ts";
import { listFiles, openSession } from "../../../lib/file/client_session.ts";
import { DISK, type FileLayer } from "../../../lib/file/file_layer.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { TransferError } from "../../../lib/file/transfer_error.ts";
import { writeAll } from "../../../lib/net/write_all.ts";
import { World } from "../../support/file_world.ts";
import { CLIENT_HELLO, hear, say, SERVER_HELLO } from "../../support/hostile_peer.ts";
import { memoryPipe } from "../../support/memory_pipe.ts";

const TIMEOUT = { timeout: 20_000 } as const;
const TOKEN = new TextEncoder().encode("correct horse battery staple");
const WRONG = new TextEncoder().encode("Correct horse battery staple");
const HELLO = { ...CLIENT_HELLO, authentication: true };

function list(
  world: World,
  mine?: Uint8Array,
  theirs?: Uint8Array,
): ReturnType<typeof world.session> {
  return world.session(
    (channel) => listFiles(channel, { path: "", recursive: true, limits: DEFAULT_LIMITS }),
    { ...(mine ? { token: mine } : {}), server: { token: theirs } },
  );
}

Deno.test("attack 29: both sides must know the token", TIMEOUT, async () => {
  const cases: [string, Uint8Array | undefined, Uint8Array | undefined, boolean | undefined][] = [
    ["no token at all", undefined, undefined, undefined],
    ["the same token", TOKEN, TOKEN, undefined],
    ["a wrong token", WRONG, TOKEN, true],
    ["the server wants one", undefined, TOKEN, false],
    ["the server has none", TOKEN, undefined, false],
  ];
  for (const [name, mine, theirs, fromPeer] of cases) {
    using world = new World();
    const { value, error } = await list(world, mine, theirs);
    if (fromPeer === undefined) {
      assertEquals([value, error], [[], undefined], name);
      continue;
    }
    assertInstanceOf(error, TransferError, name);
    assertEquals([error.outcome, error.fromPeer], ["authentication", fromPeer], name);
  }
});

Deno.test(
  "attack 29: nothing on disk is touched before the proof, and a refusal is late",
  TIMEOUT,
  async () => {
    const calls: PropertyKey[] = [];
    const watched = new Proxy(DISK, {
      get(target, name, receiver): unknown {
        calls.push(name);
        return Reflect.get(target, name, receiver);
      },
    }) as FileLayer;
    using world = new World(watched);
    calls.length = 0;
    const delays: number[] = [];
    const [client, server] = memoryPipe();
    const serving = world.serve(server, {
      server: {
        token: TOKEN,
        delay: (milliseconds) => {
          delays.push(milliseconds);
          return Promise.resolve();
        },
      },
    }).catch(() => {}).finally(() => server[Symbol.dispose]());
    // A job in the same breath as a proof that is wrong.
    await say(client, HELLO, { kind: "proof", mac: new Uint8Array(32) }, {
      kind: "list",
      path: "",
      recursive: true,
    });
    const heard = await hear(client);
    await serving;
    assertEquals(heard.map(({ kind }) => kind), ["hello", "error"]);
    assertEquals(heard.at(-1), { kind: "error", outcome: "authentication", limit: 0 });
    assertEquals([calls, delays], [[], [1000]]);
  },
);

Deno.test("attack 29: a job instead of a proof is refused", TIMEOUT, async () => {
  using world = new World();
  const [client, server] = memoryPipe();
  const serving = world.serve(server, { token: TOKEN }).catch((error) => error)
    .finally(() => server[Symbol.dispose]());
  await say(client, HELLO, { kind: "list", path: "", recursive: true });
  assertEquals((await hear(client)).map(({ kind }) => kind), ["hello", "error"]);
  assertInstanceOf(await serving, ProtocolError);
});

Deno.test(
  "attack 32: a recorded proof is worth nothing on another connection",
  TIMEOUT,
  async () => {
    using world = new World();
    const nonces = new Set<string>();
    for (let connection = 0; connection < 2; connection++) {
      const [client, server] = memoryPipe();
      const serving = world.serve(server, { token: TOKEN }).catch(() => {})
        .finally(() => server[Symbol.dispose]());
      const hearing = hear(client);
      await say(client, HELLO);
      // The proof for a server nonce of an earlier connection, which was all zeros, say.
      const input = encodeProofInput("client", HELLO.nonce, new Uint8Array(32));
      const mac = new Uint8Array(createHmac("sha256", TOKEN).update(input).digest());
      await writeAll(client, encodeFileMessage({ kind: "proof", mac }));
      const heard = await hearing;
      await serving;
      assertEquals(heard.at(-1), { kind: "error", outcome: "authentication", limit: 0 });
      const [hello] = heard;
      assert(hello?.kind === "hello");
      nonces.add(hello.nonce.toHex());
    }
    assertEquals(nonces.size, 2, "every connection has a nonce of its own");
  },
);

Deno.test(
  "attack 32: a server that reflects what the client says proves nothing",
  TIMEOUT,
  async () => {
    const reflectors: [string, (heard: FileTransferMessage) => FileTransferMessage][] = [
      ["everything", (event) => event],
      ["the nonce", (event) => event.kind === "hello" ? { ...event, role: "server" } : event],
      [
        "the proof",
        (event) => event.kind === "hello" ? { ...SERVER_HELLO, authentication: true } : event,
      ],
    ];
    for (const [name, reflect] of reflectors) {
      const [client, server] = memoryPipe();
      const asking = openSession(client, { token: TOKEN, onEvent: () => {} }).then(
        () => undefined,
        (error) => error,
      ).finally(() => client[Symbol.dispose]());
      let first = true;
      const reflecting = hear(server, (event) => {
        if (event.kind === "content" || event.kind === "error") return true;
        const answer = encodeFileMessage(reflect(event));
        writeAll(server, first ? new Uint8Array([...encodePreamble(), ...answer]) : answer)
          .catch(() => {});
        first = false;
        return false;
      });
      const error = await asking;
      assert(error instanceof ProtocolError || error instanceof TransferError, `${name}: ${error}`);
      await reflecting;
    }
  },
);

Deno.test("attack 34: no message of the server holds a path of its own", TIMEOUT, async () => {
  using world = new World();
  const { error } = await list(world, WRONG, TOKEN);
  assertInstanceOf(error, TransferError);
  assertEquals(error.message.includes(world.path("server")), false);
  assertNotEquals(error.message, "");
});

Deno.test(
  "a wrong peer is refused in its own language, a wrong version with ours",
  TIMEOUT,
  async () => {
    const cases: [string, string, string][] = [
      ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 Bad Request", "speaks HTTP"],
      ["NICK ada\r\n", "ERROR :This port speaks file transfer", "speaks chat"],
      ["\x16\x03\x01\x00\xc8", "\x15\x03\x01\x00\x02\x02F", "speaks TLS"],
      ["hello\n", "This port speaks file transfer", "speaks something else"],
      ["\xf5file\r\n\x02", "\xf5file\r\n\x01", "version 2 of the protocol"],
    ];
    for (const [said, answer, problem] of cases) {
      using world = new World();
      const [client, server] = memoryPipe();
      const serving = world.serve(server).catch((error) => error)
        .finally(() => server[Symbol.dispose]());
      await writeAll(client, Uint8Array.from(said, (character) => character.charCodeAt(0)));
      const buffer = new Uint8Array(1000);
      const count = await client.read(buffer) ?? 0;
      assertEquals(
        String.fromCharCode(...buffer.subarray(0, count)).startsWith(answer),
        true,
        said,
      );
      const error = await serving;
      assertInstanceOf(error, ProtocolError);
      assertEquals(error.message.includes(problem), true, error.message);
    }
  },
);

Deno.test("a client says what it found instead of a server", TIMEOUT, async () => {
  const [client, server] = memoryPipe();
  const asking = openSession(client, { onEvent: () => {} }).catch((error) => error);
  await writeAll(server, new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const error = await asking;
  assertInstanceOf(error, ProtocolError);
  assertEquals(error.message, "Cannot transfer files: the peer speaks HTTP");
});
