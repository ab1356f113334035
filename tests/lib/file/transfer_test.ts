import { assertEquals, assertInstanceOf } from "@std/assert";
import { getFiles, listFiles, putFiles, verifyFiles } from "../../../lib/file/client_session.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { streamSource } from "../../../lib/file/source.ts";
import { StreamDestination } from "../../../lib/file/stream_destination.ts";
import { TransferError } from "../../../lib/file/transfer_error.ts";
import type { ExistsPolicy } from "../../../lib/codec/file_messages.ts";
import { content, digest, EventLog, World } from "../../support/file_world.ts";

const TIMEOUT = { timeout: 20_000 } as const;
const limits = DEFAULT_LIMITS;

/** Files of all kinds under `SIDE/photos` and `SIDE/big`. */
function fill(world: World, side: string): void {
  world.write(`${side}/photos/a.txt`, "hello");
  world.write(`${side}/photos/zero`, "");
  world.write(`${side}/photos/Übung/deep/1 2.bin`, content(1000));
  Deno.mkdirSync(world.path(`${side}/photos/empty`));
  world.write(`${side}/big`, content(1_000_000));
}

Deno.test("put stores files, empty ones and empty directories", TIMEOUT, async () => {
  using world = new World();
  fill(world, "client");
  const log = new EventLog();
  const found = await world.find("photos", "big");
  const { value } = await world.session((channel) =>
    putFiles(channel, found, { ifExists: "refuse", onEvent: log.onEvent })
  );
  assertEquals(world.tree("server"), world.tree("client"));
  assertEquals(world.staged("server"), []);
  assertEquals(value?.published, 4);
  assertEquals(value?.movedBytes, 1_001_005);
  assertEquals(value?.publishedBytes, 1_001_005);
  assertEquals(new Set(Object.values(log.outcomes())), new Set(["published"]));
});

Deno.test("get stores files, each path under its last part", TIMEOUT, async () => {
  using world = new World();
  fill(world, "server");
  using destination = world.destination();
  const log = new EventLog();
  const { value } = await world.session((channel) =>
    getFiles(channel, ["photos/Übung", "big", "nothing"], destination, { ...log, limits })
  );
  assertEquals(world.tree("client"), {
    big: digest(content(1_000_000)),
    "Übung": "/",
    "Übung/deep": "/",
    "Übung/deep/1 2.bin": digest(content(1000)),
  });
  assertEquals(log.outcomes()["nothing"], "omitted: missing");
  assertEquals([value?.published, value?.omitted, value?.refused], [2, 1, 0]);
});

Deno.test("get of everything arrives under its own names", TIMEOUT, async () => {
  using world = new World();
  fill(world, "server");
  using destination = world.destination();
  await world.session((channel) =>
    getFiles(channel, [""], destination, { ...new EventLog(), limits })
  );
  assertEquals(world.tree("client"), world.tree("server"));
});

Deno.test("modes and times are kept, of directories as well", TIMEOUT, async () => {
  using world = new World();
  fill(world, "client");
  const time = new Date("2020-02-03T04:05:06.789Z");
  for (const [name, mode] of [["a.txt", 0o640], ["zero", 0o400], ["empty", 0o755], ["", 0o710]]) {
    Deno.chmodSync(world.path(`client/photos/${name}`), Number(mode));
    Deno.utimeSync(world.path(`client/photos/${name}`), time, time);
  }
  const found = await world.find("photos");
  await world.session((channel) =>
    putFiles(channel, found, { ifExists: "refuse", ...new EventLog() })
  );
  for (const [name, mode] of [["a.txt", 0o640], ["zero", 0o400], ["empty", 0o755], ["", 0o710]]) {
    const facts = Deno.statSync(world.path(`server/photos/${name}`));
    assertEquals((facts.mode ?? 0) & 0o7777, Number(mode), String(name));
    assertEquals(facts.mtime, time, String(name));
  }
});

Deno.test("a second put of the same files moves nothing", TIMEOUT, async () => {
  using world = new World();
  fill(world, "client");
  const found = await world.find("photos", "big");
  const { value } = await world.session(async (channel) => {
    await putFiles(channel, found, { ifExists: "refuse", ...new EventLog() });
    return await putFiles(channel, found, { ifExists: "refuse", ...new EventLog() });
  });
  assertEquals([value?.unchanged, value?.published, value?.movedBytes], [4, 0, 0]);
});

Deno.test("each policy does with an existing name what it says", TIMEOUT, async () => {
  const cases: [ExistsPolicy, Record<string, string>, Record<string, string>][] = [
    ["refuse", { "a.b.txt": "different", c: "published", same: "unchanged", size: "different" }, {
      "a.b.txt": "old",
      c: "new",
      same: "same",
      size: "other size",
    }],
    ["replace", { "a.b.txt": "published", c: "published", same: "unchanged", size: "published" }, {
      "a.b.txt": "new",
      c: "new",
      same: "same",
      size: "sizes",
    }],
    ["rename", { "a.b.txt": "a.b (2).txt", c: "published", same: "unchanged", size: "size (2)" }, {
      "a.b.txt": "old",
      "a.b (2).txt": "new",
      c: "new",
      same: "same",
      size: "other size",
      "size (2)": "sizes",
    }],
    ["skip", { "a.b.txt": "skipped", c: "published", same: "skipped", size: "skipped" }, {
      "a.b.txt": "old",
      c: "new",
      same: "same",
      size: "other size",
    }],
  ];
  for (const [ifExists, outcomes, files] of cases) {
    using world = new World();
    world.write("server/a.b.txt", "old");
    world.write("server/same", "same");
    world.write("server/size", "other size");
    world.write("client/a.b.txt", "new");
    world.write("client/c", "new");
    world.write("client/same", "same");
    world.write("client/size", "sizes");
    const log = new EventLog();
    const found = await world.find("a.b.txt", "c", "same", "size");
    await world.session((channel) => putFiles(channel, found, { ifExists, onEvent: log.onEvent }));
    assertEquals(log.outcomes(), outcomes, ifExists);
    const expected = Object.entries(files).map(([name, text]) => [name, digest(text)]);
    assertEquals(world.tree("server"), Object.fromEntries(expected.sort()), ifExists);
    assertEquals(world.staged("server"), [], ifExists);
  }
});

Deno.test("verify compares and touches nothing", TIMEOUT, async () => {
  using world = new World();
  fill(world, "client");
  fill(world, "server");
  world.write("server/photos/a.txt", "hallo");
  world.write("server/big", content(1_000_001));
  Deno.removeSync(world.path("server/photos/zero"));
  Deno.removeSync(world.path("server/photos/empty"));
  const before = world.tree("server");
  const log = new EventLog();
  const found = await world.find("photos", "big");
  for (const access of ["read-write", "read-only"] as const) {
    const { error } = await world.session(
      (channel) => verifyFiles(channel, found, { onEvent: log.onEvent }),
      { server: { access } },
    );
    assertEquals(error, undefined);
    assertEquals(log.outcomes(), {
      big: "different",
      photos: "unchanged",
      "photos/a.txt": "different",
      "photos/empty": "missing",
      "photos/zero": "missing",
      "photos/Übung": "unchanged",
      "photos/Übung/deep": "unchanged",
      "photos/Übung/deep/1 2.bin": "unchanged",
    });
  }
  assertEquals(world.tree("server"), before);
});

Deno.test("list says what there is, flat or deep", TIMEOUT, async () => {
  using world = new World();
  fill(world, "server");
  const list = (path: string, recursive: boolean): Promise<unknown> =>
    world.session((channel) => listFiles(channel, { path, recursive, limits })).then(({ value }) =>
      value?.map((item) => "size" in item ? `${item.path} ${item.size}` : item.outcome)
    );
  assertEquals(await list("", false), ["big 1000000", "photos 0"]);
  assertEquals(await list("photos", false), [
    "photos 0",
    "photos/a.txt 5",
    "photos/empty 0",
    "photos/zero 0",
    "photos/Übung 0",
  ]);
  assertEquals((await list("", true) as unknown[]).length, 8);
  assertEquals(await list("big", true), ["big 1000000"]);
  assertEquals(await list("no", true), ["missing"]);
});

Deno.test("a stream without a size becomes a file", TIMEOUT, async () => {
  using world = new World();
  const bytes = content(700_000);
  let at = 0;
  const reader = {
    read: (into: Uint8Array): Promise<number | null> => {
      const piece = bytes.subarray(at, at + Math.min(into.length, 1000));
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length === 0 ? null : piece.length);
    },
  };
  const log = new EventLog();
  await world.session((channel) =>
    putFiles(channel, [streamSource(reader, "in.bin")], { ifExists: "refuse", ...log })
  );
  assertEquals(world.tree("server"), { "in.bin": digest(bytes) });
  assertEquals(log.outcomes(), { "in.bin": "published" });
});

Deno.test(
  "a stream that is refused while it pauses ends the job, not when it goes on",
  TIMEOUT,
  async () => {
    using world = new World();
    let given = false;
    const source = streamSource({
      // Too much at once, and then nothing for ever.
      read: (into) => {
        if (given) return new Promise(() => {});
        given = true;
        into.fill(1);
        return Promise.resolve(into.length);
      },
    }, "endless");
    const log = new EventLog();
    const { error } = await world.session(
      (channel) => putFiles(channel, [source], { ifExists: "refuse", ...log }),
      { server: { limits: { ...limits, fileBytes: 1000 } } },
    );
    assertEquals(error, undefined);
    assertEquals(log.outcomes(), { endless: "too-large" });
    assertEquals(world.staged("server"), []);
  },
);

Deno.test("a server that stops says so while a stream pauses", TIMEOUT, async () => {
  using world = new World();
  const stop = new AbortController();
  const source = streamSource({ read: () => new Promise(() => {}) }, "endless");
  const log = new EventLog();
  const { error, serverError } = await world.session(
    (channel) => putFiles(channel, [source], { ifExists: "refuse", ...log }),
    {
      server: { signal: stop.signal },
      onServerEvent: ({ kind }) =>
        kind === "peer-busy" && stop.abort(new TransferError("stopping", "The server stopped")),
    },
  );
  assertInstanceOf(error, TransferError);
  assertEquals([error.outcome, error.fromPeer], ["stopping", true]);
  assertEquals(log.outcomes(), {}, "it is said once");
  assertInstanceOf(serverError, TransferError);
  assertEquals(world.staged("server"), []);
});

Deno.test("a server that stops says so while a client of a get compares", TIMEOUT, async () => {
  for (
    const begun of [[], [{
      kind: "check",
      index: 0,
      partial: false,
      final: true,
      size: 3,
    }]] as const
  ) {
    using world = new World();
    world.write("server/a", "abc");
    const stop = new AbortController();
    const { error } = await world.session(
      async (channel) => {
        await channel.send({ kind: "get", paths: 1 });
        await channel.send({ kind: "want", path: "a" });
        for (const message of begun) await channel.send(message);
        await channel.send({ kind: "busy", phase: "checking", done: 0, total: 3 });
        await channel.flush();
        await channel.expect("manifest");
        await channel.expect("entry");
        await channel.receive();
      },
      {
        server: { signal: stop.signal },
        onServerEvent: ({ kind }) =>
          kind === "peer-busy" && stop.abort(new TransferError("stopping")),
      },
    );
    assertInstanceOf(error, TransferError);
    assertEquals([error.outcome, error.fromPeer], ["stopping", true]);
  }
});

Deno.test("a server hears that whoever takes the content of a get pauses", TIMEOUT, async () => {
  using world = new World();
  world.write("server/a", content(300_000));
  const heard = Promise.withResolvers<void>();
  const write = ({ length }: Uint8Array): Promise<number> => heard.promise.then(() => length);
  using destination = new StreamDestination({ write });
  const log = new EventLog();
  const { error } = await world.session(
    (channel) => getFiles(channel, ["a"], destination, { ...log, limits }),
    { onServerEvent: ({ kind }) => kind === "peer-busy" && heard.resolve() },
  );
  assertEquals([error, log.outcomes()], [undefined, { a: "published" }]);
});

Deno.test(
  "one file can be passed on as it comes, or stored under another name",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("server/a/report.pdf", content(600_000));
    const pieces: Uint8Array[] = [];
    const writer = {
      write: (bytes: Uint8Array): Promise<number> => {
        pieces.push(bytes.slice(0, 1000));
        return Promise.resolve(Math.min(1000, bytes.length));
      },
    };
    const renamed = (path: string): string => path === "report.pdf" ? "mine.pdf" : path;
    using stored = world.destination();
    const { value } = await world.session(async (channel) => {
      using stream = new StreamDestination(writer);
      await getFiles(channel, ["a/report.pdf"], stored, { ...new EventLog(), limits, renamed });
      return await getFiles(channel, ["a/report.pdf"], stream, { ...new EventLog(), limits });
    });
    assertEquals(value?.published, 1);
    assertEquals(
      new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()),
      content(600_000),
    );
    assertEquals(world.tree("client"), { "mine.pdf": digest(content(600_000)) });
  },
);

Deno.test("a server that only reads or only writes refuses the rest", TIMEOUT, async () => {
  using world = new World();
  fill(world, "client");
  world.write("server/x", "x");
  const found = await world.find("big");
  using destination = world.destination();
  const options = { ...new EventLog(), limits };
  const jobs = {
    "read-only": [
      (channel: Parameters<typeof putFiles>[0]) =>
        putFiles(channel, found, { ifExists: "refuse", ...options }),
    ],
    "write-only": [
      (channel: Parameters<typeof putFiles>[0]) => getFiles(channel, ["x"], destination, options),
      (channel: Parameters<typeof putFiles>[0]) => verifyFiles(channel, found, options),
      (channel: Parameters<typeof putFiles>[0]) =>
        listFiles(channel, { path: "", recursive: false, limits }),
    ],
  } as const;
  for (const access of ["read-only", "write-only"] as const) {
    for (const job of jobs[access]) {
      const { error } = await world.session<unknown>(job, { server: { access } });
      assertInstanceOf(error, TransferError);
      assertEquals([error.outcome, error.fromPeer], ["not-allowed", true]);
    }
  }
  assertEquals(world.tree("server"), { x: digest("x") });
});
