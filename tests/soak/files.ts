import { concatBytes } from "../../lib/codec/bytes.ts";
import { encodeFileMessage } from "../../lib/codec/file_message.ts";
import { encodePreamble } from "../../lib/codec/file_preamble.ts";
import { FileDesk } from "../support/file_desk.ts";
import type { Program, Server } from "../support/process.ts";
import { Random } from "../support/random.ts";
import { Relay } from "../support/relay.ts";
import { streamTorments } from "./stream_torments.ts";
import { type Scene, scenesFrom, type Torment, type Torture } from "./torture.ts";

/** Sizes of files that are sent. */
const SIZES = [0, 1, 1_000, 300_000, 3_000_000];

/** Where this soak's files are, to its end. */
const DESK = new FileDesk();
addEventListener("unload", () => DESK[Symbol.dispose]());

/** A file whose name says what must be in it. */
function makeFile(random: Random, desk: FileDesk = DESK): string {
  const [seed, size] = [random.uint32(), random.pick(SIZES)];
  const name = `f-${seed}-${size}`;
  desk.write(`here/${name}`, contentOf(name));
  return name;
}

function contentOf(name: string): Uint8Array<ArrayBuffer> {
  const [, seed = 0, size = 0] = name.split("-").map(Number);
  return new Random(seed).bytes(size);
}

/** A client that greets, and then says something, right or wrong. */
function speech(random: Random): Uint8Array<ArrayBuffer> {
  const bytes = concatBytes([
    encodePreamble(),
    encodeFileMessage({
      kind: "hello",
      role: "client",
      authentication: false,
      nonce: random.bytes(32),
      extensions: 0,
    }),
    random.pick([
      encodeFileMessage({ kind: "list", path: random.pick(["", "a", "a/b"]), recursive: true }),
      encodeFileMessage({ kind: "get", paths: random.integer(0, 3) }),
      encodeFileMessage({ kind: "put", ifExists: "replace", verify: false }),
    ]),
    encodeFileMessage({ kind: "manifest", items: random.integer(0, 9), bytes: 0 }),
    encodeFileMessage({
      kind: "entry",
      type: "file",
      mode: 0o644,
      mtime: 0,
      size: random.integer(0, 99),
      path: random.pick(["a", "\x1b[31m", "\u202e", "../a", "a/".repeat(200)]),
    }),
    random.bytes(random.integer(1, 200)),
  ]);
  // Most of the time something in the middle is not what it should be.
  if (random.integer(0, 2) > 0) {
    bytes[random.integer(0, bytes.length - 1)]! ^= 1 << random.integer(0, 7);
  }
  return bytes;
}

const KILLED_SENDERS: Torment = {
  name: "senders killed and sent again",
  bout: (scene) =>
    three(scene, async ({ server, random }) => {
      const name = makeFile(random);
      await using relay = new Relay(server.port, { sent: random.integer(1, 3_000_000) });
      await using client = DESK.start(relay.port, ["put", name]);
      await Promise.race([relay.reached(), client.status]);
      await kill(client);
      await again(server, "put", name);
    }),
};

const KILLED_RECEIVERS: Torment = {
  name: "receivers killed and asked again",
  bout: (scene) =>
    three(scene, async ({ server, random }) => {
      const name = makeFile(random);
      await again(server, "put", name);
      await Deno.remove(DESK.path(`here/${name}`));
      await using relay = new Relay(server.port, { received: random.integer(1, 3_000_000) });
      await using client = DESK.start(relay.port, ["get", name]);
      await Promise.race([relay.reached(), client.status]);
      await kill(client);
      await again(server, "get", name);
    }),
};

const KILLED_SERVERS: Torment = {
  name: "servers killed in the middle",
  async bout({ random }): Promise<void> {
    using desk = new FileDesk();
    const name = makeFile(random, desk);
    {
      await using victim = await desk.serve(["--quiet"]);
      await using relay = new Relay(victim.port, { sent: random.integer(1, 3_000_000) });
      await using client = desk.start(relay.port, ["put", name]);
      await Promise.race([relay.reached(), client.status]);
      await kill(victim);
    }
    await using next = await desk.serve(["--quiet"]);
    const { code, stderr } = await desk.run(next.port, ["put", name]);
    if (code !== 0) throw new Error(`Cannot send ${name} again: ${stderr}`);
    assertWhole(desk, name);
    await next.stop();
  },
};

const RIVALS: Torment = {
  name: "several for one name",
  async bout({ server, random }): Promise<void> {
    const names = Array.from({ length: 4 }, () => makeFile(random));
    const [wanted = ""] = names;
    await Promise.all(names.map((name) => {
      const rule = random.pick(["refuse", "rename", "replace", "skip"]);
      return DESK.run(server.port, ["put", name, "--name", `of-${wanted}`, "--if-exists", rule]);
    }));
    // Whoever won, it is one of them as a whole.
    const found = Deno.readFileSync(DESK.path(`there/shared/of-${wanted}`));
    if (!names.some((name) => isSame(contentOf(name), found))) {
      throw new Error(`of-${wanted} is none of those that were sent`);
    }
    for (const { name } of Deno.readDirSync(DESK.path("there/shared"))) {
      if (name.startsWith("of-")) Deno.removeSync(DESK.path(`there/shared/${name}`));
    }
  },
};

/** The file server: whatever is done to it and its clients, no file is wrong. */
export const FILES: Torture = {
  name: "file-server",
  start: () => DESK.serve(["--no-sync", "--handshake-timeout", "3", "--idle-timeout", "5"]),
  torments: [
    KILLED_SENDERS,
    KILLED_RECEIVERS,
    KILLED_SERVERS,
    RIVALS,
    ...streamTorments(speech),
  ],
  prove,
};

/** There and back, and a look at everything that was stored so far. */
async function prove({ server, random }: Scene): Promise<void> {
  const name = makeFile(random);
  await again(server, "put", name);
  const { code, stderr } = await DESK.run(server.port, ["verify", name]);
  if (code !== 0) throw new Error(`Cannot verify ${name}: ${stderr}`);
  for (const side of ["here", "there/shared"]) {
    for (const entry of Deno.readDirSync(DESK.path(side))) {
      if (!entry.isFile || !entry.name.startsWith("f-")) continue;
      assertWhole(DESK, entry.name, side);
      Deno.removeSync(DESK.path(`${side}/${entry.name}`));
    }
  }
}

/** Three at once, none of which may fail. */
async function three(scene: Scene, one: (scene: Scene) => Promise<void>): Promise<void> {
  await Promise.all(scenesFrom(scene, 3).map(one));
}

/** Runs a job that must come to its end, however often it was broken off. */
async function again(server: Server, operation: "put" | "get", name: string): Promise<void> {
  const { code, stderr } = await DESK.run(server.port, [operation, name]);
  if (code !== 0) throw new Error(`Cannot ${operation} ${name}: exit code ${code}: ${stderr}`);
}

function assertWhole(desk: FileDesk, name: string, side = "there/shared"): void {
  const found = Deno.readFileSync(desk.path(`${side}/${name}`));
  if (!isSame(contentOf(name), found)) {
    throw new Error(`${side}/${name} is wrong: ${found.length} bytes that are not what was sent`);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

async function kill(program: Program): Promise<void> {
  program.kill("SIGKILL");
  await program.end();
}
