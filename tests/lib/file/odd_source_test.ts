import { assert, assertEquals, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import { LimitError } from "../../../lib/codec/errors.ts";
import { MAX_PATH_BYTES } from "../../../lib/codec/file_names.ts";
import type { MessageOf } from "../../../lib/codec/file_messages.ts";
import { getFiles, listFiles, putFiles } from "../../../lib/file/client_session.ts";
import type { FileLayer } from "../../../lib/file/file_layer.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { SafeRoot } from "../../../lib/file/safe_root.ts";
import type { Omission } from "../../../lib/file/source.ts";
import { EventLog, World } from "../../support/file_world.ts";
import { manyFiles, seenAs, withCalls } from "../../support/odd_files.ts";

const TIMEOUT = { timeout: 60_000 } as const;
/** For a source that claims to be petabytes. */
const limits = { ...DEFAULT_LIMITS, jobBytes: Number.MAX_SAFE_INTEGER };

/** What all three directions make of odd files beside a good one: paths with outcomes or times. */
async function sendOdd(
  files: FileLayer,
  fill: (write: (name: string) => void) => void,
): Promise<{ put: Record<string, string>; got: Record<string, string>; list: ListItem[] }> {
  using world = new World(files, files);
  const server = { limits };
  fill((name) => {
    for (const side of ["client", "server"]) world.write(`${side}/in/${name}`, "odd");
  });
  const [put, get] = [new EventLog(), new EventLog()];
  const found = await world.find("in");
  using destination = world.destination({ ifExists: "skip" });
  const { error, value: list } = await world.session(async (channel) => {
    await putFiles(channel, found, { ifExists: "skip", onEvent: put.onEvent });
    await getFiles(channel, [""], destination, { onEvent: get.onEvent, limits });
    return await listFiles(channel, { path: "", recursive: true, limits });
  }, { server });
  assertEquals(error, undefined);
  return { put: put.outcomes(), got: get.outcomes(), list: list ?? [] };
}

type ListItem = MessageOf<"entry"> | Omission;

Deno.test("a file whose time no date can express has one that it can", TIMEOUT, async () => {
  for (const mtime of [new Date(NaN), new Date(8.64e15), new Date(-1)]) {
    const files = seenAs((path) => path.endsWith("/odd") ? { mtime } : {});
    const { put, got, list } = await sendOdd(files, (write) => write("odd"));
    assertEquals([put["in/odd"], got["in/odd"]], ["skipped", "skipped"]);
    const times = list.flatMap((item) => "mtime" in item ? [item.mtime] : []);
    assert(times.every((time) => !Number.isNaN(new Date(time).getTime()) && time >= 0));
  }
});

Deno.test("attack 17: a file is left out whose size has no exact number", TIMEOUT, async () => {
  const files = seenAs((path) => path.endsWith("/odd") ? { size: 10_000 * 2 ** 40 } : {});
  const { put, got, list } = await sendOdd(files, (write) => ["a", "odd"].forEach(write));
  const expected = { in: "unchanged", "in/a": "skipped", "in/odd": "omitted: too-large" };
  assertEquals(put, expected);
  assertEquals(got, expected);
  assertEquals(list.flatMap((item) => "outcome" in item ? [item] : []), [
    { kind: "omitted", outcome: "too-large", path: "in/odd" } as Omission,
  ]);
});

Deno.test("attack 17: files are left out whose sizes make no exact sum", TIMEOUT, async () => {
  const files = seenAs((path) => /[/]odd\d$/.test(path) ? { size: 5000 * 2 ** 40 } : {});
  const { put, got } = await sendOdd(files, (write) => ["odd1", "odd2", "z"].forEach(write));
  for (const outcomes of [put, got]) {
    assertEquals([outcomes["in/odd2"], outcomes["in/z"]], ["omitted: too-large", "skipped"]);
  }
});

Deno.test(
  "attack 7: what has too long a path is left out, and its path is cut",
  TIMEOUT,
  async () => {
    // Longer than a path can be, but only together with what is above it: a name on a disk is short.
    const deep = [...Array.from({ length: 20 }, () => "d".repeat(200)), "ü".repeat(120)];
    const at = (path: string): boolean => path.includes("ddd");
    const files = withCalls({
      realPathSync: (path) => at(String(path)) ? String(path) : Deno.realPathSync(path),
      lstatSync: (path) => Deno.lstatSync(at(String(path)) ? parent(String(path)) : path),
      readDirSync: (path) => {
        const [, below] = String(path).split("/in");
        if (below === undefined) return Deno.readDirSync(path);
        const name = deep[below.split("/").length - 1];
        return (name === undefined ? [] : [{ ...SOMETHING, name }]).values();
      },
    });
    const { put, list } = await sendOdd(files, (write) => write("x"));
    const [omitted] = list.filter((item) => "outcome" in item);
    assert(omitted !== undefined && "outcome" in omitted);
    assertEquals(omitted.outcome, "bad-name");
    assertLessOrEqual(new TextEncoder().encode(omitted.path).length, MAX_PATH_BYTES);
    assertEquals(omitted.path.slice(-2), "ü…");
    assertEquals(put[omitted.path], "omitted: bad-name");
  },
);

const SOMETHING = { isFile: false, isDirectory: true, isSymlink: false };

function parent(path: string): string {
  return path.slice(0, path.indexOf("/ddd"));
}

Deno.test("a server gives very many files, if both sides want that", TIMEOUT, async () => {
  using world = new World();
  const root = new SafeRoot(
    world.path("server"),
    withCalls(manyFiles(world.path("server"), 150_000)),
  );
  using destination = world.destination();
  const { error } = await world.session(
    (channel) => getFiles(channel, [""], destination, { ...new EventLog(), limits }),
    { server: { root, limits: { ...limits, jobFiles: 1_000_000 } } },
  );
  // They come: it is the client who does not want so many.
  assertInstanceOf(error, LimitError);
  assertEquals(error.message, "Cannot accept the job: 150000 files, at most 100000");
});
