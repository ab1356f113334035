import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { putFiles } from "../../../lib/file/client_session.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { measureUsage } from "../../../lib/file/measure_usage.ts";
import { Quota, Reservation, storedBytes } from "../../../lib/file/quota.ts";
import { streamSource } from "../../../lib/file/source.ts";
import { FaultyFiles } from "../../support/faulty_files.ts";
import { content, EventLog, World } from "../../support/file_world.ts";

const TIMEOUT = { timeout: 20_000 } as const;
const BLOCK = 4096;

Deno.test("storedBytes counts whole blocks, and one for nothing", { permissions: "none" }, () => {
  const cases = [[0, 1], [1, 1], [4096, 1], [4097, 2], [1_000_000, 245]] as const;
  for (const [bytes, blocks] of cases) assertEquals(storedBytes(bytes), blocks * BLOCK);
});

Deno.test(
  "a reservation takes and gives back, and never passes the cap",
  { permissions: "none" },
  () => {
    const quota = new Quota(100, 30);
    const one = new Reservation(quota);
    const other = new Reservation(quota, 20);
    assert(one.resize(70));
    assertEquals([quota.used, one.resize(71), quota.used], [100, false, 100]);
    assert(other.resize(0));
    assert(one.resize(90));
    assertEquals(quota.used, 100);
    assert(one.resize(0));
    assertEquals(quota.used, 10);
  },
);

Deno.test(
  "a quota that is passed already forbids more and allows less",
  { permissions: "none" },
  () => {
    const quota = new Quota(100, 200);
    const file = new Reservation(quota, 50);
    assertEquals(file.resize(51), false);
    assertEquals([file.resize(40), quota.used], [true, 190]);
  },
);

Deno.test(
  "attack 22: what does not fit the quota is refused before it moves",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/1-big", content(90_000));
    world.write("client/2-too-much", content(20_000));
    world.write("client/3-small", content(4_000));
    const quota = new Quota(100_000);
    const log = new EventLog();
    const found = await world.find("1-big", "2-too-much", "3-small");
    const { value } = await world.session(
      (channel) => putFiles(channel, found, { ifExists: "refuse", onEvent: log.onEvent }),
      { server: { quota } },
    );
    assertEquals(log.outcomes(), {
      "1-big": "published",
      "2-too-much": "quota",
      "3-small": "published",
    });
    const refusal = log.events.find((event) =>
      event.kind === "result" && event.outcome === "quota"
    );
    assertEquals(refusal?.kind === "result" ? refusal.limit : 0, 100_000);
    assertEquals(value?.movedBytes, 94_000);
    assertEquals(quota.used, await measureUsage(world.server));
  },
);

Deno.test("the quota's account stays true whatever happens", TIMEOUT, async () => {
  using world = new World();
  world.write("client/d/a", content(600_000));
  world.write("client/d/b", content(10_000));
  Deno.mkdirSync(world.path("client/d/e"));
  const found = await world.find("d");
  const job = { ifExists: "refuse", ...new EventLog() } as const;
  const steps: [string, () => Promise<unknown>][] = [
    [
      "cut while a partial file is kept",
      () =>
        world.session((channel) => putFiles(channel, found, job), {
          there: { fault: { after: 500_000, kind: "reset" } },
        }),
    ],
    [
      "cut behind a directory",
      () => {
        world.write("client/f/a/b/c", content(10_000));
        world.write("client/f/d", content(200_000));
        return world.find("f").then((directory) =>
          world.session((channel) => putFiles(channel, directory, job), {
            there: { fault: { after: 100_000, kind: "reset" } },
          })
        );
      },
    ],
    ["continued", () => world.session((channel) => putFiles(channel, found, job))],
    ["unchanged", () => world.session((channel) => putFiles(channel, found, job))],
    ["replaced by something shorter", () => {
      world.write("client/d/a", content(1_000));
      return world.find("d").then((shorter) =>
        world.session((channel) => putFiles(channel, shorter, { ...job, ifExists: "replace" }))
      );
    }],
    ["corrupt", () => {
      world.write("client/d/c", content(50_000));
      return world.find("d").then((more) =>
        world.session((channel) => putFiles(channel, more, job), {
          there: { fault: { after: 30_000, kind: "corrupt" } },
        })
      );
    }],
  ];
  for (const [name, step] of steps) {
    await step();
    assertEquals(world.quota.used + stagingCost(world), await measureUsage(world.server), name);
  }
});

Deno.test("attack 20: directories count, those on the way to a name, too", TIMEOUT, async () => {
  using world = new World();
  const way = "a/b/c/d/e/f/g/h/i/j";
  world.write(`client/${way}/x`, "x");
  const [source] = await world.find(`${way}/x`);
  assert(source !== undefined);
  const tell = async (quota: Quota): Promise<string | undefined> => {
    const log = new EventLog();
    const job = { ifExists: "refuse", onEvent: log.onEvent } as const;
    await world.session((channel) => putFiles(channel, [source], job), { server: { quota } });
    return log.outcomes()[`${way}/x`];
  };
  const tooSmall = new Quota(11 * BLOCK - 1);
  assertEquals([await tell(tooSmall), tooSmall.used, world.tree("server")], ["quota", 0, {}]);
  const enough = new Quota(11 * BLOCK);
  assertEquals([await tell(enough), enough.used], ["published", 11 * BLOCK]);
  assertEquals(await measureUsage(world.server), 11 * BLOCK);
});

Deno.test("directories that were made count, whatever became of the job", TIMEOUT, async () => {
  for (let failing = 0; failing < 5; failing++) {
    const faulty = new FaultyFiles();
    using world = new World(faulty.layer);
    for (const name of ["1/2/x", "1/3/y", "4/z"]) world.write(`client/${name}`, name);
    Deno.mkdirSync(world.path("client/5"));
    const found = await world.find("1", "4", "5");
    const log = new EventLog();
    const put = (): Promise<unknown> =>
      world.session((channel) => putFiles(channel, found, { ifExists: "refuse", ...log }));
    let made = 0;
    faulty.before = (call) => {
      // The first is the staging directory.
      if (call === "mkdirSync" && made++ === failing + 1) faulty.arm(0);
    };
    await put();
    assertEquals(world.quota.used, await measureUsage(world.server), `directory ${failing} fails`);
  }
});

Deno.test("directories that two jobs want to make at a time count once", TIMEOUT, async () => {
  using world = new World();
  for (const name of ["d/e/1", "d/e/2"]) world.write(`client/${name}`, content(300_000));
  const puts = ["d/e/1", "d/e/2"].map(async (name) => {
    const found = await world.find(name);
    const job = { ifExists: "refuse", ...new EventLog() } as const;
    return await world.session((channel) => putFiles(channel, found, job));
  });
  await Promise.all(puts);
  assertEquals(Object.keys(world.tree("server")), ["d", "d/e", "d/e/1", "d/e/2"]);
  assertEquals(world.quota.used, await measureUsage(world.server));
});

/** The staging directory itself, which is ours and not counted. */
function stagingCost(world: World): number {
  return world.staged("server").length > 0 ? BLOCK : 0;
}

Deno.test("attack 17: a stream that exceeds the quota leaves nothing", TIMEOUT, async () => {
  using world = new World();
  const quota = new Quota(300_000);
  const endless = {
    read: (into: Uint8Array): Promise<number> => Promise.resolve(Math.min(into.length, 10_000)),
  };
  const log = new EventLog();
  await world.session(
    (channel) =>
      putFiles(channel, [streamSource(endless, "zeros")], {
        ifExists: "refuse",
        onEvent: log.onEvent,
      }),
    { server: { quota }, there: { capacity: 20_000 } },
  );
  assertEquals(log.outcomes(), { zeros: "quota" });
  assertEquals([quota.used, world.tree("server"), world.staged("server")], [0, {}, []]);
});

Deno.test("attacks 20, 27: 5,000 empty files in one job", { timeout: 60_000 }, async () => {
  using world = new World();
  const empty = streamSource({ read: () => Promise.resolve(null) }, "");
  const many = Array.from({ length: 5_000 }, (_, number) => ({
    ...empty,
    entry: { ...empty.entry, path: `d${number % 10}/f${number}` },
  }));
  const limits = { ...DEFAULT_LIMITS, jobFiles: 5_010 };
  const { value } = await world.session(
    (channel) => putFiles(channel, many, { ifExists: "refuse", ...new EventLog() }),
    { server: { limits } },
  );
  assertEquals(value?.published, 5_000);
  const refused = await world.session(
    (channel) => putFiles(channel, many, { ifExists: "refuse", ...new EventLog() }),
    { server: { limits: { ...limits, jobFiles: 5_009 } } },
  );
  assertEquals((refused.error as { outcome?: string }).outcome, "too-many");
});

Deno.test(
  "attack 23: a peer that does not read makes us wait, and costs no memory",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/big", content(4_000_000));
    const found = await world.find("big");
    let moved = 0;
    const cut = new AbortController();
    const onEvent = ({ kind }: { kind: string }, bytes: number): void => {
      if (kind === "moved") moved += bytes;
    };
    await world.session(
      (channel) =>
        putFiles(channel, found, {
          ifExists: "refuse",
          onEvent: (event) => onEvent(event, event.kind === "moved" ? event.bytes : 0),
        }),
      // The server's bytes stall, then so does the server, then the client: its owner's deadline ends it.
      {
        there: {
          capacity: 65_536,
          fault: { after: 500_000, kind: "stall" },
          onFault: () => cut.abort(),
        },
        cut: cut.signal,
      },
    );
    assertLessOrEqual(moved, 500_000 + 65_536 + 2 * 262_144);
  },
);
