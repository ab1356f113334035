import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { ProtocolError } from "../../../lib/codec/errors.ts";
import { getFiles, listFiles, putFiles } from "../../../lib/file/client_session.ts";
import { openSession } from "../../../lib/file/client_session.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { digest, EventLog, World } from "../../support/file_world.ts";
import { createHash } from "node:crypto";
import {
  CLIENT_HELLO,
  entry,
  hear,
  run,
  type Said,
  say,
  SERVER_HELLO,
} from "../../support/hostile_peer.ts";
import { memoryPipe } from "../../support/memory_pipe.ts";
import { walk } from "../../../lib/file/walk.ts";
import type { ExistsPolicy } from "../../../lib/codec/file_messages.ts";
import type { ServeFilesOptions } from "../../../lib/file/server_session.ts";
import names from "../../vectors/file/names.json" with { type: "json" };

const TIMEOUT = { timeout: 20_000 } as const;
const PUT = { kind: "put", ifExists: "replace", verify: false } as const;
const DONE = { kind: "done" } as const;

function end(bytes: Uint8Array): Said {
  const sha256 = new Uint8Array(createHash("sha256").update(bytes).digest());
  return { kind: "end", size: bytes.length, sha256 };
}

/** A client that puts files, and says everything at once. */
function put(
  world: World,
  said: readonly Said[],
  server: Partial<ServeFilesOptions> = {},
): ReturnType<typeof meet> {
  return meet(world, [PUT, ...said], server);
}

/** What the server answers to a client that says all this after its greeting, and how it takes it. */
async function meet(
  world: World,
  said: readonly Said[],
  server: Partial<ServeFilesOptions> = {},
): Promise<{ answers: string[]; error: unknown }> {
  const [client, stream] = memoryPipe();
  let error: unknown;
  const serving = world.serve(stream, { server }).catch((thrown) => {
    error = thrown;
  }).finally(() => stream[Symbol.dispose]());
  const hearing = hear(client);
  await say(client, CLIENT_HELLO, ...said).catch(() => {});
  await client.closeWrite();
  const heard = await hearing;
  await serving;
  const answers = heard.map((event) =>
    "outcome" in event ? `${event.kind} ${event.outcome}` : event.kind
  );
  return { answers, error };
}

Deno.test(
  "attacks 1 to 8: no bad name is created, and the others of the job are",
  TIMEOUT,
  async () => {
    const paths = names.refused.map(([, path]) => String(path)).filter((path) => path !== "")
      .filter((path) => !/^[A-Z_]+$/.test(path));
    using world = new World();
    const bytes = Uint8Array.of(1);
    const entries = [...paths, "good"].map((path) => entry(path));
    const { answers, error } = await put(world, [
      { kind: "manifest", items: entries.length, bytes: entries.length },
      ...entries,
      { kind: "file", index: paths.length, offset: 0 },
      run(bytes),
      end(bytes),
      DONE,
    ]);
    assertEquals(error, undefined);
    const refused = answers.filter((answer) => answer === "refuse bad-name");
    assertEquals(refused.length, paths.length);
    assertEquals(answers.slice(-2), ["result published", "finished"]);
    assertEquals(world.tree("server"), { good: digest(bytes) });
    assertEquals(world.tree("outside"), {});
    assertEquals(Object.keys(world.tree("")).filter((name) => !name.includes("/")).length, 3);
  },
);

Deno.test("attack 10: of names that collide the first is taken", TIMEOUT, async () => {
  const cases = names.sameName.map(([name = "", first = "", second = ""]) => ({
    name,
    first,
    second,
  }));
  for (const { name, first, second } of cases) {
    using world = new World();
    const { answers } = await put(world, [
      { kind: "manifest", items: 2, bytes: 2 },
      entry(first),
      entry(second),
      { kind: "file", index: 0, offset: 0 },
      run(1),
      end(new Uint8Array(1)),
      DONE,
    ]);
    assertEquals(
      answers.slice(1),
      ["refuse collision", "planned", "result published", "finished"],
      name,
    );
    assertEquals(Object.keys(world.tree("server")).at(-1), first, name);
  }
});

Deno.test(
  "attack 10: a directory where a file exists, and the reverse, are refused",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("server/file", "f");
    world.write("server/directory/x", "x");
    const before = world.tree("server");
    const { answers } = await put(world, [
      { kind: "manifest", items: 3, bytes: 2 },
      entry("file/below"),
      entry("directory"),
      { kind: "entry", type: "directory", mode: 0o755, mtime: 0, size: 0, path: "file" },
      DONE,
    ]);
    // "file/below" and "file" collide with each other as well.
    assertEquals(answers, [
      "hello",
      "refuse not-a-file",
      "refuse not-a-file",
      "refuse not-a-file",
      "planned",
      "finished",
    ]);
    assertEquals(world.tree("server"), before);
  },
);

Deno.test(
  "attack 10: of two trees of one name nothing of the second is mixed into the first",
  TIMEOUT,
  async () => {
    using world = new World();
    for (const name of ["a/d/one", "a/d/x", "b/d/x", "b/d/two", "b/d/deep/er", "b/dd"]) {
      for (const side of ["client", "server"]) world.write(`${side}/in/${name}`, name);
    }
    const walks = ["a/d", "b/d", "b/dd"].map((path) =>
      walk(world.client, { parts: `in/${path}`.split("/"), path: path.slice(2), limit: 100 })
    );
    const found = (await Promise.all(walks)).flat();
    const put = new EventLog();
    await world.session((channel) => putFiles(channel, found, { ifExists: "refuse", ...put }));
    const get = new EventLog();
    using destination = world.destination();
    const paths = ["in/a/d", "in/b/d", "in/b/dd"];
    const { error } = await world.session((channel) =>
      getFiles(channel, paths, destination, { ...get, limits: DEFAULT_LIMITS })
    );
    assertEquals(error, undefined);
    for (const side of ["client", "server"]) {
      const stored = Object.entries(world.tree(side)).filter(([path]) => !/^in\b/.test(path));
      assertEquals(Object.fromEntries(stored), {
        d: "/",
        "d/one": digest("a/d/one"),
        "d/x": digest("a/d/x"),
        dd: digest("b/dd"),
      }, side);
    }
    for (const { events } of [put, get]) {
      const collisions = events.flatMap((event) =>
        event.kind === "result" && event.outcome === "collision" ? [event.path] : []
      );
      assertEquals(collisions, ["d", "d/deep", "d/deep/er", "d/two", "d/x"]);
    }
  },
);

const ONE: readonly Said[] = [{ kind: "manifest", items: 1, bytes: 5 }, entry("a", 5)];
const FILE = { kind: "file", index: 0, offset: 0 } as const;
const SHA = new Uint8Array(32);

const BREACHES: [attack: number, name: string, said: readonly Said[], problem: string][] = [
  [17, "more bytes than announced", [...ONE, FILE, run(6)], "more than 5 bytes"],
  [
    17,
    "fewer bytes than announced",
    [...ONE, FILE, run(4), end(new Uint8Array(4))],
    "4 bytes came",
  ],
  [17, "a trailer that lies about the size", [...ONE, FILE, run(5), {
    kind: "end",
    size: 6,
    sha256: SHA,
  }], "5 bytes came, not 6"],
  [
    17,
    "a sum that is not the sum",
    [{ kind: "manifest", items: 1, bytes: 4 }, entry("a", 5)],
    "4 bytes are 5",
  ],
  [17, "a sum beyond 2^53", [
    { kind: "manifest", items: 2, bytes: 0 },
    entry("a", Number.MAX_SAFE_INTEGER),
    entry("b", Number.MAX_SAFE_INTEGER),
  ], "are 18014398509481982"],
  [17, "a directory with a size", [{ kind: "manifest", items: 1, bytes: 5 }, {
    kind: "entry",
    type: "directory",
    mode: 0,
    mtime: 0,
    size: 5,
    path: "d",
  }], "a directory of 5 bytes"],
  [18, "content without a file", [...ONE, run(5)], '"content" where "file" or "skip"'],
  [18, "the end without a file", [...ONE, end(SHA)], '"end" where "file" or "skip"'],
  [18, "a file within a file", [...ONE, FILE, FILE], '"file" where "end" or "abort"'],
  [18, "done within a file", [...ONE, FILE, DONE], "has not sent all files"],
  [18, "done before all files", [...ONE, DONE], "has not sent all files"],
  [
    18,
    "a file too many",
    [...ONE, FILE, run(5), end(new Uint8Array(5)), { ...FILE, index: 1 }],
    "entry 1, not at the end",
  ],
  [
    18,
    "a message of the other side",
    [...ONE, { kind: "planned" }],
    '"planned" where "file" or "skip"',
  ],
  [
    18,
    "that it skips what is stored",
    [...ONE, { kind: "skip", index: 0, outcome: "published" }],
    '"skip" with the outcome "published"',
  ],
  [
    18,
    "that nothing is unchanged",
    [...ONE, { kind: "skip", index: 0, outcome: "unchanged" }],
    '"skip" with the outcome "unchanged"',
  ],
  [
    18,
    "that it gives up what is stored",
    [...ONE, FILE, { kind: "abort", outcome: "skipped" }],
    '"abort" with the outcome "skipped"',
  ],
  [
    18,
    "that it leaves out what is stored",
    [{ kind: "manifest", items: 1, bytes: 0 }, {
      kind: "omitted",
      outcome: "published",
      path: "a",
    }],
    '"omitted" with the outcome "published"',
  ],
  [18, "a second greeting", [CLIENT_HELLO], '"hello" where "manifest"'],
  [18, "an unknown type", [Uint8Array.of(0x7f, 0, 0, 0, 0, 0)], "unknown type 0x7f"],
  [18, "garbage", [new Uint8Array(100).fill(0x20)], "Cannot accept a frame"],
  [
    19,
    "the same file again",
    [...ONE, FILE, run(5), end(new Uint8Array(5)), FILE],
    "entry 0, not at the end",
  ],
  [19, "another file first", [
    { kind: "manifest", items: 2, bytes: 2 },
    entry("a"),
    entry("b"),
    { ...FILE, index: 1 },
  ], "entry 1, not at 0"],
  [19, "an offset that was not offered", [...ONE, { ...FILE, offset: 3 }], "no content ends at 3"],
  [19, "an offset beyond the size", [...ONE, { ...FILE, offset: 6 }], "no content ends at 6"],
  [
    19,
    "an index beyond the manifest",
    [...ONE, { ...FILE, index: 0xffff_ffff }],
    "entry 4294967295",
  ],
  [20, "fewer entries than announced", [
    { kind: "manifest", items: 2, bytes: 5 },
    entry("a", 5),
    FILE,
  ], '"file" where "entry"'],
  [
    20,
    "a billion files",
    [{ kind: "manifest", items: 1e9, bytes: 0 }],
    "1000000000 files, at most",
  ],
];

Deno.test(
  "attacks 17 to 20: every breach ends the conversation and leaves nothing",
  TIMEOUT,
  async () => {
    for (const [attack, name, said, problem] of BREACHES) {
      using world = new World();
      world.write("server/old", "old");
      const { answers, error } = await put(world, said);
      const label = `attack ${attack}: ${name}`;
      assertInstanceOf(error, ProtocolError, label);
      assertStringIncludes(error.message, problem, label);
      assert(answers.at(-1)?.startsWith("error "), `${label}: the peer is told, not ${answers}`);
      const { a: published, ...rest } = world.tree("server");
      assertEquals(rest, { old: digest("old") }, label);
      // Only a file that was complete before the breach may have its name.
      assertEquals(published, published && digest(new Uint8Array(5)), label);
      assertEquals(world.staged("server"), [], label);
      assertEquals(world.quota.used, published === undefined ? 0 : 4096, label);
    }
  },
);

Deno.test(
  "attack 17: a wrong digest is 'corrupt', and the next file is taken",
  TIMEOUT,
  async () => {
    using world = new World();
    const { answers } = await put(world, [
      { kind: "manifest", items: 2, bytes: 2 },
      entry("a"),
      entry("b"),
      FILE,
      run(1),
      { kind: "end", size: 1, sha256: SHA },
      { ...FILE, index: 1 },
      run(1),
      end(new Uint8Array(1)),
      DONE,
    ]);
    assertEquals(answers.slice(2), ["result corrupt", "result published", "finished"]);
    assertEquals(Object.keys(world.tree("server")), ["b"]);
  },
);

Deno.test("attacks 20, 25: limits are refusals before data moves", TIMEOUT, async () => {
  using world = new World();
  const limits = { ...DEFAULT_LIMITS, jobFiles: 4, jobNames: 500, jobBytes: 1000, fileBytes: 100 };
  const cases: [string, readonly Said[], string[]][] = [
    ["files", [{ kind: "manifest", items: 5, bytes: 0 }], ["error too-many"]],
    ["bytes", [{ kind: "manifest", items: 1, bytes: 1001 }], ["error too-many"]],
    ["names", [
      { kind: "manifest", items: 3, bytes: 3 },
      ...["a", "b", "c"].map((letter) => entry(letter.repeat(200))),
    ], ["error too-many"]],
    ["directories on the way", [
      { kind: "manifest", items: 1, bytes: 1 },
      entry("1/2/3/4/5"),
    ], ["error too-many"]],
    ["size of one file", [
      { kind: "manifest", items: 2, bytes: 102 },
      entry("a", 101),
      entry("b", 1),
      {
        kind: "file",
        index: 1,
        offset: 0,
      },
      run(1),
      end(new Uint8Array(1)),
      DONE,
    ], ["refuse too-large", "planned", "result published", "finished"]],
  ];
  for (const [name, said, expected] of cases) {
    const { answers } = await put(world, said, { limits });
    assertEquals(answers.slice(1), expected, name);
  }
});

Deno.test("attack 17: a stream that goes beyond the largest file is stopped", TIMEOUT, async () => {
  using world = new World();
  const limits = { ...DEFAULT_LIMITS, fileBytes: 1000 };
  const { answers } = await put(world, [
    { kind: "manifest", items: 1, bytes: 0 },
    { kind: "entry", type: "stream", mode: 0o600, mtime: 0, size: 0, path: "s" },
    FILE,
    run(600),
    run(600),
    run(600),
    { kind: "abort", outcome: "stopping" },
    DONE,
  ], { limits });
  assertEquals(answers.slice(1), ["planned", "result too-large", "finished"]);
  assertEquals([world.tree("server"), world.staged("server")], [{}, []]);
});

Deno.test("attack 29: a write-only server says nothing of what a file holds", TIMEOUT, async () => {
  const answersOf = async (ifExists: ExistsPolicy, size: number): Promise<string[]> => {
    using world = new World();
    world.write("server/pin", "1234");
    const put = { kind: "put", ifExists, verify: false } as const;
    const said: Said[] = [{ kind: "manifest", items: 1, bytes: size }, entry("pin", size)];
    const { answers } = await meet(world, [put, ...said], { access: "write-only" });
    assertEquals(world.read("server/pin"), "1234");
    return answers.slice(1);
  };
  for (const size of [4, 5]) {
    assertEquals(await answersOf("refuse", size), ["refuse taken", "planned"]);
    assertEquals(await answersOf("skip", size), ["refuse skipped", "planned"]);
    assertEquals(await answersOf("replace", size), ["planned"]);
    assertEquals(await answersOf("rename", size), ["planned"]);
  }
});

Deno.test("attack 20: a list whose names are too long together is refused", TIMEOUT, async () => {
  const limits = { ...DEFAULT_LIMITS, jobNames: 500 };
  const cases: [lengths: number[], result: string][] = [
    [[200, 200, 100], "3 items"],
    [[200, 200, 101], "Cannot list 501 characters of names: at most 500"],
    [[600], "Cannot list 600 characters of names: at most 500"],
  ];
  for (const [lengths, expected] of cases) {
    const [client, server] = memoryPipe();
    const hearing = hear(server);
    const asking = openSession(client, { onEvent: () => {} }).then((channel) =>
      listFiles(channel, { path: "", recursive: true, limits })
    ).then((list) => `${list.length} items`, (error) => error.message)
      .finally(() => client[Symbol.dispose]());
    const items = lengths.map((length) => entry("n".repeat(length)));
    await say(server, SERVER_HELLO, {
      kind: "manifest",
      items: items.length,
      bytes: items.length,
    }, ...items);
    assertEquals(await asking, expected);
    await hearing;
  }
});

Deno.test("attack 17: streams and files of a job share its limit", TIMEOUT, async () => {
  using world = new World();
  const limits = { ...DEFAULT_LIMITS, jobBytes: 1000 };
  const stream = { kind: "entry", type: "stream", mode: 0o600, mtime: 0, size: 0 } as const;
  const whole = new Uint8Array(400);
  const { answers } = await put(world, [
    { kind: "manifest", items: 4, bytes: 400 },
    entry("a", 400),
    { ...stream, path: "b" },
    { ...stream, path: "c" },
    { ...stream, path: "d" },
    FILE,
    run(whole),
    end(whole),
    { ...FILE, index: 1 },
    run(whole),
    end(whole),
    { ...FILE, index: 2 },
    run(201),
    { kind: "abort", outcome: "stopping" },
    { ...FILE, index: 3 },
    run(200),
    end(new Uint8Array(200)),
    DONE,
  ], { limits });
  assertEquals(answers.slice(1).sort(), [
    "finished",
    "planned",
    "result published",
    "result published",
    "result published",
    "result too-many",
  ]);
  assertEquals(Object.keys(world.tree("server")), ["a", "b", "d"]);
  assertEquals(world.staged("server"), []);
});

Deno.test("attack 11: a get takes what it asked for, and nothing else", TIMEOUT, async () => {
  const cases: [string, readonly Said[], string][] = [
    ["another name", [{ kind: "manifest", items: 1, bytes: 1 }, entry(".bashrc")], "nobody asked"],
    [
      "a name beside",
      [{ kind: "manifest", items: 1, bytes: 1 }, entry("photos-evil/x")],
      "nobody asked",
    ],
    ["one file more", [
      { kind: "manifest", items: 2, bytes: 2 },
      entry("photos/a"),
      entry("b"),
    ], "nobody asked"],
    ["something beside that it leaves out", [
      { kind: "manifest", items: 1, bytes: 0 },
      { kind: "omitted", outcome: "missing", path: "b" },
    ], "nobody asked"],
    ["only what is below a name", [
      { kind: "manifest", items: 2, bytes: 2 },
      entry("photos/a"),
      entry("c.txt"),
    ], 'nothing about "photos"'],
    ["one of two paths that end alike", [
      { kind: "manifest", items: 2, bytes: 1 },
      entry("c.txt"),
      { kind: "omitted", outcome: "missing", path: "photos" },
    ], 'nothing about "c.txt"'],
  ];
  for (const [name, said, problem] of cases) {
    using world = new World();
    using destination = world.destination();
    const [client, server] = memoryPipe();
    const hearing = hear(server);
    const asking = openSession(client, { onEvent: () => {} }).then((channel) =>
      getFiles(channel, ["photos", "a/b/c.txt", "c.txt"], destination, {
        ...new EventLog(),
        limits: DEFAULT_LIMITS,
      })
    ).then(() => undefined, (error) => error).finally(() => client[Symbol.dispose]());
    await say(server, SERVER_HELLO, ...said);
    const error = await asking;
    assertInstanceOf(error, ProtocolError, name);
    assertStringIncludes(error.message, problem, name);
    assertEquals(world.tree("client"), {}, name);
    await hearing;
  }
});
