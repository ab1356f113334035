import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { STAGING_DIRECTORY } from "../../../lib/codec/file_names.ts";
import { putFiles } from "../../../lib/file/client_session.ts";
import type { OpenFile } from "../../../lib/file/file_layer.ts";
import { Staging, stagingKey } from "../../../lib/file/staging.ts";
import { EventLog, fifo, link, World } from "../../support/file_world.ts";
import { seenAs, withCalls } from "../../support/odd_files.ts";

const TIMEOUT = { timeout: 20_000 } as const;
const FILE = { path: "a", size: 5, mtime: 0 };
const KEY = stagingKey(FILE);

Deno.test("stagingKey depends on path, size and time, and shows none of them", {
  permissions: "none",
}, () => {
  const same = { path: "a", size: 5, mtime: 0 };
  assertEquals(stagingKey(same), KEY);
  assertMatch(KEY, /^[0-9a-f]{32}$/);
  for (const other of [{ path: "b" }, { size: 6 }, { mtime: 1 }]) {
    assertNotEquals(stagingKey({ ...same, ...other }), KEY);
  }
});

Deno.test("attack 15: no two staged names are alike, and none can be guessed", TIMEOUT, () => {
  using world = new World();
  const staging = new Staging(world.server);
  const files = Array.from({ length: 50 }, () => staging.create(KEY));
  const names = new Set(files.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)));
  assertEquals(names.size, 50);
  for (const name of names) assertMatch(name, /^[0-9a-f]{32}-[0-9a-f]{32}\.part$/);
  for (const file of files) staging.discard(file);
  assertEquals(world.staged("server"), []);
});

Deno.test(
  "a partial file is claimed by one at a time, and only when its owner is gone",
  TIMEOUT,
  () => {
    using world = new World();
    const first = new Staging(world.server).create(KEY);
    first.file.writeSync(new Uint8Array(5));
    assertEquals(new Staging(world.server).claim(FILE), undefined, "its owner has it");
    first.file.close();
    const other = new Staging(world.server).claim({ path: "b", size: 5, mtime: 0 });
    assertEquals(other, undefined, "another file's");
    const second = new Staging(world.server).claim(FILE);
    assertEquals(second?.size, 5);
    assertEquals(new Staging(world.server).claim(FILE), undefined, "it is claimed");
    second?.file.close();
  },
);

Deno.test("attack 15: what is no file is neither claimed nor opened nor pruned", TIMEOUT, () => {
  using world = new World();
  world.write("outside/secret", "secret");
  const staging = new Staging(world.server);
  staging.create(KEY).file.close();
  const [own] = world.staged("server");
  assert(own !== undefined);
  const path = world.path(`server/${STAGING_DIRECTORY}/${own.name}`);
  for (
    const plant of [
      () => link(world.path("outside/secret"), path),
      () => fifo(path),
      () => Deno.mkdirSync(path),
    ]
  ) {
    Deno.removeSync(path);
    plant();
    assertEquals(new Staging(world.server).claim(FILE), undefined);
    assertEquals(new Staging(world.server).prune(Infinity), []);
    assertEquals(world.staged("server").length, 1);
  }
  assertEquals(world.read("outside/secret"), "secret");
});

Deno.test("prune removes what is old and not in use, and says so", TIMEOUT, () => {
  const aged = new Map<string, number>();
  using world = new World(
    seenAs((path) => ({ ctime: new Date(aged.get(path) ?? Date.now()) })),
  );
  const staging = new Staging(world.server);
  const used = staging.create();
  const old = staging.create();
  const young = staging.create();
  old.file.writeSync(new Uint8Array(7));
  for (const { path } of [used, old]) aged.set(path, 1_000_000);
  old.file.close();
  young.file.close();
  const pruned = new Staging(world.server).prune(Date.now() - 60_000);
  assertEquals(pruned.map(({ size, changed }) => [size, changed]), [[7, 1_000_000]]);
  assertEquals(new Staging(world.server).list().map(({ changed }) => changed === 1_000_000), [
    true,
    false,
  ]);
  used.file.close();
});

Deno.test("the age of a partial file is not the time that its sender gave it", TIMEOUT, () => {
  using world = new World();
  const staging = new Staging(world.server);
  for (const year of ["2020", "2100"]) {
    const { file } = staging.create();
    file.utimeSync(new Date(year), new Date(year));
    file.close();
  }
  assertEquals(staging.prune(Date.now() - 3600_000), [], "both are young");
  assertEquals(staging.prune(Date.now() + 3600_000).length, 2, "and no longer then");
});

Deno.test(
  "attack 35: a file that its owner may not write can be continued until it has its name",
  TIMEOUT,
  async () => {
    for (const mode of [0o444, 0o000, 0o200]) {
      // Whoever is killed while it waits for the disk leaves a file of this mode.
      const staged: number[] = [];
      const openSync = (path: string, options?: Deno.OpenOptions): OpenFile => {
        const file = Deno.openSync(path, options);
        if (path.endsWith(".part")) file.sync = () => Promise.resolve(void staged.push(look(path)));
        return file;
      };
      using world = new World(withCalls({ openSync }));
      world.write("client/a", "a");
      Deno.chmodSync(world.path("client/a"), mode);
      const found = await world.find("a");
      // Whoever runs the tests may not be able to read it then.
      Deno.chmodSync(world.path("client/a"), 0o600);
      await world.session(
        (channel) => putFiles(channel, found, { ifExists: "refuse", ...new EventLog() }),
        { server: { sync: true } },
      );
      assertEquals([staged, look(world.path("server/a"))], [[mode | 0o600], mode]);
    }
  },
);

function look(path: string): number {
  return (Deno.lstatSync(path).mode ?? 0) & 0o777;
}

Deno.test(
  "the staging directory goes with its last file, and comes back when needed",
  TIMEOUT,
  () => {
    using world = new World();
    const staging = new Staging(world.server);
    staging.tidy();
    const first = staging.create();
    staging.tidy();
    assertEquals(world.staged("server").length, 1, "it is not empty");
    staging.discard(first);
    staging.tidy();
    assertEquals([...Deno.readDirSync(world.path("server"))], []);
    const second = staging.create();
    staging.discard(second);
  },
);
