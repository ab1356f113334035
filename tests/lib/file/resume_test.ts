import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import { getFiles, putFiles } from "../../../lib/file/client_session.ts";
import { MIN_KEPT_BYTES } from "../../../lib/file/disk_destination.ts";
import type { FileLayer } from "../../../lib/file/file_layer.ts";
import { storedBytes } from "../../../lib/file/quota.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import type { TransferEvent } from "../../../lib/file/events.ts";
import type { Summary } from "../../../lib/file/summary.ts";
import { TransferError } from "../../../lib/file/transfer_error.ts";
import { STAGING_DIRECTORY } from "../../../lib/codec/file_names.ts";
import { systemError } from "../../support/faulty_files.ts";
import { withCalls } from "../../support/odd_files.ts";
import { content, digest, EventLog, type SessionOptions, World } from "../../support/file_world.ts";

const TIMEOUT = { timeout: 20_000 } as const;
const limits = DEFAULT_LIMITS;
const SIZE = 2_000_000;
const CUT = 1_200_000;

async function put(world: World, options: SessionOptions = {}, log = new EventLog()): Promise<{
  summary: Summary | undefined;
  error: unknown;
}> {
  const found = await world.find("big");
  const { value, error } = await world.session(
    (channel) => putFiles(channel, found, { ifExists: "refuse", onEvent: log.onEvent }),
    options,
  );
  return { summary: value, error };
}

async function get(world: World, options: SessionOptions = {}): Promise<Summary | undefined> {
  using destination = world.destination();
  const { value } = await world.session(
    (channel) => getFiles(channel, ["big"], destination, { ...new EventLog(), limits }),
    options,
  );
  return value;
}

Deno.test(
  "an interrupted put goes on where it was, an interrupted get as well",
  TIMEOUT,
  async () => {
    for (const direction of ["put", "get"] as const) {
      using world = new World();
      const [from, to] = direction === "put"
        ? ["client", "server"] as const
        : ["server", "client"] as const;
      world.write(`${from}/big`, content(SIZE));
      const cut = { fault: { after: CUT, kind: "reset" } } as const;
      if (direction === "put") await put(world, { there: cut });
      else await get(world, { back: cut });
      assertEquals(world.tree(to), {}, "nothing has the final name");
      const kept = world.staged(to)[0]?.size ?? 0;
      assertLess(CUT - kept, MIN_KEPT_BYTES + 1, direction);
      const summary = direction === "put" ? (await put(world)).summary : await get(world);
      assertEquals(world.tree(to), { big: digest(content(SIZE)) }, direction);
      assertEquals(summary?.movedBytes, SIZE - kept, direction);
      assertEquals([summary?.resumed, summary?.resumedBytes], [1, kept], direction);
      assertEquals(world.staged(to), [], direction);
    }
  },
);

Deno.test(
  "a server that stops during a get says so, and the next get goes on",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("server/big", content(SIZE));
    const stop = new AbortController();
    const there = new EventLog();
    const here = new EventLog();
    const onServerEvent = (event: TransferEvent): void => {
      there.onEvent(event);
      if (event.kind === "moved") stop.abort(new TransferError("stopping"));
    };
    {
      using destination = world.destination();
      const { error } = await world.session(
        (channel) => getFiles(channel, ["big"], destination, { ...here, limits }),
        { onServerEvent, server: { signal: stop.signal } },
      );
      assertInstanceOf(error, TransferError);
      assertEquals([error.outcome, error.fromPeer], ["stopping", true]);
    }
    assertEquals([there.outcomes(), here.outcomes()], [{}, {}], "nothing is wrong with the file");
    const kept = world.staged("client")[0]?.size ?? 0;
    assertGreater(kept, 0);
    const summary = await get(world);
    assertEquals(world.tree("client"), { big: digest(content(SIZE)) });
    assertEquals([summary?.resumed, summary?.resumedBytes], [1, kept]);
  },
);

Deno.test("what was tampered with starts over and is never mixed", TIMEOUT, async () => {
  for (const [from, to] of [["client", "server"], ["server", "client"]] as const) {
    using world = new World();
    world.write(`${from}/big`, content(SIZE));
    const cut = { fault: { after: CUT, kind: "reset" } } as const;
    if (to === "server") await put(world, { there: cut });
    else await get(world, { back: cut });
    const [kept] = world.staged(to);
    assert(kept !== undefined);
    const path = world.path(`${to}/${STAGING_DIRECTORY}/${kept.name}`);
    using file = Deno.openSync(path, { write: true });
    file.seekSync(1000, Deno.SeekMode.Start);
    file.writeSync(Uint8Array.of(1, 2, 3));
    const summary = to === "server" ? (await put(world)).summary : await get(world);
    assertEquals(world.tree(to), { big: digest(content(SIZE)) });
    assertEquals([summary?.movedBytes, summary?.resumed], [SIZE, 0], `at the ${to}`);
    assertEquals(world.staged(to), []);
  }
});

Deno.test(
  "another file of that name, size or time is not offered the partial one",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/big", content(SIZE));
    await put(world, { there: { fault: { after: CUT, kind: "reset" } } });
    world.write("client/big", content(SIZE, 2));
    Deno.utimeSync(world.path("client/big"), 1000, 1000);
    const { summary } = await put(world);
    assertEquals(world.tree("server"), { big: digest(content(SIZE, 2)) });
    assertEquals(summary?.movedBytes, SIZE);
    assertEquals(world.staged("server").length, 1, "the other one stays until it is pruned");
  },
);

Deno.test("the same size and time with other content starts over", TIMEOUT, async () => {
  using world = new World();
  world.write("client/big", content(SIZE));
  Deno.utimeSync(world.path("client/big"), 1000, 1000);
  await put(world, { there: { fault: { after: CUT, kind: "reset" } } });
  world.write("client/big", content(SIZE, 2));
  Deno.utimeSync(world.path("client/big"), 1000, 1000);
  const { summary } = await put(world);
  assertEquals(world.tree("server"), { big: digest(content(SIZE, 2)) });
  assertEquals(summary?.movedBytes, SIZE);
  assertEquals(world.staged("server"), []);
});

Deno.test("a complete partial file needs no byte more", TIMEOUT, async () => {
  using world = new World();
  world.write("client/big", content(SIZE));
  // Everything arrives but the last message, which says that the content is complete.
  const { error } = await put(world, { there: { fault: { after: SIZE + 210, kind: "reset" } } });
  assert(error !== undefined);
  assertEquals(world.staged("server")[0]?.size, SIZE);
  const { summary } = await put(world);
  assertEquals([summary?.movedBytes, summary?.resumedBytes], [0, SIZE]);
  assertEquals(world.tree("server"), { big: digest(content(SIZE)) });
});

Deno.test(
  "attack 35: a crash between publishing and tidying up does no harm",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/big", content(SIZE));
    await put(world, { there: { fault: { after: CUT, kind: "reset" } } });
    const [kept] = world.staged("server");
    assert(kept !== undefined);
    const staged = world.path(`server/${STAGING_DIRECTORY}/${kept.name}`);
    // As if the file had been complete, got its name, and the process died before it removed the other.
    world.write("server/big", content(SIZE));
    Deno.removeSync(staged);
    Deno.linkSync(world.path("server/big"), staged);
    const { summary } = await put(world);
    assertEquals([summary?.unchanged, summary?.movedBytes], [1, 0]);
    assertEquals(world.tree("server"), { big: digest(content(SIZE)) });
    assertEquals(world.staged("server"), []);
  },
);

Deno.test("attack 22: a verified file that cannot get its name is kept", TIMEOUT, async () => {
  const cases = [
    ["linkSync", "ENOSPC", "disk-full"],
    ["linkSync", "EACCES", "no-access"],
    ["renameSync", "EIO", "disk-error"],
  ] as const;
  for (const [call, code, outcome] of cases) {
    const fail = (): never => {
      throw systemError(code);
    };
    const job = { ifExists: call === "linkSync" ? "refuse" : "replace" } as const;
    const calls: Partial<FileLayer> = { [call]: fail };
    using world = new World(withCalls(calls));
    world.write("client/big", content(SIZE));
    Deno.chmodSync(world.path("client/big"), 0o444);
    const found = await world.find("big");
    const moved: (number | undefined)[] = [];
    const again = async (): Promise<Record<string, string>> => {
      const log = new EventLog();
      const { value } = await world.session((channel) =>
        putFiles(channel, found, { ...job, onEvent: log.onEvent })
      );
      moved.push(value?.movedBytes);
      return log.outcomes();
    };
    assertEquals(await again(), { big: outcome });
    assertEquals(await again(), { big: outcome });
    const [kept] = world.staged("server");
    assertEquals(kept?.size, SIZE);
    const { mode } = Deno.lstatSync(world.path(`server/${STAGING_DIRECTORY}/${kept?.name}`));
    assertEquals((mode ?? 0) & 0o777, 0o644, "its owner can go on with it");
    assertEquals(world.quota.used, storedBytes(SIZE));
    Reflect.deleteProperty(calls, call);
    assertEquals(await again(), { big: "published" });
    assertEquals(moved, [SIZE, 0, 0], call);
    assertEquals(world.tree("server"), { big: digest(content(SIZE)) });
    assertEquals(world.quota.used, storedBytes(SIZE));
  }
});

Deno.test(
  "replacing goes on as well, and the old content stays until the end",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/big", content(SIZE));
    world.write("server/big", content(SIZE, 3));
    const replace = async (options: SessionOptions): Promise<Summary | undefined> => {
      const found = await world.find("big");
      const job = { ifExists: "replace", ...new EventLog() } as const;
      return (await world.session((channel) => putFiles(channel, found, job), options)).value;
    };
    await replace({ there: { fault: { after: CUT, kind: "reset" } } });
    assertEquals(world.tree("server"), { big: digest(content(SIZE, 3)) });
    const summary = await replace({});
    assertEquals(world.tree("server"), { big: digest(content(SIZE)) });
    assertLess(summary?.movedBytes ?? SIZE, SIZE - CUT + MIN_KEPT_BYTES);
  },
);

Deno.test("what is too small to be worth it is not kept", TIMEOUT, async () => {
  using world = new World();
  world.write("client/big", content(SIZE));
  await put(world, { there: { fault: { after: 200_000, kind: "reset" } } });
  assertEquals(world.staged("server"), []);
  assertEquals(world.quota.used, 0);
});

Deno.test(
  "checking what is there is reported while it goes on, on both sides",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/big", content(SIZE));
    await put(world, { there: { fault: { after: CUT, kind: "reset" } } });
    const kept = world.staged("server")[0]?.size ?? 0;
    const [client, server] = [new EventLog(), new EventLog()];
    await put(world, { onServerEvent: server.onEvent }, client);
    for (const { events } of [client, server]) {
      const checked = events.flatMap((event) => event.kind === "checked" ? [event.bytes] : []);
      assertEquals(checked.reduce((sum, bytes) => sum + bytes, 0), kept);
      assertLessOrEqual(Math.max(...checked), 256 * 1024);
      const start = events.find((event) => event.kind === "start");
      assertEquals(start?.kind === "start" ? start.offset : undefined, kept);
    }
  },
);
