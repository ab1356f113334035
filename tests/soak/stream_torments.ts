/**
 * Ill treatment that every stream server must stand, whatever its protocol.
 *
 * @module
 */
import { connect as connectNode } from "node:net";
import type { Server } from "../support/process.ts";
import type { Random } from "../support/random.ts";
import { type Scene, scenesFrom, type Torment } from "./torture.ts";

/** What a client that knows the protocol would say. */
export type Speech = (random: Random) => Uint8Array<ArrayBuffer>;

/** The longest that a connection of ours lives, in milliseconds: nobody is sure of an answer here. */
const LONGEST_MS = 4_000;

/** All of it, in the server's own language. */
export function streamTorments(speech: Speech): Torment[] {
  return [
    { name: "churn", bout: (scene) => churn(scene, speech) },
    { name: "resets", bout: (scene) => resets(scene, speech) },
    { name: "slow readers", bout: (scene) => slowReaders(scene, speech) },
    { name: "slow writers", bout: (scene) => slowWriters(scene, speech) },
    { name: "garbage", bout: garbage },
    { name: "cut short", bout: (scene) => cutShort(scene, speech) },
    { name: "silence", bout: silence },
    { name: "flood", bout: (scene) => flood(scene, speech) },
  ];
}

/** Connections that come, say something and go, many at a time. */
async function churn(scene: Scene, speech: Speech): Promise<void> {
  await crowd(scene, 100, ({ server, random, rest }) =>
    visit(server, async (conn) => {
      const words = speech(random);
      if (random.integer(0, 3) > 0) await conn.write(words);
      if (random.integer(0, 1) > 0) await conn.closeWrite();
      if (random.integer(0, 1) > 0) await Promise.race([readToEnd(conn), rest(300)]);
    }));
}

/** RST after a random number of bytes, also while data is on the way to us. */
async function resets(scene: Scene, speech: Speech): Promise<void> {
  await crowd(scene, 50, async ({ server, random, rest }) => {
    const words = speech(random);
    const bytes = words.subarray(0, random.integer(0, words.length));
    const socket = connectNode({ host: "127.0.0.1", port: server.port });
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.on("connect", () => socket.write(bytes, () => socket.resetAndDestroy()));
    await Promise.race([promise, rest(LONGEST_MS)]);
    socket.destroy();
  });
}

/** Says much, and reads nothing of the answers. */
async function slowReaders(scene: Scene, speech: Speech): Promise<void> {
  await crowd(scene, 10, ({ server, random, rest }) =>
    visit(server, async (conn) => {
      const end = rest(1_000).then(() => conn.close());
      const saying = (async () => {
        for (let i = 0; i < 10_000; i++) await conn.write(speech(random));
      })();
      await Promise.allSettled([saying, end]);
    }));
}

/** A byte now and then. */
async function slowWriters(scene: Scene, speech: Speech): Promise<void> {
  await crowd(scene, 20, ({ server, random, rest }) =>
    visit(server, async (conn) => {
      for (const byte of speech(random).subarray(0, 20)) {
        await conn.write(new Uint8Array([byte]));
        await rest(random.integer(10, 100));
      }
    }));
}

/** Bytes that mean nothing, and the end. */
async function garbage(scene: Scene): Promise<void> {
  await crowd(scene, 20, ({ server, random, rest }) =>
    visit(server, async (conn) => {
      const reading = readToEnd(conn);
      const bytes = random.bytes(random.integer(1, 4_096));
      // Line by line is worse for some, all at once for others.
      if (random.integer(0, 1) > 0) bytes.fill(10, random.integer(0, bytes.length));
      await conn.write(bytes);
      await conn.closeWrite();
      await Promise.race([reading, rest(1_000)]);
    }));
}

/** What is right up to somewhere in the middle, and the end. */
async function cutShort(scene: Scene, speech: Speech): Promise<void> {
  await crowd(scene, 50, ({ server, random, rest }) =>
    visit(server, async (conn) => {
      const reading = readToEnd(conn);
      const words = speech(random);
      await conn.write(words.subarray(0, random.integer(0, words.length - 1)));
      await conn.closeWrite();
      await Promise.race([reading, rest(1_000)]);
    }));
}

/** Connections that say nothing. */
async function silence(scene: Scene): Promise<void> {
  await crowd(
    scene,
    100,
    ({ server, random, rest }) => visit(server, () => rest(random.integer(100, 1_500))),
  );
}

/** As much as goes, from several at once, with answers read. */
async function flood(scene: Scene, speech: Speech): Promise<void> {
  await crowd(scene, 8, ({ server, random, rest }) =>
    visit(server, async (conn) => {
      const reading = readToEnd(conn);
      let over = false;
      const end = rest(1_000).then(() => over = true);
      while (!over) await conn.write(speech(random));
      await Promise.allSettled([end, conn.closeWrite(), Promise.race([reading, rest(1_000)])]);
    }));
}

/** Connects, and closes in any case after a while: whatever waits then ends with an error. */
export async function visit(
  { port }: Pick<Server, "port">,
  use: (conn: Deno.TcpConn) => Promise<unknown>,
): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = setTimeout(() => conn[Symbol.dispose](), LONGEST_MS);
  try {
    await use(conn);
  } finally {
    clearTimeout(timer);
  }
}

/** So many of them at once; what the server does to one of them is its right. */
export async function crowd(
  scene: Scene,
  count: number,
  one: (scene: Scene) => Promise<void>,
): Promise<void> {
  await Promise.allSettled(scenesFrom(scene, count).map(one));
}

async function readToEnd(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    while (await conn.read(buffer) !== null);
  } catch {
    // Closed by either side: that is an end as well.
  }
}
