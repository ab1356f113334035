import { assert, assertEquals, assertRejects } from "@std/assert";
import { concatBytes, equalBytes } from "../../lib/codec/bytes.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { echo, serveEcho } from "../../servers/echo_server.ts";
import { settle } from "../support/fake_clock.ts";
import { readerOf, streamOf, writerOf } from "../support/fake_streams.ts";
import { patternOf } from "../support/load.ts";
import { connectTo, connectToReset, exchange, readAll, readCount } from "../support/peer.ts";
import { splits } from "../support/splits.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const SOCKETS = { timeout: 30_000 } as const;
const KIB = 1024;

Deno.test("echo returns every byte in order, however it comes and goes", PURE, async () => {
  const bytes = patternOf(3_000);
  for (const { label, chunks } of splits(bytes)) {
    for (const take of [1, 7, Infinity]) {
      const writer = writerOf(take);
      await echo(streamOf(readerOf(chunks), writer));
      assert(equalBytes(writer.written(), bytes), `${label}, taken by ${take}`);
    }
  }
});

Deno.test("echo leaves closing to the server around it", PURE, async () => {
  const client = streamOf(readerOf([Uint8Array.of(1)]), writerOf(Infinity));
  await echo(client);
  assertEquals([client.finished, client.closed], [false, false]);
});

Deno.test("echo does not read while a write is under way", PURE, async () => {
  let reads = 0;
  const writing = Promise.withResolvers<number>();
  const client = streamOf(
    { read: () => Promise.resolve(++reads < 3 ? 5 : null) },
    { write: () => writing.promise },
  );
  const done = echo(client);
  await settle();
  assertEquals(reads, 1);
  writing.resolve(5);
  await done;
  assertEquals(reads, 3);
});

Deno.test(
  "echo starts with a small buffer and lets it grow with use, up to a cap",
  PURE,
  async () => {
    const sizes: number[] = [];
    /** How much of each read's buffer the client fills. */
    const fills = [1, 0.5, 1, 1, 1, 1, 1, 1, 0.1, 1];
    const client = streamOf({
      read(into): Promise<number | null> {
        const fill = fills[sizes.push(into.length) - 1];
        return Promise.resolve(fill === undefined ? null : into.length * fill);
      },
    }, writerOf(Infinity));
    await echo(client);
    assert(sizes[0]! <= 4 * KIB, "ten thousand idle clients must be cheap");
    assertEquals(sizes.at(-1), 256 * KIB);
    for (const [i, size] of sizes.entries()) {
      const last = sizes[i - 1];
      if (last === undefined) continue;
      const full = fills[i - 1] === 1 && last < 256 * KIB;
      assert(full ? size > last : size === last, `read ${i} of ${sizes}`);
    }
  },
);

Deno.test("echo passes on what breaks the connection", PURE, async () => {
  const reset = (): Promise<never> => Promise.reject(new Deno.errors.ConnectionReset("reset"));
  const reader = readerOf([Uint8Array.of(1)]);
  await assertRejects(
    () => echo(streamOf({ read: reset }, writerOf(Infinity))),
    Deno.errors.ConnectionReset,
  );
  await assertRejects(() => echo(streamOf(reader, { write: reset })), Deno.errors.ConnectionReset);
});

/** The echo server in this process, until the end of the scope. */
function serveHere(): AsyncDisposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const controller = new AbortController();
  const { signal } = controller;
  const done = serveEcho(listener, { signal, grace: 0 });
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose](): Promise<void> {
      controller.abort();
      await done;
    },
  };
}

Deno.test("serveEcho answers everything before it finishes as well", SOCKETS, async () => {
  await using server = serveHere();
  using conn = await connectTo(server.port);
  const bytes = patternOf(2_000_000);
  const send = async (): Promise<void> => {
    await writeAll(conn, bytes);
    await conn.closeWrite();
  };
  const [answer] = await Promise.all([readAll(conn), send()]);
  assert(equalBytes(answer, bytes));
});

Deno.test("serveEcho answers each piece at once, not only the whole", SOCKETS, async () => {
  await using server = serveHere();
  using conn = await connectTo(server.port);
  for (let i = 0; i < 100; i++) {
    await conn.write(Uint8Array.of(i));
    assertEquals(await readCount(conn, 1), Uint8Array.of(i));
  }
  await conn.closeWrite();
  assertEquals(await readAll(conn), new Uint8Array());
});

Deno.test("serveEcho serves any bytes, from none to every value", SOCKETS, async () => {
  await using server = serveHere();
  assertEquals(await exchange(server.port, ""), "");
  using conn = await connectTo(server.port);
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  await conn.write(concatBytes([all, all.toReversed()]));
  await conn.closeWrite();
  assertEquals(await readAll(conn), concatBytes([all, all.toReversed()]));
});

Deno.test("serveEcho serves on through all that clients do to it", SOCKETS, async () => {
  await using server = serveHere();
  using steady = await connectTo(server.port);
  const abusers = [
    async () => (await connectTo(server.port)).close(),
    async () => {
      const conn = await connectTo(server.port);
      await conn.write(new Uint8Array(100_000));
      conn.close();
    },
    async () => await (await connectToReset(server.port)).reset(),
    async () => {
      const conn = await connectToReset(server.port);
      await conn.send(new Uint8Array(100_000));
      await conn.heard;
      await conn.reset();
    },
    async () => {
      using conn = await connectTo(server.port);
      await conn.closeWrite();
      await readAll(conn);
    },
  ];
  for (let round = 0; round < 5; round++) {
    await Promise.all(abusers.map((abuse) => abuse()));
    await steady.write(Uint8Array.of(round));
    assertEquals(await readCount(steady, 1), Uint8Array.of(round));
  }
});
