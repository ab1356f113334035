import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { Channel } from "../../../lib/file/channel.ts";
import { getFiles, putFiles } from "../../../lib/file/client_session.ts";
import { DISK } from "../../../lib/file/file_layer.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { SafeRoot } from "../../../lib/file/safe_root.ts";
import { Staging } from "../../../lib/file/staging.ts";
import type { Summary } from "../../../lib/file/summary.ts";
import { content, digest, EventLog, type SessionOptions, World } from "../../support/file_world.ts";
import { FaultyFiles } from "../../support/faulty_files.ts";
import type { Fault } from "../../support/memory_pipe.ts";
import { Random } from "../../support/random.ts";

const TIMEOUT = { timeout: 120_000 } as const;
const SIZE = 1_000_000;
const CHUNK = 256 * 1024;
/** More than what a session says before the first byte of a file: greeting, manifest, decisions. */
const CONTROL = 1024;

const KINDS: readonly Fault["kind"][] = ["reset", "stall", "end", "corrupt"];

type Direction = "put" | "get";

/** Replaces `big` on the receiving side, and puts `small` and the directory `d` beside it. */
function fill(world: World, direction: Direction): void {
  const [from, to] = direction === "put" ? ["client", "server"] : ["server", "client"];
  world.write(`${from}/big`, content(SIZE));
  world.write(`${from}/d/small`, "small");
  Deno.utimeSync(world.path(`${from}/big`), 1000, 1000);
  world.write(`${to}/big`, content(SIZE, 9));
}

const COMPLETE = { big: digest(content(SIZE)), d: "/", "d/small": digest("small") };
const OLD = digest(content(SIZE, 9));

async function transfer(
  world: World,
  direction: Direction,
  options: SessionOptions = {},
): Promise<Summary | undefined> {
  if (direction === "put") {
    const found = await world.find("big", "d");
    const job = (channel: Channel): Promise<Summary> =>
      putFiles(channel, found, { ifExists: "replace", ...new EventLog() });
    return (await world.session(job, { ...options, server: { sync: true } })).value;
  }
  using destination = world.destination({ ifExists: "replace", sync: true });
  const job = (channel: Channel): Promise<Summary> =>
    getFiles(channel, ["big", "d"], destination, { ...new EventLog(), limits: DEFAULT_LIMITS });
  return (await world.session(job, options)).value;
}

/** Old or complete new content under every final name. */
function assertWhole(tree: Record<string, string>, label: string): void {
  for (const [path, found] of Object.entries(tree)) {
    const allowed = [COMPLETE[path as keyof typeof COMPLETE], path === "big" ? OLD : undefined];
    assert(allowed.includes(found), `${label}: ${path} is neither old nor complete`);
  }
  assert("big" in tree, `${label}: the old file is gone`);
}

Deno.test(
  "attack 35: the receiver is killed at every call; then the job is run again",
  TIMEOUT,
  async () => {
    for (const direction of ["put", "get"] as const) {
      const to = direction === "put" ? "server" : "client";
      for (let call = 0;; call++) {
        const faulty = new FaultyFiles();
        using world = direction === "put"
          ? new World(faulty.layer)
          : new World(undefined, faulty.layer);
        fill(world, direction);
        faulty.dieAt(call);
        await transfer(world, direction);
        if (!faulty.dead) break;
        const label = `${direction}, killed at call ${call}, ${faulty.calls.at(-1)}`;
        assertWhole(world.tree(to), label);
        const kept = Math.max(0, ...world.staged(to).map(({ size }) => size));
        const done = world.tree(to)["big"] === COMPLETE.big;
        // A new process, with nothing but what is on the disk.
        using restarted = new World();
        const [server, client] = [
          new SafeRoot(world.path("server"), DISK),
          new SafeRoot(world.path("client"), DISK),
        ];
        const summary = await transfer(Object.assign(restarted, { server, client }), direction);
        assertEquals(world.tree(to), COMPLETE, label);
        const resumable = kept >= CHUNK ? kept : 0;
        const moved = done ? 5 : SIZE - resumable + 5;
        assertLessOrEqual(summary?.movedBytes ?? Infinity, moved, label);
        new Staging(to === "server" ? server : client).prune(Infinity);
        assertEquals(world.staged(to).length, 0, label);
      }
    }
  },
);

Deno.test(
  "attack 35: the connection fails at 20 seeded moments; then the job is run again",
  TIMEOUT,
  async () => {
    const random = new Random();
    for (let moment = 0; moment < 20; moment++) {
      for (const direction of ["put", "get"] as const) {
        for (const kind of KINDS) {
          await failOnce(direction, { kind, after: random.integer(0, SIZE) }, random.seed);
        }
      }
    }
  },
);

Deno.test(
  "attack 35: the connection fails near the borders of chunks; then the job is run again",
  TIMEOUT,
  async () => {
    for (let border = 0; border < SIZE; border += CHUNK) {
      for (const beside of [0, 1, 111, CONTROL - 1, CONTROL]) {
        for (const direction of ["put", "get"] as const) {
          for (const kind of KINDS) await failOnce(direction, { kind, after: border + beside });
        }
      }
    }
  },
);

async function failOnce(direction: Direction, fault: Fault, seed?: number): Promise<void> {
  const label = `${direction}, ${fault.kind} after ${fault.after} bytes, seed ${seed ?? "none"}`;
  const [from, to] = direction === "put"
    ? ["client", "server"] as const
    : ["server", "client"] as const;
  using world = new World();
  fill(world, direction);
  // A stalled connection is ended by its owner, whose deadline has passed; so is one where a changed
  // length has both sides waiting for the other.
  const watch = new AbortController();
  const deadline = setTimeout(() => watch.abort(), fault.kind === "corrupt" ? 1000 : 60_000);
  const pipe = { fault, onFault: () => fault.kind === "stall" && watch.abort() };
  const options = direction === "put" ? { there: pipe } : { back: pipe };
  await transfer(world, direction, { ...options, cut: watch.signal });
  clearTimeout(deadline);
  assertWhole(world.tree(to), label);
  const kept = world.staged(to).reduce((sum, { size }) => sum + size, 0);
  const promised = fault.after - CONTROL - CHUNK;
  assertLessOrEqual(fault.kind === "corrupt" ? 0 : promised, kept, label);
  const before = world.tree(to);
  const summary = await transfer(world, direction);
  assertEquals(world.tree(to), COMPLETE, label);
  assertEquals(world.staged(to), [], label);
  const rest = (before["big"] === COMPLETE.big ? 0 : SIZE) + 5;
  const wasted = fault.kind === "corrupt" ? kept : 0;
  assertLessOrEqual(summary?.movedBytes ?? Infinity, rest - kept + wasted, label);
  assertEquals(world.tree(from), COMPLETE, `${label}: the source is untouched`);
}
