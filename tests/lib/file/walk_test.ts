import { assertEquals, assertRejects } from "@std/assert";
import { LimitError } from "../../../lib/codec/errors.ts";
import { STAGING_DIRECTORY } from "../../../lib/codec/file_names.ts";
import { isSource, walk, type WalkOptions } from "../../../lib/file/walk.ts";
import { findArgument } from "../../../lib/file/find_argument.ts";
import { DISK } from "../../../lib/file/file_layer.ts";
import { NEEDS_BYTES } from "../../support/machine.ts";
import { FaultyFiles, systemError } from "../../support/faulty_files.ts";
import { withCalls } from "../../support/odd_files.ts";
import { link, nameOfBytes, World } from "../../support/file_world.ts";

const TIMEOUT = { timeout: 20_000 } as const;

async function paths(world: World, options: Partial<WalkOptions>): Promise<string[]> {
  const found = await walk(world.client, { parts: [], path: "", limit: 100, ...options });
  return found.map((item) => isSource(item) ? item.entry.path : `${item.path}: ${item.outcome}`);
}

Deno.test(
  "walk finds everything in the order of names, but not our own directory",
  TIMEOUT,
  async () => {
    using world = new World();
    for (const name of ["b", "a/2", "a/1/x", "a/10", `${STAGING_DIRECTORY}/p`, "a\nb"]) {
      world.write(`client/${name}`, "");
    }
    assertEquals(await paths(world, {}), [
      "a",
      "a/1",
      "a/1/x",
      "a/10",
      "a/2",
      "a\nb: bad-name",
      "b",
    ]);
    assertEquals(await paths(world, { parts: ["a"], path: "other" }), [
      "other",
      "other/1",
      "other/1/x",
      "other/10",
      "other/2",
    ]);
    assertEquals(await paths(world, { parts: ["a"], path: "a", recursive: false }), [
      "a",
      "a/1",
      "a/10",
      "a/2",
    ]);
    assertEquals(await paths(world, { parts: ["no"], path: "no" }), ["no: missing"]);
    assertEquals(await paths(world, { parts: ["b", "x"], path: "x" }), ["x: not-a-file"]);
  },
);

Deno.test({
  name:
    `attack 5: a name on the disk that is no UTF-8 is a bad one, not a missing one${NEEDS_BYTES.reason}`,
  ...TIMEOUT,
  ignore: NEEDS_BYTES.ignore,
  fn: async () => {
    using world = new World();
    world.write("client/good", "");
    nameOfBytes(world.path("client"), "bad-\\377");
    assertEquals(await paths(world, {}), ["bad-\ufffd: bad-name", "good"]);
    // What somebody asks for and nobody has is missing, whatever its name.
    const options = { parts: ["no-\ufffd"], path: "no-\ufffd" };
    assertEquals(await paths(world, options), ["no-\ufffd: missing"]);
  },
});

Deno.test("attack 20: walk stops at its limit", TIMEOUT, async () => {
  using world = new World();
  for (let number = 0; number < 11; number++) world.write(`client/${number}`, "");
  assertEquals((await paths(world, { limit: 11 })).length, 11);
  const error = await assertRejects(() => paths(world, { limit: 10 }), LimitError);
  assertEquals(error.limit, 10);
});

Deno.test(
  "findArgument sends a path under its last part, and what is in a nameless one",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/photos/a/x", "");
    link("photos", world.path("client/alias"));
    const base = world.path("client");
    const cases = [
      ["photos", ["photos", "photos/a", "photos/a/x"]],
      ["photos/", ["photos", "photos/a", "photos/a/x"]],
      ["photos/a/x", ["x"]],
      ["photos/.", ["a", "a/x"]],
      ["photos/a/..", ["a", "a/x"]],
      ["alias/a", ["a", "a/x"]],
      ["alias", ["alias: not-a-file"]],
      ["no", ["no: missing"]],
      ["no-\ufffd", ["no-\ufffd: bad-name"]],
      ["no/x", ["x: missing"]],
      ["photos/a/x/y", ["y: missing"]],
    ] as const;
    for (const [argument, expected] of cases) {
      const found = await findArgument(`${base}/${argument}`, DISK, 100);
      const shown = found.map((item) =>
        isSource(item) ? item.entry.path : `${item.path}: ${item.outcome}`
      );
      assertEquals(shown, [...expected], argument);
    }
  },
);

Deno.test(
  "findArgument: a way that cannot be gone leaves out what is at its end",
  TIMEOUT,
  async () => {
    const reasons = [
      ["EACCES", "unreadable"],
      ["ELOOP", "not-a-file"],
      ["ENAMETOOLONG", "missing"],
    ] as const;
    for (const [code, outcome] of reasons) {
      const files = withCalls({
        realPathSync: () => {
          throw systemError(code);
        },
      });
      assertEquals(await findArgument("way/x", files, 100), [{ path: "x", outcome }], code);
    }
  },
);

Deno.test(
  "a directory that cannot be read is left out itself, and others go on",
  TIMEOUT,
  async () => {
    const faulty = new FaultyFiles();
    using world = new World(undefined, faulty.layer);
    for (const name of ["a/x", "locked/y", "z"]) world.write(`client/${name}`, "");
    faulty.before = (call, path) => {
      if (call === "readDirSync" && path.endsWith("locked")) throw systemError("EACCES");
    };
    assertEquals(await paths(world, {}), ["a", "a/x", "locked: unreadable", "z"]);
    const locked = { parts: ["locked"], path: "locked" };
    assertEquals(await paths(world, locked), ["locked: unreadable"]);
  },
);
