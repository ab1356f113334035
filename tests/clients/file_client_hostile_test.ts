import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { concatBytes } from "../../lib/codec/bytes.ts";
import { encodeFileMessage } from "../../lib/codec/file_message.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { FileDesk } from "../support/file_desk.ts";
import { entry, hear, run, type Said, say, SERVER_HELLO } from "../support/hostile_peer.ts";
import { Peer, readAll } from "../support/peer.ts";
import type { Ended } from "../support/process.ts";

const TIMEOUT = { timeout: 30_000 } as const;
const FILE = { kind: "file", index: 0, offset: 0 } as const;
const DONE = { kind: "done" } as const;

function end(size: number): Said {
  const sha256 = new Uint8Array(createHash("sha256").update(new Uint8Array(size)).digest());
  return { kind: "end", size, sha256 };
}

/** What the client does with a server that says these things, whatever it is asked. */
async function meet(
  desk: FileDesk,
  args: readonly string[],
  said: readonly Said[],
): Promise<Ended> {
  await using peer = new Peer(async (conn) => {
    await Promise.all([say(conn, SERVER_HELLO, ...said), hear(conn)]);
  });
  return await desk.run(Number(peer.port), args);
}

const CASES: readonly (readonly [attack: number, name: string, said: Said[], says: string])[] = [
  [11, "a name that nobody asked for", [
    { kind: "manifest", items: 1, bytes: 1 },
    entry(".bashrc"),
  ], 'nobody asked for ".bashrc"'],
  [11, "a name that only begins like it", [
    { kind: "manifest", items: 1, bytes: 1 },
    entry("a.txt.evil"),
  ], 'nobody asked for "a.txt.evil"'],
  [11, "a way out of what was asked for", [
    { kind: "manifest", items: 1, bytes: 1 },
    entry("../outside/a.txt"),
  ], 'nobody asked for "../outside/a.txt"'],
  [11, "more files than listed", [
    { kind: "manifest", items: 1, bytes: 1 },
    entry("a.txt"),
    entry("a.txt/b"),
  ], '"entry" where "file" or "skip" belongs'],
  [11, "a file that was not announced", [
    { kind: "manifest", items: 1, bytes: 1 },
    entry("a.txt"),
    FILE,
    run(1),
    end(1),
    { kind: "file", index: 1, offset: 0 },
  ], "the peer is at entry 1, not at the end"],
  [11, "an entry, and that it is stored", [
    { kind: "manifest", items: 1, bytes: 5 },
    entry("a.txt", 5),
    { kind: "skip", index: 0, outcome: "published" },
    DONE,
  ], 'the peer sent "skip" with the outcome "published"'],
  [11, "that what is not here is unchanged", [
    { kind: "manifest", items: 1, bytes: 5 },
    entry("a.txt", 5),
    { kind: "skip", index: 0, outcome: "unchanged" },
    DONE,
  ], 'the peer sent "skip" with the outcome "unchanged"'],
  [11, "a file that it gives up, and that it is stored", [
    { kind: "manifest", items: 1, bytes: 5 },
    entry("a.txt", 5),
    FILE,
    { kind: "abort", outcome: "published" },
    DONE,
  ], 'the peer sent "abort" with the outcome "published"'],
  [11, "that what it leaves out is unchanged", [
    { kind: "manifest", items: 1, bytes: 0 },
    { kind: "omitted", outcome: "unchanged", path: "a.txt" },
    DONE,
  ], 'the peer sent "omitted" with the outcome "unchanged"'],
  [11, "nothing of what was asked for", [
    { kind: "manifest", items: 0, bytes: 0 },
    DONE,
  ], 'the peer says nothing about "a.txt"'],
  [11, "an error that is none", [
    { kind: "error", outcome: "published", limit: 0 },
  ], 'the peer sent "error" with the outcome "published"'],
  [17, "a stream, which has no size to hold against a limit", [
    { kind: "manifest", items: 1, bytes: 0 },
    { kind: "entry", type: "stream", mode: 0o600, mtime: 0, size: 0, path: "a.txt" },
    FILE,
    run(5),
    end(5),
    DONE,
  ], "a stream, where files were asked for"],
  [17, "more bytes than announced", [
    { kind: "manifest", items: 1, bytes: 5 },
    entry("a.txt", 5),
    FILE,
    run(6),
  ], "more than 5 bytes"],
  [17, "a sum that is none", [
    { kind: "manifest", items: 2, bytes: 0 },
    entry("a.txt", Number.MAX_SAFE_INTEGER),
    entry("a.txt/b", Number.MAX_SAFE_INTEGER),
  ], "Cannot accept the job"],
  [18, "an unknown type", [Uint8Array.of(0x7f, 0, 0, 0, 0, 0)], "unknown type 0x7f"],
  [
    18,
    "a length of 2^32 - 1",
    [Uint8Array.of(5, 0, 0xff, 0xff, 0xff, 0xff)],
    "Cannot accept a frame",
  ],
  [18, "a message of the other side", [{ kind: "planned" }], '"planned" where "manifest" belongs'],
  [19, "an offset where nothing ends", [
    { kind: "manifest", items: 1, bytes: 5 },
    entry("a.txt", 5),
    { ...FILE, offset: 3 },
  ], "no content ends at 3"],
];

for (const [attack, name, said, says] of CASES) {
  Deno.test(`attack ${attack}: a server that sends ${name}`, TIMEOUT, async () => {
    using desk = new FileDesk();
    const { code, stdout, stderr } = await meet(desk, ["get", "a.txt"], said);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, says);
    assertMatch(stderr, /^[^\n]*\n$/);
    assertEquals([desk.list("here"), desk.list("there")], [[], []]);
  });
}

Deno.test(
  "attack 20: a server that announces ten million files is refused at once",
  TIMEOUT,
  async () => {
    using desk = new FileDesk();
    const manifest = { kind: "manifest", items: 10_000_000, bytes: 0 } as const;
    const { code, stderr } = await meet(desk, ["get", "."], [manifest]);
    assertEquals(code, 3);
    assertStringIncludes(stderr, "; allow more with --max-files\n");
    assertStringIncludes(stderr, "10000000 files, at most 100000 (127.0.0.1:");
    const list = await meet(desk, ["list"], [manifest]);
    assertEquals(list.code, 3);
    assertStringIncludes(list.stderr, "Cannot list 10000000 files: at most 100000");
  },
);

const EVIL = "\x1b]0;evil\x07\u202e\x9b2J\n";
const SHOWN = "\\x1b]0;evil\\x07\\u{202e}\\u{9b}2J\\n";

Deno.test(
  "attack 4: names from the server are escaped wherever they are shown",
  TIMEOUT,
  async () => {
    using desk = new FileDesk();
    const said: Said[] = [{ kind: "manifest", items: 2, bytes: 1 }, entry(EVIL), {
      kind: "omitted",
      path: EVIL,
      outcome: "not-a-file",
    }];
    const list = await meet(desk, ["list"], said);
    assertEquals(list.code, 0);
    assertStringIncludes(list.stdout, `  ${SHOWN}\n`);
    assertStringIncludes(list.stderr, `Left out "${SHOWN}": `);
    const json = await meet(desk, ["list", "--json"], said);
    assertMatch(json.stdout, /^[\x20-\x7e\n]+$/);
    const [first = ""] = json.stdout.split("\n");
    assertEquals(JSON.parse(first).path, EVIL);

    const get = await meet(desk, ["get", "."], [...said, DONE]);
    assertEquals(get.code, 3, get.stderr);
    assertStringIncludes(
      get.stderr,
      `Refused "${SHOWN}": the name breaks the rules for names\n`,
    );
    assertEquals(desk.list("here"), []);
  },
);

Deno.test("attack 4: a name that a file was stored under is escaped, too", TIMEOUT, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  await using peer = new Peer(async (conn) => {
    await say(conn, SERVER_HELLO, { kind: "planned" });
    await hear(conn, ({ kind }) => kind === "done");
    const result = { kind: "result", index: 0, outcome: "published", storedAs: EVIL } as const;
    const said = [result, { kind: "finished" } as const];
    await writeAll(conn, concatBytes(said.map(encodeFileMessage)));
    await readAll(conn);
  });
  const { code, stdout, stderr } = await desk.run(Number(peer.port), ["put", "a.txt"]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, `"${SHOWN}"`);
  assertMatch(stdout, /^[\x20-\x7e\n]+$/);
});

Deno.test("content that is not what was sent is thrown away: exit 5", TIMEOUT, async () => {
  using desk = new FileDesk();
  const said: Said[] = [
    { kind: "manifest", items: 1, bytes: 5 },
    entry("a.txt", 5),
    FILE,
    run(5),
    { kind: "end", size: 5, sha256: new Uint8Array(32) },
    DONE,
  ];
  const { code, stdout, stderr } = await meet(desk, ["get", "a.txt"], said);
  assertEquals(code, 5);
  assertStringIncludes(
    stderr,
    'Failed "a.txt": what arrived is not what was sent: the SHA-256 differs\n',
  );
  assertMatch(stdout, /^Received 0 files, .*, 1 failed\n$/);
  assertEquals(desk.list("here"), []);
});
