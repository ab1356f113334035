import { assert, assertEquals, assertLess } from "@std/assert";
import { getFiles, putFiles } from "../../../lib/file/client_session.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { SafeRoot } from "../../../lib/file/safe_root.ts";
import type { Access } from "../../../lib/file/server_session.ts";
import { DISK } from "../../../lib/file/file_layer.ts";
import type { ExistsPolicy } from "../../../lib/codec/file_messages.ts";
import { content, digest, EventLog, World } from "../../support/file_world.ts";
import { walk } from "../../../lib/file/walk.ts";

const TIMEOUT = { timeout: 30_000 } as const;
const SIZE = 600_000;

/** Several clients put files of one name at the same time; what each of them was told. */
async function race(
  world: World,
  ifExists: ExistsPolicy,
  seeds: number[],
  access: Access = "read-write",
): Promise<string[]> {
  const jobs = seeds.map(async (seed, client) => {
    world.write(`outside/${client}/name.bin`, content(SIZE, seed));
    Deno.utimeSync(world.path(`outside/${client}/name.bin`), 1000, 1000);
    const root = new SafeRoot(world.path(`outside/${client}`), DISK);
    const found = await walk(root, { parts: [], path: "", limit: 10 });
    const log = new EventLog();
    await world.session(
      (channel) => putFiles(channel, found, { ifExists, onEvent: log.onEvent }),
      { server: { access } },
    );
    return log.outcomes()["name.bin"] ?? "nothing";
  });
  return (await Promise.all(jobs)).sort();
}

Deno.test("attack 28: of several files of one name exactly one is published", TIMEOUT, async () => {
  using world = new World();
  const told = await race(world, "refuse", [1, 2, 3, 4, 5]);
  assertEquals(told, ["different", "different", "different", "different", "published"]);
  assertEquals(Object.keys(world.tree("server")), ["name.bin"]);
  assertEquals([world.staged("server"), world.quota.used], [[], 147 * 4096]);
});

Deno.test("attack 28: the same content from several clients is stored once", TIMEOUT, async () => {
  using world = new World();
  const told = await race(world, "refuse", [1, 1, 1]);
  assertEquals(told, ["published", "unchanged", "unchanged"]);
  assertEquals(world.tree("server"), { "name.bin": digest(content(SIZE)) });
});

Deno.test(
  "attack 29: who is late at a write-only server learns nothing of what was stored",
  TIMEOUT,
  async () => {
    using world = new World();
    const told = await race(world, "refuse", [1, 1, 2], "write-only");
    assertEquals(told, ["published", "taken", "taken"]);
  },
);

Deno.test(
  "attack 28: replacing leaves one of them whole, renaming all of them",
  TIMEOUT,
  async () => {
    using replaced = new World();
    assertEquals(await race(replaced, "replace", [1, 2, 3]), [
      "published",
      "published",
      "published",
    ]);
    const possible = [1, 2, 3].map((seed) => digest(content(SIZE, seed)));
    const { "name.bin": found, ...rest } = replaced.tree("server");
    assert(possible.includes(found ?? ""));
    assertEquals([rest, replaced.quota.used], [{}, 147 * 4096]);

    using renamed = new World();
    assertEquals(await race(renamed, "rename", [1, 2, 3]), [
      "name (2).bin",
      "name (3).bin",
      "published",
    ]);
    assertEquals(Object.values(renamed.tree("server")).sort(), possible.sort());
  },
);

Deno.test(
  "attack 28: two resumes of one partial file: one goes on, one starts over",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/name.bin", content(2_000_000));
    const found = await world.find("name.bin");
    const summaries = [];
    const fault = { after: 1_500_000, kind: "reset" } as const;
    const job = { ifExists: "refuse", ...new EventLog() } as const;
    await world.session((channel) => putFiles(channel, found, job), { there: { fault } });
    const runs = [1, 2].map(() => world.session((channel) => putFiles(channel, found, job)));
    for (const { value } of await Promise.all(runs)) summaries.push(value);
    assertEquals(world.tree("server"), { "name.bin": digest(content(2_000_000)) });
    const moved = summaries.map((summary) => summary?.movedBytes ?? 0).sort((a, b) => a - b);
    assertLess(moved[0] ?? Infinity, 1_000_000);
    assertEquals(moved[1], 2_000_000);
    assertEquals(world.staged("server"), []);
  },
);

Deno.test("attack 28: a get during a put sees the old file or the new one", TIMEOUT, async () => {
  using world = new World();
  world.write("server/name.bin", content(SIZE, 1));
  world.write("outside/name.bin", content(SIZE, 2));
  const source = new SafeRoot(world.path("outside"), DISK);
  const found = await walk(source, { parts: [], path: "", limit: 10 });
  using destination = world.destination();
  const log = new EventLog();
  await Promise.all([
    world.session((channel) =>
      putFiles(channel, found, { ifExists: "replace", ...new EventLog() })
    ),
    world.session((channel) =>
      getFiles(channel, ["name.bin"], destination, { ...log, limits: DEFAULT_LIMITS })
    ),
  ]);
  const got = world.tree("client")["name.bin"];
  if (log.outcomes()["name.bin"] === "published") {
    assert([1, 2].some((seed) => got === digest(content(SIZE, seed))));
  } else {
    assertEquals([log.outcomes()["name.bin"], got], ["source-changed", undefined]);
  }
});
